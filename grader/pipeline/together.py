"""What several notebooks, each run in a sandbox of its own, come to together: one result, and a line for each."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import EntryPoint, FailedTry, Failure, LeftNotebook, NotebookRun, RunPlan, RunResult
from grader.model.failure_class import failure_class
from grader.model.run import NotebookEnd

EXECUTED = "executed.ipynb"
MOST_STORED = 100 * 1024**2  # bytes of all executed notebooks together
OUT_OF_TIME = "those before it had taken all the time there is for a work"
STOPPED = "the grading ended before it"
Told = tuple[EntryPoint, RunResult | None, Failure | None, tuple[FailedTry, ...]]


def run_together(plan: RunPlan, each: Sequence[Told]) -> tuple[RunResult | None, Failure | None, tuple[FailedTry, ...]]:
    """Return the result, the failure and the failed tries of all that was run: the first failure, but ours before any.

    A single run is returned as it is.
    """
    _, first, failure, tries = each[0]
    if not plan.then and not plan.left_notebooks:
        return first, failure, tries
    tries = tuple(item for _, _, _, tried in each for item in tried)
    failures = [_placed(failed, entry) for entry, _, failed, _ in each if failed is not None]
    ours = [failed for failed in failures if failure_class(failed.code) == "infrastructure"]
    failure = next(iter((*ours, *failures)), None)
    results = [(entry, result) for entry, result, _, _ in each if result is not None]
    if first is None or not results:
        return None, failure, tries
    return _merged(plan, each, results, failure), failure, tries


def _placed(failure: Failure, entry: EntryPoint) -> Failure:
    """Return the failure with the notebook it happened in."""
    return failure if failure.path else failure.model_copy(update={"path": entry.path})


def _merged(
    plan: RunPlan, each: Sequence[Told], results: Sequence[tuple[EntryPoint, RunResult]], failure: Failure | None
) -> RunResult:
    shown = next((result for _, result in results if result.failure is not None), results[0][1])
    sandboxes = [result.sandbox for _, result in results]
    peaks = [one.peak_memory_bytes for one in sandboxes if one.peak_memory_bytes is not None]
    sandbox = shown.sandbox.model_copy(
        update={
            "wall_s": sum(one.wall_s for one in sandboxes),
            "cpu_s": None if any(one.cpu_s is None for one in sandboxes) else sum(one.cpu_s or 0 for one in sandboxes),
            "peak_memory_bytes": max(peaks, default=None),
        }
    )
    cells = (cell.model_copy(update={"path": entry.path}) for entry, result in results for cell in result.cells)
    said = (f"{entry.path}: {text}" for entry, result in results for text in result.warnings)
    return results[0][1].model_copy(
        update={
            "sandbox": sandbox,
            "failure": failure,
            "limit_exceeded": failure is not None and failure_class(failure.code) == "limit",
            "cells": tuple(cells),
            "warnings": tuple(said),
            "notebooks": notebooks_of(plan, each),
        }
    )


def notebooks_of(plan: RunPlan, each: Sequence[Told]) -> tuple[NotebookRun, ...]:
    """Return how each notebook ended, in the order they were run, and then those that were not, with the reason."""
    names = _stored_names(each)
    run = [_one(entry, result, failure, names[entry.path]) for entry, result, failure, _ in each]
    stopped = any(failure is not None and failure_class(failure.code) == "infrastructure" for _, _, failure, _ in each)
    why = STOPPED if stopped else OUT_OF_TIME
    left = [LeftNotebook(path=entry.path, why=why) for entry in plan.entry_points[len(each) :]]
    return (*run, *(NotebookRun(path=one.path, ended="not_run", why=one.why) for one in (*left, *plan.left_notebooks)))


def _one(entry: EntryPoint, result: RunResult | None, failure: Failure | None, executed: str) -> NotebookRun:
    ended: NotebookEnd = "ok"
    if failure is not None:
        ended = "limit" if failure_class(failure.code) == "limit" else "failed"
    if result is None:
        return NotebookRun(path=entry.path, ended="not_run", why="our side failed at it", failure=failure)
    return NotebookRun(
        path=entry.path,
        ended=ended,
        failure=failure and _placed(failure, entry),
        wall_s=result.sandbox.wall_s,
        peak_memory_bytes=result.sandbox.peak_memory_bytes,
        cells=sum(cell.status == "ok" for cell in result.cells),
        of=len(result.cells),
        executed=executed,
    )


def executed_notebooks(each: Sequence[Told]) -> dict[str, bytes]:
    """Return the executed notebooks by the names they are stored under: executed.ipynb is the first one's."""
    names = _stored_names(each)
    kept = ((names[entry.path], result) for entry, result, _, _ in each)
    return {name: (result.collected / EXECUTED).read_bytes() for name, result in kept if name and result is not None}


def _stored_names(each: Sequence[Told]) -> dict[str, str]:
    """Return each one's name by its path, "" where there is no executed notebook, or all hold too much together."""
    names: dict[str, str] = {}
    stored = 0
    for number, (entry, result, _, _) in enumerate(each, start=1):
        place = result.collected / EXECUTED if result is not None else None
        size = place.stat().st_size if place is not None and place.is_file() else 0
        stored += size
        is_kept = bool(size) and stored <= MOST_STORED
        names[entry.path] = (EXECUTED if number == 1 else f"executed-{number}.ipynb") if is_kept else ""
    return names
