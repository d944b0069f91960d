"""What the stress run came to. Whatever happened in it, the outcome of the first run stands."""

from __future__ import annotations

from grader.errors import SubmissionError
from grader.model import Assignment, HiddenResult, RunResult, StressResult
from grader.model.failure_class import failure_class
from grader.pipeline.reporting import failure_of
from grader.pipeline.runs import Run, Runs, collected_file
from grader.sandbox.workspace import PREDICTIONS


def stress_result(runs: Runs, hidden: HiddenResult, assignment: Assignment) -> StressResult | None:
    """Compare the stress run with the first one, whose result is `hidden`; None where there was no stress run."""
    if runs.stress is None or runs.stress.dealt is None:
        return None
    from grader.evidence import no_predictions  # needs NumPy, which was loaded while the sandbox was busy

    result, nothing = runs.stress.result, no_predictions(runs.stress.dealt)
    if result is None:
        return nothing.model_copy(update={"failure": runs.stress.failure, "tries": runs.stress.tries})
    measured: dict[str, object] = {
        "wall_s": result.sandbox.wall_s,
        "peak_memory_bytes": result.sandbox.peak_memory_bytes,
        "tries": runs.stress.tries,
    }
    failure = result.failure
    if failure is None:
        try:
            return _compared(runs.first, runs.stress, result, hidden, assignment).model_copy(update=measured)
        except SubmissionError as error:
            failure = failure_of(error)
    measured |= {"failure": failure, "limit_exceeded": failure_class(failure.code) == "limit"}
    return nothing.model_copy(update=measured)


def _compared(first: Run, stress: Run, result: RunResult, hidden: HiddenResult, assignment: Assignment) -> StressResult:
    from grader.evidence import compare_runs

    before = collected_file(first.result, PREDICTIONS) if first.result else None
    after = collected_file(result, PREDICTIONS)
    if before is None or after is None or first.dealt is None or stress.dealt is None:
        raise SubmissionError("predictions.missing", "The run ended well but wrote no predictions.csv.")
    return compare_runs((before, first.dealt), (after, stress.dealt), hidden, assignment)
