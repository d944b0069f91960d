"""Whether the folder's own texts are there and are finished."""

from __future__ import annotations

from grader.authoring.result import Finding, defect, ok, warning
from grader.authoring.subject import Subject

MARK = "EDIT:"  # what a scaffold leaves for the author to write
FILES = ("README.md", "SOURCE.md", "assignment.toml")


def texts_are_finished(subject: Subject) -> Finding:
    """Find a brief or a source that is missing, and places that a scaffold has left to be written."""
    root = subject.assignment.root
    if not (root / "README.md").is_file():
        return defect("there is no brief", where="README.md", mend="Write what candidates read: see the docs' how-to.")
    if not (root / "SOURCE.md").is_file():
        return warning("nothing says where the data come from", where="SOURCE.md", mend="Name source and licence.")
    for name in FILES:
        lines = (root / name).read_text(encoding="utf-8", errors="replace").splitlines()
        left = [number for number, line in enumerate(lines, start=1) if MARK in line]
        if left:
            what = f"places still to be written: {len(left)}, the first in line {left[0]}"
            return warning(what, where=name, mend=f"Write them, and remove the words {MARK!r}.")
    return ok("brief and source are there")
