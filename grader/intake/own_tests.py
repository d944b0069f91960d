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


def find_tests(files: CandidateFiles) -> tuple[str, ...]:
    """Return the test files by pytest's own conventions, those without a test left out; at most 200."""
    named = sorted(path for path in files.paths if _is_named_so(PurePosixPath(path)))
    return tuple(path for path in named[:MOST_FILES] if _TEST.search(files.text(path)))


def folder_of(tests: tuple[str, ...], files: CandidateFiles) -> str:
    """Return the nearest folder above all of the tests that holds settings of pytest's, "." where there is none."""
    common = PurePosixPath(os.path.commonpath([f"./{PurePosixPath(path).parent}" for path in tests]) if tests else ".")
    above = (common, *common.parents)
    return next((str(folder) for folder in above if any(str(folder / name) in files.paths for name in SETTINGS)), ".")


def _is_named_so(path: PurePosixPath) -> bool:
    stem = path.stem
    is_named = stem.startswith("test_") or stem.endswith("_test")
    return path.suffix == ".py" and is_named and JUNK.isdisjoint(path.parts)
