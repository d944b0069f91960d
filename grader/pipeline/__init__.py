"""The stages in their order, from SOURCE to Report, and rescoring of what is stored."""

from grader.pipeline.ahead import start_ahead, start_one_ahead
from grader.pipeline.grading import collect, finish, grade
from grader.pipeline.intake import handed_out_with
from grader.pipeline.preflight import Flown, preflight
from grader.pipeline.records import Collected, Graded, Grading, Parts
from grader.pipeline.reporting import defect_of_ours, failed_on_our_side, failure_of, stopped_on_a_defect
from grader.pipeline.rescoring import Rescored, Terms, VerdictChange, changes_between, rescore
from grader.pipeline.retry import RetryPolicy
from grader.pipeline.scratch import private_scratch

__all__ = [
    "Collected",
    "Flown",
    "Graded",
    "Grading",
    "Parts",
    "Rescored",
    "RetryPolicy",
    "Terms",
    "VerdictChange",
    "changes_between",
    "collect",
    "defect_of_ours",
    "failed_on_our_side",
    "failure_of",
    "finish",
    "grade",
    "handed_out_with",
    "preflight",
    "private_scratch",
    "rescore",
    "start_ahead",
    "start_one_ahead",
    "stopped_on_a_defect",
]
