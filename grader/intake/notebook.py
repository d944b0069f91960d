"""Notebooks as they are handed in: checked, brought to nbformat 4, their stored outputs stripped.

A large one is worked on in a child process with a memory limit, because 100 MB of JSON can mean gigabytes of objects.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from grader.errors import SubmissionError
from grader.intake.limits import IntakeLimits
from grader.intake.printed import printed_texts

IN_PROCESS_BYTES = 1_000_000
CHILD_MEMORY = 1_500_000_000
CHILD_SECONDS = 30
CHILD = "import sys\nfrom grader.intake.notebook import main\nsys.exit(main())"
HEAVY = "{} could not be read within the memory and time for one notebook."
EXIT_CODES = {10: "notebook.invalid", 11: "notebook.version", 12: "notebook.language", 13: "notebook.too_large"}


@dataclass(frozen=True)
class Stripped:
    """A notebook as nbformat 4 without outputs, notes on what was changed, and the text that (cell) had printed."""

    data: bytes
    notes: tuple[str, ...]
    printed: tuple[tuple[int, str], ...]


def strip_notebook(path: Path, name: str, limits: IntakeLimits) -> Stripped:
    """Return the notebook in the file `path`, stripped.

    Raises SubmissionError with a "notebook." code.
    """
    size = path.stat().st_size
    if size > limits.notebook_bytes:
        raise failure("notebook.too_large", f"{name} is larger than {limits.notebook_bytes / 1e6:.0f} MB.", name)
    if size <= IN_PROCESS_BYTES:
        return stripped(path.read_bytes(), name)
    with path.open("rb") as given, tempfile.TemporaryFile(dir=path.parent) as made:
        status, said = _strip_in_child(given, made, name)
        if status != 0:
            raise failure(EXIT_CODES.get(status, "notebook.too_large"), said or HEAVY.format(name), name)
        if made.seek(0, os.SEEK_END) > limits.stripped_bytes:
            raise failure("notebook.too_large", f"{name} is too large even without its outputs.", name)
        made.seek(0)
        said_of_it = json.loads(made.readline())
        printed = tuple((cell, text) for cell, text in said_of_it["printed"])
        return Stripped(made.read(), tuple(said_of_it["notes"]), printed)


def _strip_in_child(given: IO[bytes], made: IO[bytes], name: str) -> tuple[int, str]:
    """Strip from file to file, so that neither the notebook nor its objects are ever held in this process."""
    command = [sys.executable, "-I", "-c", CHILD, name]
    try:
        child = subprocess.run(
            command, stdin=given, stdout=made, stderr=subprocess.PIPE, check=False, timeout=CHILD_SECONDS * 4, env={}
        )
    except subprocess.TimeoutExpired:
        return 13, ""
    return child.returncode, child.stderr.decode("utf-8", "replace").strip()[
        :500
    ] if child.returncode in EXIT_CODES else ""


def stripped(data: bytes, name: str) -> Stripped:
    """Do the work of `strip_notebook` in this process."""
    notes: list[str] = []
    book = _parse(data, name)
    if "worksheets" in book or book.get("nbformat") in (2, 3):
        book = _upgraded(book, name)
        notes.append(f"{name} was written in an older notebook format and has been upgraded.")
    cells = book.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise failure("notebook.invalid", f"{name} has no list of cells.", name)
    if isinstance(book.get("nbformat"), int) and book["nbformat"] > 4:
        raise failure("notebook.version", f"{name} has notebook format {book['nbformat']}; 4 is the newest read.", name)
    notes += _kernel_notes(book.get("metadata"), name)
    clean = {"cells": [_cell(cell) for cell in cells], "metadata": _metadata(), "nbformat": 4, "nbformat_minor": 4}
    whole = json.dumps(clean, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    return Stripped(whole, tuple(notes), tuple(printed_texts(cells)))


def failure(code: str, message: str, name: str) -> SubmissionError:
    """Return the error with the hint that fits its code."""
    hints = {
        "notebook.invalid": "Open it in Jupyter and save it again; look for merge-conflict marks or a cut-off upload.",
        "notebook.version": "Open it in a current Jupyter and save it again.",
        "notebook.language": "Only Python notebooks can be graded.",
        "notebook.too_large": "Clear all outputs and save it again.",
    }
    return SubmissionError(code, message, hint=hints[code], path=name)


def _parse(data: bytes, name: str) -> dict[str, Any]:
    if not data.strip():
        raise failure("notebook.invalid", f"{name} is empty.", name)
    try:
        book = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        merged = b"\n<<<<<<< " in data
        what = "holds merge-conflict marks" if merged else f"is not JSON ({type(error).__name__})"
        raise failure("notebook.invalid", f"{name} {what}.", name) from error
    if not isinstance(book, dict):
        raise failure("notebook.invalid", f"{name} is JSON, but not a notebook.", name)
    return book


def _upgraded(book: dict[str, Any], name: str) -> dict[str, Any]:
    import nbformat  # slow to import, and needed for old notebooks only

    try:
        read: Any = nbformat  # it ships no types
        return dict(json.loads(read.writes(read.convert(read.from_dict(book), 4))))
    except (nbformat.ValidationError, *UNREADABLE) as error:
        message = f"{name} has an old notebook format that cannot be upgraded."
        raise failure("notebook.version", message, name) from error


# what nbformat's converters, which trust their input, raise on one that is out of shape
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


def _kernel_notes(metadata: object, name: str) -> list[str]:
    spec, info = (_mapping(_mapping(metadata).get(key)) for key in ("kernelspec", "language_info"))
    language = str(spec.get("language") or info.get("name") or "python").lower()
    if language not in ("python", "ipython", "python3", "python2"):
        raise failure("notebook.language", f"{name} is written for {ascii(language)[1:-1][:40]}, not for Python.", name)
    kernel = str(spec.get("name") or "python3")
    if kernel != "python3":
        return [f"{name} names the kernel {ascii(kernel)[1:-1][:40]}; it runs in ours."]
    return []


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    kind = cell.get("cell_type") if cell.get("cell_type") in ("code", "markdown", "raw") else "raw"
    clean: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source if isinstance(source, str) else ""}
    if kind == "code":
        count = cell.get("execution_count")
        clean |= {"execution_count": count if isinstance(count, int) else None, "outputs": []}
    return clean


def _metadata() -> dict[str, Any]:
    return {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def main() -> int:
    """Strip the notebook on standard input in this process, which is a child with limits; returns an exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY, CHILD_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS))
    try:
        made = stripped(sys.stdin.buffer.read(), sys.argv[1])
    except SubmissionError as error:
        print(error.message, file=sys.stderr)
        return next(status for status, code in EXIT_CODES.items() if code == error.code)
    except MemoryError:
        return 13
    said_of_it = {"notes": made.notes, "printed": made.printed}
    sys.stdout.buffer.write(json.dumps(said_of_it).encode() + b"\n" + made.data)
    return 0
