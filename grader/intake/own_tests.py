"""Which files of a work pytest would collect tests from, and from where their author starts them."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

from grader.intake.candidates import CandidateFiles

MOST_FILES = 200
SETTINGS = ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg", "setup.py")
JUNK = frozenset({".ipynb_checkpoints", ".venv", "venv", "env", "site-packages", "node_modules", "__MACOSX", ".git"})
_TEST = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+test|\bunittest\b", re.MULTILINE)
_NAMED = re.compile(
    r"\b(?:pytest|py\.test|python3?)\b(?:[ \t]+-[\w=-]+)*(?:[ \t]+unittest)?[ \t]+([\w./-]{1,200}\.py)\b"
)


def find_tests(files: CandidateFiles) -> tuple[str, ...]:
    """Return the test files by pytest's own conventions, and `tests.py` and `unit_tests.py`, which it runs where they
    are named to it; those without a test left out, at most 200.
    """
    named = sorted(path for path in files.paths if _is_named_so(PurePosixPath(path)))
    return tuple(path for path in named[:MOST_FILES] if _TEST.search(files.text(path)))


def folder_of(tests: tuple[str, ...], files: CandidateFiles) -> str:
    """Return the nearest folder above all of the tests that holds settings of pytest's, else the one in which a
    README's command finds them, else ".".
    """
    common = PurePosixPath(os.path.commonpath([f"./{PurePosixPath(path).parent}" for path in tests]) if tests else ".")
    above = (common, *common.parents)
    settled = (str(folder) for folder in above if any(str(folder / name) in files.paths for name in SETTINGS))
    return next(settled, _named_from(tests, common, files))


def _named_from(tests: tuple[str, ...], common: PurePosixPath, files: CandidateFiles) -> str:
    """Return the folder above the tests from which a command of a README names one of them."""
    readmes = [path for path in sorted(files.paths) if PurePosixPath(path).name.lower().startswith("readme")]
    named = {word.removeprefix("./") for path in readmes for word in _NAMED.findall(files.text(path))}
    if named & set(tests):
        return "."
    above = [str(folder) for folder in (common, *common.parents)]
    return next((folder for folder in above if any(f"{folder}/{word}" in tests for word in named)), ".")


def _is_named_so(path: PurePosixPath) -> bool:
    stem = path.stem
    is_named = stem.startswith("test_") or stem.endswith(("_test", "_tests")) or stem in ("tests", "unittests")
    return path.suffix == ".py" and is_named and JUNK.isdisjoint(path.parts)
