"""run.json: what was run and how it ended, written again after each step so that a kill leaves what ran."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hints

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
SENTENCE_END = re.compile(r"[.!?](?= )")
TRACEBACK = 4000
LONGEST = 40  # times what is shown of an error's text, more is not looked at
MESSAGE = 500
SHOWN = 300  # of an error's text


def plain(text: str) -> str:
    """Return `text` without terminal colours."""
    return ANSI.sub("", text)


def clean(text: str, most: int = TRACEBACK) -> str:
    """Return `text` without terminal colours, its end kept when it is long."""
    shown = plain(text)
    return shown if len(shown) <= most else "... " + shown[-most:]


def told(text: str, most: int) -> str:
    """Return the first sentences of an error's text, in one line: what is wrong stands there, and advice after it.

    One sentence that is longer than `most` loses its middle: a list of names is often closed by what of them.
    """
    shown = " ".join(plain(text[: LONGEST * most]).split())
    if len(shown) <= most:
        return shown
    end = max((found.end() for found in SENTENCE_END.finditer(shown, 0, most)), default=0)
    if end > most // 4:
        return f"{shown[:end]} ..."
    return f"{shown[: most * 2 // 3]} ... {shown[-(most // 3) :]}"


class RunRecord:
    """The record of one run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.cells: list[dict[str, Any]] = []
        self.warnings: list[str] = []
        self._failure: dict[str, Any] | None = None
        self._status = "running"

    def finish(self, failure: dict[str, Any] | None) -> None:
        """Note how the run ended."""
        self._failure = failure
        self._status = "failed" if failure else "completed"
        self.write()

    def write(self, cell: int | None = None) -> None:
        """Write the record whole, so that it is never seen half-written.

        `cell` is the one that begins: this process may not come to note how it ended.
        """
        data = {
            "status": self._status,
            "failure": self._failure,
            "cells": self.cells,
            "cell": cell,
            "warnings": self.warnings,
        }
        part = self._path.with_name(".run.json.part")
        with told_if_unwritable():
            part.write_text(json.dumps(data), encoding="utf-8")
            part.replace(self._path)


@contextlib.contextmanager
def told_if_unwritable() -> Iterator[None]:
    """Say in a line that the output folder cannot be written: the work may have closed or filled it."""
    try:
        yield
    except OSError as error:
        print(f"The output folder cannot be written: {error.strerror}.", file=sys.stderr, flush=True)


def failure(code: str, message: str, **where: Any) -> dict[str, Any]:
    """Return a failure as run.json holds it; `where` may name path, cell, line and hint."""
    return {"code": code, "message": message[:MESSAGE], **where}


def of_exception(name: str, value: str, *, where: str, otherwise: str, work: str, **place: Any) -> dict[str, Any]:
    """Return the failure for an exception by its name and text; `otherwise` is the code when nothing special fits.

    `work` is the folder of the submission, in which a module or a file that was not found is looked for.
    """
    if name in ("ModuleNotFoundError", "ImportError"):
        missing = re.search(r"No module named '([^']+)'", value)
        if missing:
            return _missing_module(missing.group(1).split(".")[0], where, otherwise, work, place)
    if name in ("StdinNotImplementedError", "EOFError") and (
        "raw_input" in value or "EOF" in value or "stdin" in value
    ):
        hint = "Replace input() by a constant or a command-line option."
        return failure("notebook.input_requested", f"{where} waits for keyboard input.", hint=hint, **place)
    hint = hints.of(name, value, work)
    return failure(otherwise, f"{where} raised {name}: {value}".strip().rstrip(":"), hint=hint, **place)


def _missing_module(module: str, where: str, otherwise: str, work: str, place: dict[str, Any]) -> dict[str, Any]:
    own = hints.found_in(work, f"{module}.py") or hints.found_in(work, f"{module}/__init__.py")
    if own:
        message = f"{where} imports {module}, and Python does not look for it where it lies ({own})."
        return failure(
            otherwise, message, hint="Put it beside the file that is run, or into the root or src/.", **place
        )
    package = hints.DISTRIBUTIONS.get(module, module)
    known_as = module if package == module else f"{module} (the package {package})"
    hint = "Only the packages that the assignment lists are installed; use one of those, or hand the module in."
    message = f"{where} imports {known_as}, which is not installed."
    return failure("environment.missing_package", message, hint=hint, **place)
