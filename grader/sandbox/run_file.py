"""What the runner wrote down of a run: read as hostile text, for the submission can forge it."""

from __future__ import annotations

from pydantic import Field, ValidationError

from grader.model import CellRun, Failure, Record

RUN_FILE = "run.json"  # in /out, as the runner writes it
MOST_CELLS = 2000
MOST_WARNINGS = 20
MOST_TEXT = 600
MOST_TRACEBACK = 5000
MOST_LINE = 10_000_000
MOST_SECONDS = 7 * 24 * 3600.0
SAID_BY_THE_RUNNER = frozenset(
    {
        *("notebook.invalid", "notebook.syntax_error", "notebook.cell_error", "notebook.cell_timeout"),
        *("notebook.input_requested", "notebook.kernel_died"),
        *("run.failed", "run.syntax_error", "run.contract", "environment.missing_package"),
    }
)


class RunFile(Record):
    """run.json as the runner writes it. The submission can forge it, so it is only ever believed about itself.

    `cell` is the index of the one that was being executed when it was written.
    """

    status: str = Field(max_length=20)
    failure: Failure | None = None
    cells: tuple[CellRun, ...] = Field(default=(), max_length=MOST_CELLS)
    cell: int | None = None
    warnings: tuple[str, ...] = Field(default=(), max_length=MOST_WARNINGS)


def parse_run_file(data: bytes | None) -> RunFile | None:
    """Return the runner's record, None when it is missing, forged out of shape or names a code it may not."""
    if data is None:
        return None
    try:
        found = RunFile.model_validate_json(data)
    except (ValidationError, RecursionError):
        return None
    failure = found.failure
    if failure and failure.code not in SAID_BY_THE_RUNNER:
        return None
    return found.model_copy(
        update={
            "failure": failure and _bounded_failure(failure),
            "cell": _within(found.cell, 0, MOST_CELLS),
            "cells": tuple(_bounded_cell(cell) for cell in found.cells),
            "warnings": tuple(text[:MOST_TEXT] for text in found.warnings),
        }
    )


def _bounded_failure(failure: Failure) -> Failure:
    return failure.model_copy(
        update={
            "message": failure.message[:MOST_TEXT],
            "hint": failure.hint[:MOST_TEXT],
            "path": failure.path and failure.path[:MOST_TEXT],
            "cell": _within(failure.cell, 0, MOST_CELLS),
            "line": _within(failure.line, 1, MOST_LINE),
        }
    )


def _bounded_cell(cell: CellRun) -> CellRun:
    return cell.model_copy(
        update={
            "path": "",
            "index": max(0, min(cell.index, MOST_CELLS)),
            "wall_s": cell.wall_s if 0 <= cell.wall_s <= MOST_SECONDS else 0.0,
            "error": cell.error[:MOST_TEXT],
            "message": cell.message[:MOST_TEXT],
            "traceback": cell.traceback[-MOST_TRACEBACK:],
            "line": _within(cell.line, 1, MOST_LINE),
        }
    )


def _within(number: int | None, least: int, most: int) -> int | None:
    """Return a number that a place can have, None for any other."""
    return number if number is not None and least <= number <= most else None
