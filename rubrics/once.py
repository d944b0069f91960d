"""Facts that many criteria ask for are worked out once for each work: they take most of the time of scoring."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from grader import Evidence

T = TypeVar("T")


def once_a_work(function: Callable[[Evidence], T]) -> Callable[[Evidence], T]:
    """Return `function` with its last result kept for as long as the same evidence is asked about.

    Evidence is frozen, so the result is the same as without; it must not be changed by whoever gets it.
    """
    kept: tuple[Evidence, T] | None = None

    @wraps(function)
    def remembered(evidence: Evidence) -> T:
        nonlocal kept
        known = kept  # read once: another thread may be at another work
        if known is None or known[0] is not evidence:
            kept = known = (evidence, function(evidence))
        return known[1]

    return remembered
