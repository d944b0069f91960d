"""What candidates are handed besides the data: brief, contract for programs, check of their answer, workflow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from grader.assignment.load import find_assignment
from grader.assignment.public import Files, deal_public, is_packet, load_packet, packed_files, public_files
from grader.assignment.workflow import HAND_IN, WORKFLOW, hand_in_workflow, workflow
from grader.errors import AssignmentError
from grader.model import PACKET_FILE, Assignment, Deal, PublicAssignment
from grader.model.pins import without_pins

BRIEF = "README.md"
CHECK = "check_submission.py"
PACKAGES = "packages.txt"
NO_ACTION = f"owner/name@{'0' * 40}"
NO_SERVER = "https://server.invalid"
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


def handout(assignment: Assignment, packages: str, action: str = "", server: str = "") -> Files:
    """Return the files (name -> bytes) of the packet but for the data; `packages` tells what works may import.

    With an `action`, OWNER/NAME@COMMIT, there is a workflow that tries each push with it, and with a `server` one that
    hands it in there. Raises AssignmentError when there is no brief, or a public file is missing.
    """
    if not (assignment.root / BRIEF).is_file():
        raise AssignmentError("the file is missing", path=BRIEF, hint="Write the brief that candidates read.")
    told = json.dumps(public_part(assignment, packages).model_dump(mode="json"), indent=2, ensure_ascii=False)
    files = {**_beside_the_data(assignment, packages), PACKET_FILE: f"{told}\n".encode()}
    files |= {WORKFLOW: workflow(assignment, action)} if action else {}
    return files | ({HAND_IN: hand_in_workflow(action, server)} if action and server else {})


def public_part(assignment: Assignment, packages: str) -> PublicAssignment:
    """Return what `assignment` tells candidates. Raises AssignmentError when a public file is missing."""
    folders = {name.split("/")[0] for name in public_files(assignment) if "/" in name}
    return PublicAssignment.of(assignment, tuple(sorted(folders)), handed_out(assignment, packages))


def handed_out(assignment: Assignment, packages: str) -> dict[str, str]:
    """Return the SHA-256 of what candidates are handed besides the data and PACKET_FILE, by the files' names.

    A file that still has its own is no work of the candidate's. A workflow's is that of its text without the Actions
    and the server it names, and always there: who grades need not know with which a packet was made, nor whether it
    has the file.
    """
    texts = {
        WORKFLOW: without_pins(workflow(assignment, NO_ACTION)),
        HAND_IN: without_pins(hand_in_workflow(NO_ACTION, NO_SERVER)),
    }
    return _digests(_beside_the_data(assignment, packages) | texts)


def handed_out_data(files: Files) -> dict[str, str]:
    """Return the same of public data, whose names stand inside data/, by their paths in the packet."""
    return _digests({f"data/{name}": data for name, data in files.items()})


def _digests(files: Files) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def find_public(slug_or_path: str, roots: Sequence[Path], packages: str) -> tuple[PublicAssignment, Deal]:
    """Return what is public of the assignment named, and its own data as a deal without labels.

    A candidates' packet will do, else it is looked for as `find_assignment` does. Raises as that does.
    """
    folder = Path(slug_or_path)
    if slug_or_path and is_packet(folder):
        public = load_packet(folder)
        return public, deal_public(public, packed_files(public))
    assignment = find_assignment(slug_or_path, roots)
    public = public_part(assignment, packages)
    return public, deal_public(public, public_files(assignment))


def _beside_the_data(assignment: Assignment, packages: str) -> Files:
    brief = assignment.root / BRIEF
    return {
        **({BRIEF: brief.read_bytes()} if brief.is_file() else {}),
        CHECK: Path(__file__).with_name(CHECK).read_bytes(),
        PACKAGES: packages.encode(),
        ".gitignore": IGNORED.encode(),
    }
