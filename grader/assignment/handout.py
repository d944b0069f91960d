"""What candidates are handed besides the data: the brief, the contract for programs, and the check of their answer."""

from __future__ import annotations

import json
from pathlib import Path

from grader.assignment.public import PACKET_FILE, Files, public_part
from grader.errors import AssignmentError
from grader.model import Assignment

BRIEF = "README.md"
CHECK = "check_submission.py"
PACKAGES = "packages.txt"
IGNORED = """\
# What is no part of the work.
__pycache__/
.ipynb_checkpoints/
.pytest_cache/
.venv/
venv/
grading/
predictions.csv
"""


def handout(assignment: Assignment, packages: str) -> Files:
    """Return the files (name -> bytes) of the packet but for the data; `packages` tells what works may import.

    Raises AssignmentError when there is no brief.
    """
    try:
        brief = (assignment.root / BRIEF).read_bytes()
    except OSError as error:
        hint = "Write the brief that candidates read."
        raise AssignmentError(f"it cannot be read: {error.strerror}", path=BRIEF, hint=hint) from error
    told = json.dumps(public_part(assignment).model_dump(mode="json"), indent=2, ensure_ascii=False)
    return {
        BRIEF: brief,
        PACKET_FILE: f"{told}\n".encode(),
        CHECK: Path(__file__).with_name(CHECK).read_bytes(),
        PACKAGES: packages.encode(),
        ".gitignore": IGNORED.encode(),
    }
