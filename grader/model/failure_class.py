"""The one place that says which failures are the submission's own, which are limits, and which are ours.

A limit is something that a work used too much of, told to its author beforehand, while it was run or made ready to run:
time (of a cell too), memory, processes, disk, output, packages. A submission that is too large as it was handed in
("archive.", "git.", "notebook." and "predictions.too_large", "git.timeout") is refused as any other that cannot be
taken: that is a failure of its own.
"""

from __future__ import annotations

from typing import Literal

from grader.model.base import Failure, Outcome

FailureClass = Literal["submission", "limit", "infrastructure"]

_LIMITS = frozenset({"notebook.cell_timeout", "output.too_large", "environment.too_large", "environment.timeout"})
_OUTCOMES: dict[FailureClass, Outcome] = {
    "submission": "submission_failed",
    "limit": "limit_exceeded",
    "infrastructure": "infrastructure_failed",
}


def failure_class(code: str) -> FailureClass:
    """Return the class of a failure's code. Raises ValueError for one that no report can hold."""
    family = code.partition(".")[0]
    if family in ("assignment", "usage"):
        raise ValueError(f"{code} ends the command; it is no outcome of a grading")
    if family == "infrastructure":
        return "infrastructure"
    return "limit" if family == "limit" or code in _LIMITS else "submission"


def outcome_for(failure: Failure | None) -> Outcome:
    """Return the outcome of a grading that ended so."""
    return "completed" if failure is None else _OUTCOMES[failure_class(failure.code)]
