"""What the Action is asked for, checked before anything is installed or run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MODES = ("preflight",)
PACKET_FILE = "takehome-assignment.json"


class RefusedError(Exception):
    """An input does not fit; the message is one sentence that names it and says what to do."""


@dataclass(frozen=True)
class Inputs:
    """The folders of the work and of its packet, and the repository that they lie in."""

    work: Path
    assignment: Path
    repository: Path


def read_inputs(environment: Mapping[str, str]) -> Inputs:
    """Return the inputs that stand in INPUT_*. Raises RefusedError for the first that does not fit."""
    mode = environment.get("INPUT_MODE", "")
    if mode not in MODES:
        raise RefusedError(
            f'The input mode is "{mode}", but so far there is only "preflight": give it, or leave it out.'
        )
    repository = Path(environment["GITHUB_WORKSPACE"])
    work = _folder(repository, "path", environment.get("INPUT_PATH") or ".")
    named = environment.get("INPUT_ASSIGNMENT")
    assignment = _folder(repository, "assignment", named) if named else work
    if not (assignment / PACKET_FILE).is_file():
        shown = named or environment.get("INPUT_PATH") or "."
        raise RefusedError(
            f'There is no {PACKET_FILE} in "{shown}": give in the input assignment the folder that the packet lies in.'
        )
    return Inputs(work, assignment, repository)


def _folder(repository: Path, name: str, named: str) -> Path:
    folder = repository / named
    if not folder.is_dir():
        raise RefusedError(f'The input {name} is "{named}", but there is no such folder in the repository.')
    return folder.resolve()
