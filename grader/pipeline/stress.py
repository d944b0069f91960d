"""What the stress run came to, which of a forecast is the round with the messy history. Whatever happened in it, the
outcome of the first run stands.
"""

from __future__ import annotations

from grader.errors import SubmissionError
from grader.model import Assignment, HiddenResult, RunResult, StressResult
from grader.model.failure_class import failure_class
from grader.pipeline.reporting import failure_of
from grader.pipeline.runs import Run, Runs, collected_file, needed
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
            found = _judged(runs.first, runs.stress, result, hidden, assignment)
            return found.model_copy(update=measured)
        except SubmissionError as error:
            failure = failure_of(error)
    measured |= {"failure": failure, "limit_exceeded": failure_class(failure.code) == "limit"}
    return nothing.model_copy(update=measured)


def _judged(first: Run, stress: Run, result: RunResult, hidden: HiddenResult, assignment: Assignment) -> StressResult:
    """Return what the run's predictions come to: beside the first run's, or of a forecast after its messy history."""
    if assignment.rounds is None or assignment.rounds.messy is None or stress.dealt is None:
        return _compared(first, stress, result, hidden, assignment)
    from grader.evidence import judge_messy_history

    data = needed(collected_file(result, PREDICTIONS))
    return judge_messy_history(data, stress.dealt, assignment, assignment.rounds.messy)


def _compared(first: Run, stress: Run, result: RunResult, hidden: HiddenResult, assignment: Assignment) -> StressResult:
    from grader.evidence import compare_runs

    before = collected_file(first.result, PREDICTIONS) if first.result else None
    after = collected_file(result, PREDICTIONS)
    if before is None or after is None or first.dealt is None or stress.dealt is None:
        raise SubmissionError("predictions.missing", "The run ended well but wrote no predictions.csv.")
    return compare_runs((before, first.dealt), (after, stress.dealt), hidden, assignment)
