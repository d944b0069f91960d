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
FRESH = "Run everything again from a fresh start, in order: the error should show itself there too."
OFFLINE = "There is no network here: read what lies in data/, and hand in whatever else is downloaded."
WRITING = "Write to the working folder, or to the folder that the environment variable OUTPUT_DIR names."
BY_NAME = {
    "NameError": "A name is used before it is defined: restart, run all in order, and save again.",
    "UnboundLocalError": "A name is used in its function before it is given a value there.",
    "AttributeError": VERSIONS,
    "TypeError": VERSIONS,
    "ImportError": VERSIONS,
    "KeyError": "Look for that name in what is read here: a column may be spelled otherwise, or dropped before.",
    "IndexError": "Look at how long that list or table is here before it is asked for that place.",
    "NotFittedError": "Fit it before it is used, in a cell or a line that runs earlier.",
    "AssertionError": "A check of the work's own does not hold here: look at what it compares.",
    "ZeroDivisionError": "Say what is to come out where the divisor is zero.",
    "UnicodeDecodeError": "Name the file's encoding where it is read.",
    "EmptyDataError": "The file that is read is empty: look at what is to write it.",
    "ParserError": "Look at the file's separator, quotes and heading, and name them where it is read.",
    "PermissionError": WRITING,
    "MemoryError": "Load fewer columns or rows at a time, or use smaller types.",
    "IndentationError": "Mend the indentation.",
    "TabError": "Mend the indentation: tabs or blanks, not both.",
    **dict.fromkeys(("URLError", "HTTPError", "ConnectionError", "ConnectTimeout", "MaxRetryError", "gaierror",
                     "ConnectionRefusedError", "NewConnectionError", "ProxyError"), OFFLINE),
}  # fmt: skip
# What an error's text says -> what to do; looked at first, for what is wrong stands there rather than in the name.
BY_TEXT = (
    (r"contains? NaN|contain missing values|Input has NaN|NaN values? in|non-finite values",
     "Fill the missing values before the model sees them, best by an imputer in a pipeline with it, so that new rows"
     " are filled alike; or take a model that accepts them."),
    (r"contains infinity|value too large for dtype|inf or nan",
     "Look for divisions by zero and logarithms of zero, and replace what they leave before the model sees it."),
    (r"could not convert string to (float|int)|invalid literal for (int|float)|DataFrame\.dtypes for data must be",
     "Turn words into numbers before they are computed with: encode categories, best in a pipeline with the model, and"
     " read numbers and dates as such."),
    (r"[Ff]ound unknown categor|previously unseen label",
     "Let the encoder take a category that it has not seen: OneHotEncoder(handle_unknown='ignore'), for example."),
    (r"feature names should match|features, but \w+ is expecting|feature_names mismatch|columns are missing",
     "Give the rows to predict the columns of the training rows, in the same order: do the same steps to both, best in"
     " one pipeline."),
    (r"inconsistent numbers of samples|must (all )?be (of )?the same length|Length mismatch|does not match length of",
     "Look at the number of rows on both sides: what drops or adds rows must do so to features and target alike."),
    (r"Expected 2D array|Expected 1D array",
     "Reshape what is given: a table has rows and columns, even with a single column; a target is one list."),
    (r"CUDA|No GPU|no NVIDIA", "There is no graphics card here: let the code fall back to the processor."),
    (r"Name or service not known|name resolution|Network is unreachable|[Mm]ax retries exceeded", OFFLINE),
    (r"Read-only file system", WRITING),
)  # fmt: skip


def of(name: str, value: str, work: str) -> str:
    """Return what to do about the exception `name` with the text `value`, raised by the submission in `work`."""
    if name == "FileNotFoundError":
        return _about_file(value, work)
    if name == "SyntaxError":
        return _about_syntax(value)
    said = next((hint for pattern, hint in BY_TEXT if re.search(pattern, value)), None)
    return said or BY_NAME.get(name, FRESH)


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
    lies_elsewhere = not wanted or bool(ELSEWHERE.match(named[-1]))
    if lies_at := wanted and found_in(work, wanted):
        how = "by a path relative to the folder of the file that is run, not by one of your own machine"
        how = how if lies_elsewhere else "relative to the folder of the file that is run"
        return f"{wanted} was found as {lies_at}: name it {how}."
    if lies_elsewhere:
        return "Read data/ by a path relative to the working folder, not by one of your own machine."
    return f"No file of the name {wanted} was handed in or made by then: hand it in, or read the data that data/ holds."


def _about_syntax(value: str) -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if "print" in value:
        return "Only Python 3 is run; a print statement needs parentheses."
    return f"Python {version} is run here: mend the syntax, or use none of a newer Python."
