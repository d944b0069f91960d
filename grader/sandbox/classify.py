"""Whose fault it was: one pure function from what the host saw, and what the runner says, to a failure."""

from __future__ import annotations

from pydantic import Field, ValidationError

from grader.errors import FAILURE_CODES
from grader.model import CellRun, Failure, Limits, Record, SandboxResult

MOST_CELLS = 2000
MOST_WARNINGS = 20
MOST_TEXT = 600
MOST_TRACEBACK = 5000
MOST_LINE = 10_000_000
MOST_SECONDS = 7 * 24 * 3600.0
KILLED = "was killed by signal 9"  # as the runner says it of a script
FAILURE_GROUPS = ("notebook.", "run.", "environment.")


class RunFile(Record):
    """run.json as the runner writes it. The submission can forge it, so it is only ever believed about itself."""

    status: str = Field(max_length=20)
    failure: Failure | None = None
    cells: tuple[CellRun, ...] = Field(default=(), max_length=MOST_CELLS)
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
    if failure and not (failure.code in FAILURE_CODES and failure.code.startswith(FAILURE_GROUPS)):
        return None
    return found.model_copy(
        update={
            "failure": failure and _bounded_failure(failure),
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


def classify(result: SandboxResult, run_file: RunFile | None, limits: Limits) -> tuple[Failure | None, bool]:
    """Return (failure, whether it is a limit). The host's own observation comes before anything said inside.

    A process that was killed while the kernel killed one for want of memory was that one.
    """
    if result.oom_killed and result.exit_code and _was_killed(run_file):
        result = result.model_copy(update={"ended": "memory"})
    limit = _limit(result, run_file, limits)
    if limit is not None:
        return limit, True
    if run_file is not None and run_file.failure is not None:
        return run_file.failure, False
    if result.exit_code == 0 and run_file is not None and run_file.status == "completed":
        return None, False
    tail = result.stderr.strip().splitlines()[-1:] or ["it said nothing"]
    how = "was killed" if result.exit_code is None else f"ended with exit status {result.exit_code}"
    hint = "Run it from a fresh start and look at the last lines of the log."
    return Failure(code="run.failed", message=f"The run {how} before it was through: {tail[0][:300]}", hint=hint), False


def _was_killed(run_file: RunFile | None) -> bool:
    failure = run_file.failure if run_file else None
    if failure is None:
        return True
    return failure.code == "notebook.kernel_died" or KILLED in failure.message


def warnings_of(result: SandboxResult, run_file: RunFile | None) -> tuple[str, ...]:
    """Return what the report should mention although the run may have ended well."""
    found = list(run_file.warnings) if run_file else []
    if result.oom_killed and result.ended == "exited":
        found.append("A process of the work was killed for using too much memory while the work went on.")
    if result.truncated:
        found.append("The work printed more than is kept; the log is cut.")
    return tuple(found)


def _limit(result: SandboxResult, run_file: RunFile | None, limits: Limits) -> Failure | None:
    cell = _running_cell(run_file)
    where = f" in cell {cell + 1}" if cell is not None else ""
    messages = {
        "wall_time": (
            "limit.wall_time",
            f"The work ran longer than the {limits.wall_s:g} s it may{where}.",
            "Search fewer settings, train on a sample, or use a faster model.",
        ),
        "memory": (
            "limit.memory",
            f"The work used more than the {limits.memory_bytes / 2**20:,.0f} MB of memory it may{where}.",
            "Load fewer columns, use smaller types, or work in parts.",
        ),
        "processes": (
            "limit.processes",
            f"The work started more than the {limits.processes} processes or threads it may{where}.",
            "Start fewer workers; n_jobs=2 is enough here.",
        ),
        "disk": (
            "limit.disk",
            f"The work wrote more than {limits.disk_bytes / 2**20:,.0f} MB or {limits.disk_files:,} files{where}.",
            "Write only what is asked for.",
        ),
        "output": (
            "output.too_large",
            f"An output is larger than the {limits.output_bytes / 2**20:,.0f} MB it may be.",
            "Write only what is asked for.",
        ),
    }
    if result.ended == "cancelled":
        return Failure(code="limit.wall_time", message="The run was cancelled.")
    if result.ended not in messages:
        return None
    code, message, hint = messages[result.ended]
    return Failure(code=code, message=message, hint=hint, cell=cell)


def _running_cell(run_file: RunFile | None) -> int | None:
    """Return the cell after the last finished one: the runner writes its record when a cell ends."""
    if run_file is not None and run_file.failure is not None:
        return run_file.failure.cell
    if run_file is None or run_file.status != "running" or not run_file.cells:
        return None
    return run_file.cells[-1].index
