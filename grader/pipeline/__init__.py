"""The stages in their order, from SOURCE to Report, and rescoring of what is stored."""

from grader.pipeline.ahead import start_ahead, start_one_ahead
from grader.pipeline.grading import grade
from grader.pipeline.preflight import Flown, preflight
from grader.pipeline.records import Graded, Parts
from grader.pipeline.reporting import failed_on_our_side, failure_of
from grader.pipeline.rescoring import Rescored, Terms, VerdictChange, changes_between, rescore
from grader.pipeline.retry import RetryPolicy
from grader.pipeline.scratch import private_scratch

__all__ = [
    "Flown",
    "Graded",
    "Parts",
    "Rescored",
    "RetryPolicy",
    "Terms",
    "VerdictChange",
    "changes_between",
    "failed_on_our_side",
    "failure_of",
    "grade",
    "preflight",
    "private_scratch",
    "rescore",
    "start_ahead",
    "start_one_ahead",
]
