"""Why a work failed, as an annotation at its line in the repository; both modes tell it alike."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from commands import error


def annotate_failure(failure: dict[str, Any], work: Path, repository: Path) -> None:
    """Annotate the run with a failure of the work in the folder `work`."""
    path, cell, line = failure["path"], failure["cell"], failure["line"]
    said = [failure["message"], failure["hint"]]
    if cell is not None:  # a line of a cell is no line of the file
        said.insert(0, f"Cell {cell + 1}" + (f", line {line}:" if line else ":"))
    place = _in_repository(path, work, repository) if path else ""
    message = " ".join(text for text in said if text)
    error(message, title=failure["code"], file=place, line=None if cell is not None else line)


def _in_repository(path: str, work: Path, repository: Path) -> str:
    """Return where in the repository the work's file `path` lies; empty where it is not found.

    A work that lies in one folder as a whole is named from within that folder.
    """
    inner = sorted(entry for entry in work.iterdir() if entry.is_dir())
    for folder in (work, *inner):
        if (folder / path).is_file():
            return os.path.relpath(folder / path, repository.resolve())
    return ""
