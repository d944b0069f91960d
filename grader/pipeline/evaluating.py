"""From runs that ended well to results on unseen data; what is wrong with predictions is the submission's failure."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from grader.errors import SubmissionError
from grader.model import Assignment, Deal, Failure, RoundsSpec, TwinResult
from grader.model.failure_class import failure_class
from grader.pipeline.reporting import failure_of
from grader.pipeline.runs import Run, Runs, collected_file, needed
from grader.sandbox.workspace import PREDICTIONS

if TYPE_CHECKING:
    from grader.evidence.metrics import Floats
    from grader.evidence.suites import Evaluated  # needs NumPy, as all of evidence that is imported below

LATER = "It ran at an earlier cut-off: look for dates, sizes or categories that are written into the code."


def evaluated_runs(
    runs: Runs, assignment: Assignment | None, drawn: Future[Any]
) -> tuple[Failure | None, Evaluated | None]:
    """Return what the predictions of all runs that the score rests on come to, or the failure of the first that has
    none. `drawn` are the resamples of the one run of an assignment without rounds.
    """
    if assignment is not None and assignment.rounds is not None:
        return _of_rounds(runs, assignment, assignment.rounds)
    run = runs.first
    if run.failure or assignment is None or run.dealt is None:
        return run.failure, None
    return _of_one(run, run.dealt, assignment, drawn)


def _of_one(
    run: Run, dealt: Deal, assignment: Assignment, drawn: Future[Any]
) -> tuple[Failure | None, Evaluated | None]:
    from grader.evidence import evaluate_beside, evaluate_suites

    predictions = _predictions_file(run)
    try:
        evaluated = evaluate_suites(needed(predictions), dealt, assignment, drawn.result())
        if run.result is None:
            return None, evaluated
        beside = evaluate_beside(partial(collected_file, run.result), dealt, run.result.sandbox, assignment)
        return None, replace(evaluated, suites=(*evaluated.suites, *beside))
    except SubmissionError as error:
        return _failure(error, predictions), None


def _of_rounds(runs: Runs, assignment: Assignment, spec: RoundsSpec) -> tuple[Failure | None, Evaluated | None]:
    from grader.evidence import evaluate_rounds

    values, deals = [], []
    for number, run in enumerate(runs.rounds):
        if run.dealt is None:
            return run.failure, None
        found, failure = (None, run.failure) if run.failure else _predictions(run, run.dealt, assignment)
        if found is None:
            return failure and _of_round(failure, number, spec), None
        values.append(found)
        deals.append(run.dealt)
    failure, twins = _of_altered(runs.altered, values, deals, assignment, spec)
    if failure is not None:
        return failure, None
    return None, replace(evaluate_rounds(values, deals, assignment), twins=twins)


def _of_altered(
    run: Run | None, values: Sequence[Floats], deals: Sequence[Deal], assignment: Assignment, spec: RoundsSpec
) -> tuple[Failure | None, TwinResult | None]:
    """Return what the altered history showed, None where there was none, or our failure: a score needs the answer."""
    if run is None or run.dealt is None or spec.altered is None:
        return None, None
    from grader.evidence import compare_altered, nothing_altered

    number = spec.cutoffs.index(spec.altered.cutoff)
    found, failure = (None, run.failure) if run.failure else _predictions(run, run.dealt, assignment)
    if found is not None:
        return None, compare_altered(values[number], found, deals[number], assignment, spec.altered)
    assert failure is not None
    if failure_class(failure.code) == "infrastructure":
        return failure, None
    return None, nothing_altered(values[number], deals[number], assignment, spec.altered, failure)


def _of_round(failure: Failure, number: int, spec: RoundsSpec) -> Failure:
    """Return the failure with the round in its message: other cut-offs may have gone well."""
    title = spec.title(number)
    hint = failure.hint
    if number and failure_class(failure.code) != "infrastructure":
        hint = f"{hint} {LATER}".strip()
    message = f"{title[0].upper()}{title[1:]}: {failure.message}"
    observed = (*failure.observed, f"the cut-off was {spec.cutoffs[number]}")
    return failure.model_copy(update={"message": message, "hint": hint, "observed": observed})


def _predictions(run: Run, deal: Deal, assignment: Assignment) -> tuple[Floats | None, Failure | None]:
    """Return the run's predictions in the order of its deal, or what is wrong with them."""
    from grader.evidence import read_predictions

    data = _predictions_file(run)
    try:
        return read_predictions(needed(data), deal, assignment), None
    except SubmissionError as error:
        return None, _failure(error, data)


def _predictions_file(run: Run) -> bytes | None:
    return collected_file(run.result, PREDICTIONS) if run.result else None


def _failure(error: SubmissionError, predictions: bytes | None) -> Failure:
    error.observed += (f"{len(predictions or b''):,} bytes of predictions were taken out of the sandbox",)
    return failure_of(error)
