"""How a work says itself that it is run: takehome.toml, or a table of pyproject.toml."""

from __future__ import annotations

import shlex
import tomllib
from typing import Any

from grader.errors import SubmissionError
from grader.intake.candidates import CandidateFiles, entry_of
from grader.model import EntryPoint


def own_settings(files: CandidateFiles) -> EntryPoint | None:
    """Return what takehome.toml or pyproject.toml says to run, None where neither does. Raises
    SubmissionError("plan.invalid").
    """
    for name, keys in (("takehome.toml", ()), ("pyproject.toml", ("tool", "takehome"))):
        if name not in files.paths:
            continue
        table = _table(files, name, keys)
        if table is not None and (name == "takehome.toml" or table):
            return _command_entry(table.get("run"), name, ".".join((*keys, "run")), files)
    return None


def _table(files: CandidateFiles, name: str, keys: tuple[str, ...]) -> dict[str, Any] | None:
    try:
        table: Any = tomllib.loads(files.text(name))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        if name == "pyproject.toml":
            return None  # another tool's file: broken for us only if it says how to run the work, which it cannot
        raise _invalid(name, "run", f"is not valid TOML: {error}") from error
    for key in keys:
        table = table.get(key, {}) if isinstance(table, dict) else {}
    return table if isinstance(table, dict) else None


def _command_entry(run: object, name: str, key: str, files: CandidateFiles) -> EntryPoint:
    if not isinstance(run, str) or not run.strip():
        raise _invalid(name, key, 'must be a command such as "python predict.py"')
    if "\0" in run:
        raise _invalid(name, key, "holds a NUL character, which no command can")
    try:
        words = tuple(shlex.split(run))
    except ValueError as error:
        raise _invalid(name, key, f"cannot be split into words: {error}") from error
    if len(words) == 1 and words[0] in files.paths and words[0].endswith((".ipynb", ".py")):
        return entry_of(words[0], f"{name} says so")
    return EntryPoint(kind="command", argv=words, reason=f"{name} says so")


def _invalid(name: str, key: str, what: str) -> SubmissionError:
    hint = 'Write, for example: run = "python predict.py"'
    return SubmissionError("plan.invalid", f"{name}: {key} {what}.", hint=hint, path=name)
