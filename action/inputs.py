"""What the Action is asked for, checked before anything is installed, sent or run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server import refuse_unsafe

PACKET_FILE = "takehome-assignment.json"
PATIENCE_S = 300.0  # where the input is empty, as where it is left out
MODES = ("preflight", "submit")


class RefusedError(Exception):
    """An input does not fit; the message is one sentence that names it and says what to do."""


@dataclass(frozen=True)
class Inputs:
    """The folders of the work and of its packet, and the repository that they lie in."""

    work: Path
    assignment: Path
    repository: Path


@dataclass(frozen=True)
class Submit:
    """What is handed in and where; `fail_under` is a score, `patience` in seconds."""

    work: Path
    repository: Path
    server: str
    audience: str
    assignment: str
    wait: bool
    fail_under: float | None
    patience: float


def read_mode(environment: Mapping[str, str]) -> str:
    """Return the mode. Raises RefusedError."""
    mode = environment.get("INPUT_MODE", "")
    if mode not in MODES:
        raise RefusedError(f'The input mode is "{mode}": give "preflight" or "submit".')
    return mode


def read_inputs(environment: Mapping[str, str]) -> Inputs:
    """Return the inputs of a preflight that stand in INPUT_*. Raises RefusedError for the first that does not fit."""
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


def read_submit(environment: Mapping[str, str]) -> Submit:
    """Return the inputs of a submission. Raises RefusedError for the first that does not fit."""
    repository = Path(environment["GITHUB_WORKSPACE"])
    work = _folder(repository, "path", environment.get("INPUT_PATH") or ".")
    named = environment.get("INPUT_SERVER", "")
    server = refuse_unsafe(named)
    if not server:
        raise RefusedError(
            f'The input server is "{named}": give the address of the service, which begins with https://.'
        )
    patience = _number(environment, "patience", 0.0, 3600.0)
    return Submit(
        work=work,
        repository=repository.resolve(),
        server=server,
        audience=environment.get("INPUT_AUDIENCE") or server,
        assignment=environment.get("INPUT_ASSIGNMENT", ""),
        wait=_switch(environment, "wait"),
        fail_under=_number(environment, "fail-under", 0.0, 100.0),
        patience=PATIENCE_S if patience is None else patience,
    )


def _switch(environment: Mapping[str, str], name: str) -> bool:
    said = environment.get(_variable(name), "").strip().lower()
    if said not in ("true", "false"):
        raise RefusedError(f'The input {name} is "{said}": give true or false.')
    return said == "true"


def _number(environment: Mapping[str, str], name: str, low: float, high: float) -> float | None:
    said = environment.get(_variable(name), "").strip()
    if not said:
        return None
    try:
        value = float(said)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise RefusedError(f'The input {name} is "{said}": give a number from {low:g} to {high:g}.')
    return value


def _variable(name: str) -> str:
    return f"INPUT_{name.upper().replace('-', '_')}"


def _folder(repository: Path, name: str, named: str) -> Path:
    folder = repository / named
    if not folder.is_dir():
        raise RefusedError(f'The input {name} is "{named}", but there is no such folder in the repository.')
    return folder.resolve()
