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
        mend=f"Find a better reference or an honest baseline, or hide about {_rows_for(subject, 1.0):,} rows.",
    )


def hidden_set_is_large_enough(subject: Subject) -> Finding:
    """Find an interval wider than the author wants, and say how many hidden rows it would take."""
    wanted, (low, high) = subject.assignment.check.interval, subject.reference_interval
    share, rows = (high - low) / _gap(subject), len(subject.judged_labels)
    told = f"{rows:,} hidden rows give an interval {share:.2f} of the way from baseline to reference wide"
    if share <= wanted:
        return ok(f"{told}; wanted: at most {wanted:g}")
    return defect(
        f"the hidden set is too small: {told}, wanted is at most {wanted:g}",
        where=f"data/hidden/{subject.assignment.data.hidden_features}",
        mend=f"Hide about {_rows_for(subject, wanted):,} rows, or be content with more: "
        f"[check] interval = {share + 0.005:.2f}.",
    )


def _gap(subject: Subject) -> float:
    return abs(subject.assignment.metric.reference - subject.assignment.metric.baseline)


def _rows_for(subject: Subject, share: float) -> int:
    """Return how many rows make the interval that share of the gap wide: it shrinks with the root of their number."""
    low, high = subject.reference_interval
    rows = len(subject.judged_labels) * ((high - low) / (share * _gap(subject))) ** 2
    digits = max(0, len(str(int(rows))) - 2)
    return int(math.ceil(rows / 10**digits) * 10**digits)
