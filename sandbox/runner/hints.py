"""What a candidate can do about an error: one sentence by its kind and by what lies in the submission."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path, PurePosixPath

MOST_FILES = 20_000
QUOTED = re.compile(r"'([^'\n]{1,300})'")
ELSEWHERE = re.compile(r"/|~|[A-Za-z]:")
# Import name -> name of the package that brings it, where they differ.
DISTRIBUTIONS = {
    "sklearn": "scikit-learn", "skimage": "scikit-image", "cv2": "opencv-python", "PIL": "pillow", "yaml": "pyyaml",
    "bs4": "beautifulsoup4", "imblearn": "imbalanced-learn", "dotenv": "python-dotenv", "fbprophet": "prophet",
    "skopt": "scikit-optimize", "umap": "umap-learn", "Bio": "biopython", "ruamel": "ruamel.yaml",
    "serial": "pyserial", "MySQLdb": "mysqlclient", "psycopg2": "psycopg2-binary",
    "sentence_transformers": "sentence-transformers", "pydantic_settings": "pydantic-settings",
    "pandas_profiling": "ydata-profiling", "category_encoders": "category-encoders",
}  # fmt: skip
VERSIONS = "If it runs for you, compare versions: older functions and options of a library may be gone here."
FRESH = "Run everything again from a fresh start, in order, and mend what fails first."
BY_NAME = {
    "NameError": "A name is used before it is defined: restart, run all in order, and save again.",
    "AttributeError": VERSIONS,
    "TypeError": VERSIONS,
    "ImportError": VERSIONS,
    "MemoryError": "Load fewer columns or rows at a time, or use smaller types.",
    "IndentationError": "Mend the indentation.",
}


def of(name: str, value: str, work: str) -> str:
    """Return what to do about the exception `name` with the text `value`, raised by the submission in `work`."""
    if name == "FileNotFoundError":
        return _about_file(value, work)
    if name == "SyntaxError":
        return _about_syntax(value)
    return BY_NAME.get(name, FRESH)


def found_in(work: str, wanted: str) -> str:
    """Return the path below `work` that ends with the path `wanted`, "" when there is none."""
    name = PurePosixPath(wanted).name
    looked_at = 0
    for folder, folders, files in os.walk(work):
        folders.sort()
        looked_at += len(files)
        if name in files:
            path = (Path(folder) / name).relative_to(work).as_posix()
            if f"/{path}".endswith(f"/{wanted}"):
                return path
        if looked_at > MOST_FILES:
            break
    return ""


def _about_file(value: str, work: str) -> str:
    named = [name.replace("\\", "/") for name in QUOTED.findall(value)]
    wanted = PurePosixPath(named[-1]).name if named else ""
    if not wanted or ELSEWHERE.match(named[-1]):
        return "Read data/ by a path relative to the working folder, not by one of your own machine."
    if lies_at := found_in(work, wanted):
        return f"{wanted} was found as {lies_at}: name it relative to the folder of the file that is run."
    return f"No file of the name {wanted} was handed in or made by then: hand it in, or read the data that data/ holds."


def _about_syntax(value: str) -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if "print" in value:
        return "Only Python 3 is run; a print statement needs parentheses."
    return f"Python {version} is run here: mend the syntax, or use none of a newer Python."
