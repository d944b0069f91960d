"""Why a work failed and what was judged not met, as annotations at their lines in the repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from commands import error, warning
from commit import root_of

MOST = 10  # warnings of one step that GitHub shows


def annotate_failure(failure: dict[str, Any], work: Path, repository: Path) -> None:
    """Annotate the run with a failure of the work in the folder `work`."""
    place, line, before = _place(failure, work, repository)
    message = " ".join(text for text in (before, failure["message"], failure["hint"]) if text)
    error(message, title=failure["code"], file=place, line=line)


def annotate_not_met(result: dict[str, Any], work: Path, repository: Path) -> None:
    """Annotate the run with what the rubric judged not met, where that is at a line of the work."""
    criteria = [item for part in result["dimensions"] for item in part["criteria"]]
    told = 0
    for item in criteria:
        said = [text for text in (item["reason"], item["advice"]) if text]
        spans = [span for span in item["evidence"] if span["line"] is not None]
        if item["verdict"] != "not_met" or item["reviewed"] or not said or not spans or told == MOST:
            continue
        place, line, before = _place(spans[0], work, repository)
        if place:
            warning(" ".join([before, *said]).strip(), title=item["title"], file=place, line=line)
            told += 1


def _place(told: dict[str, Any], work: Path, repository: Path) -> tuple[str, int | None, str]:
    """Return the file in the repository and the line in it, and what names the cell: its line is none of the file."""
    path, cell, line = told["path"], told["cell"], told["line"]
    place = _in_repository(path, work, repository) if path else ""
    if cell is None:
        return place, line, ""
    return place, None, f"Cell {cell + 1}" + (f", line {line}:" if line else ":")


def _in_repository(path: str, work: Path, repository: Path) -> str:
    """Return where in its checkout, or else in the workspace `repository`, the work's file `path` lies; empty where it
    is not found. A work that lies in one folder as a whole is named from within that folder.
    """
    workspace, checkout = repository.resolve(), root_of(work)
    root = checkout if checkout and workspace in (checkout, *checkout.parents) else workspace
    inner = sorted(entry for entry in work.iterdir() if entry.is_dir())
    for folder in (work, *inner):
        if (folder / path).is_file():
            return os.path.relpath(folder / path, root)
    return ""
