"""Whether the folder's own texts are there and are finished."""

from __future__ import annotations

from pathlib import Path

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
    left = {name: lines for name in FILES if (lines := _marked(root / name))}
    if not left:
        return ok("brief and source are there")
    told = [f"{name}: {len(lines)}, the first in line {lines[0]}" for name, lines in left.items()]
    what = f"places still to be written: {'; '.join(told)}"
    return warning(what, where=", ".join(left), mend=f"Write them, and remove the words {MARK!r}.")


def _marked(path: Path) -> list[int]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [number for number, line in enumerate(lines, start=1) if MARK in line]
