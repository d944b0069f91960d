"""The churn assignment with nothing but its first suite: for tests of what every assignment has."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from grader.assignment import load_assignment
from grader.model import Assignment, StressSpec

CHURN = Path(__file__).resolve().parents[2] / "assignments" / "churn"
FURTHER = re.compile(r"^\[+(suites|slices|twins|stress)\]+\n(?:(?!\[).*\n)*", flags=re.MULTILINE)


def plain_churn() -> Assignment:
    """Return it loaded, without further suites, subgroups, altered copies and second run."""
    return load_assignment(CHURN).model_copy(update={"suites": (), "slices": (), "twins": None, "stress": StressSpec()})


def copy_plain_churn(folder: Path) -> Path:
    """Copy it to `folder` without its examples and without the same; return the folder."""
    shutil.copytree(CHURN, folder, ignore=shutil.ignore_patterns("examples"))
    path = folder / "assignment.toml"
    path.write_text(FURTHER.sub("", path.read_text()))
    return folder
