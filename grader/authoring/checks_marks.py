"""Whether the two marks are far enough apart, and the hidden set large enough, for a result to mean something."""

from __future__ import annotations

import math

from grader.authoring.result import Finding, defect, ok
from grader.authoring.subject import Subject

WHERE = "assignment.toml: metric"


def marks_are_apart(subject: Subject) -> Finding:
    """Find a baseline that lies within the 95 % interval of works as good as the reference."""
    metric, (low, high) = subject.assignment.metric, subject.reference_interval
    told = f"baseline {metric.baseline:g}, reference {metric.reference:g} ({low:.4g} to {high:.4g} on these rows)"
    if not low <= metric.baseline <= high:
        return ok(told)
    return defect(
        f"the baseline is not below the reference by more than noise: {told}",
        where=WHERE,
        mend=f"Find a better reference or an honest baseline, or hide about {rows_for(subject, 1.0):,} rows.",
    )


def hidden_set_is_large_enough(subject: Subject) -> Finding:
    """Find an interval wider than the author wants, and say how many hidden rows it would take."""
    wanted, share = subject.assignment.check.interval, width_of(subject)
    told = size_in_words(subject)
    if share <= wanted:
        return ok(f"{told}; wanted: at most {wanted:g}")
    return defect(
        f"the hidden set is too small: {told}, wanted is at most {wanted:g}",
        where=f"data/hidden/{subject.assignment.data.hidden_features}",
        mend=f"Hide about {rows_for(subject, wanted):,} rows, or be content with more: "
        f"[check] interval = {share + 0.005:.2f}.",
    )


def width_of(subject: Subject) -> float:
    """Return how wide the interval of a work as good as the reference is, as a share of the way between the marks."""
    low, high = subject.reference_interval
    return (high - low) / _gap(subject)


def size_in_words(subject: Subject) -> str:
    """Return how many rows there are and how wide an interval they give."""
    rows = f"{len(subject.judged_labels):,} hidden rows"
    return f"{rows} give an interval {width_of(subject):.2f} of the way from baseline to reference wide"


def _gap(subject: Subject) -> float:
    return abs(subject.assignment.metric.reference - subject.assignment.metric.baseline)


def rows_for(subject: Subject, share: float) -> int:
    """Return how many rows make the interval that share of the gap wide: it shrinks with the root of their number."""
    rows = len(subject.judged_labels) * (width_of(subject) / share) ** 2
    digits = max(0, len(str(int(rows))) - 2)
    return int(math.ceil(rows / 10**digits) * 10**digits)
