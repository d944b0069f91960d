"""Facts about a submission and what its run left behind."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.evidence.absence import absences
    from grader.evidence.claims import check_claims, read_saved
    from grader.evidence.facts import read_facts
    from grader.evidence.judged_outputs import evaluate_beside
    from grader.evidence.naming import named_by_code
    from grader.evidence.outputs import read_observed
    from grader.evidence.own_tests import read_own_tests
    from grader.evidence.predictions import read_partial, read_predictions
    from grader.evidence.reader import SubprocessCodeReader
    from grader.evidence.rounds import evaluate_rounds
    from grader.evidence.spelled_numbers import computed
    from grader.evidence.stress import compare_runs, judge_messy_history, no_predictions
    from grader.evidence.suites import draw_suites, evaluate_read, evaluate_suites
    from grader.evidence.traces import read_traces
    from grader.evidence.twins import compare_altered, nothing_altered
    from grader.evidence.unreached import MarkedRun, read_unreached
    from grader.evidence.witnesses import compare_witnesses, is_about
    from grader.evidence.written_tables import read_written

_HOMES = {
    "absences": "grader.evidence.absence",
    "check_claims": "grader.evidence.claims",
    "compare_altered": "grader.evidence.twins",
    "nothing_altered": "grader.evidence.twins",
    "read_saved": "grader.evidence.claims",
    "named_by_code": "grader.evidence.naming",
    "read_observed": "grader.evidence.outputs",
    "read_own_tests": "grader.evidence.own_tests",
    "read_facts": "grader.evidence.facts",
    "computed": "grader.evidence.spelled_numbers",
    "evaluate_rounds": "grader.evidence.rounds",
    "read_partial": "grader.evidence.predictions",
    "read_predictions": "grader.evidence.predictions",
    "draw_suites": "grader.evidence.suites",
    "evaluate_beside": "grader.evidence.judged_outputs",
    "evaluate_read": "grader.evidence.suites",
    "evaluate_suites": "grader.evidence.suites",
    "SubprocessCodeReader": "grader.evidence.reader",
    "compare_runs": "grader.evidence.stress",
    "judge_messy_history": "grader.evidence.stress",
    "no_predictions": "grader.evidence.stress",
    "read_traces": "grader.evidence.traces",
    "MarkedRun": "grader.evidence.unreached",
    "read_unreached": "grader.evidence.unreached",
    "compare_witnesses": "grader.evidence.witnesses",
    "is_about": "grader.evidence.witnesses",
    "read_written": "grader.evidence.written_tables",
}

__all__ = [
    "MarkedRun",
    "SubprocessCodeReader",
    "absences",
    "check_claims",
    "compare_altered",
    "compare_runs",
    "compare_witnesses",
    "computed",
    "draw_suites",
    "evaluate_beside",
    "evaluate_read",
    "evaluate_rounds",
    "evaluate_suites",
    "is_about",
    "judge_messy_history",
    "named_by_code",
    "no_predictions",
    "nothing_altered",
    "read_facts",
    "read_observed",
    "read_own_tests",
    "read_partial",
    "read_predictions",
    "read_saved",
    "read_traces",
    "read_unreached",
    "read_written",
]


def __getattr__(name: str) -> Any:
    # Looked up on first use, so that the worker that reads code does not pay for NumPy.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'grader.evidence' has no attribute {name!r}")
