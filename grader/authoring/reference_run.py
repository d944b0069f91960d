"""The folder's reference.py, run by the Python of the locked environment: it computes the two marks.

It is the author's own code and sees the labels, so it runs as whoever calls, outside the sandbox.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from grader.errors import AssignmentError
from grader.sandbox import find_environment

REFERENCE = "reference.py"
SECONDS = 900
MARK = re.compile(r"^(baseline|reference)[\s:=]+(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*$", re.MULTILINE)


def run_reference(folder: Path, home: Path) -> str:
    """Return what reference.py printed. Raises AssignmentError when it fails, and what `find_environment` raises."""
    python = find_environment(home).path / "bin" / "python"
    try:
        done = subprocess.run(
            [str(python), "-I", str((folder / REFERENCE).resolve())],
            cwd=folder, env={name: value for name, value in os.environ.items() if name != "GRADER_SPLIT_SEED"},
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise AssignmentError(f"it did not end within {SECONDS} seconds", path=REFERENCE) from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise AssignmentError(f"it ended with an error: {last[:300]}", path=REFERENCE)
    return done.stdout


def marks_in(printed: str) -> tuple[float, float]:
    """Return baseline and reference from lines such as `baseline 0.7328`. Raises AssignmentError without them."""
    found = {name: float(value) for name, value in reversed(MARK.findall(printed))}
    if len(found) < 2:
        message = "it must print a line `baseline NUMBER` and a line `reference NUMBER`"
        raise AssignmentError(message, path=REFERENCE)
    return found["baseline"], found["reference"]
