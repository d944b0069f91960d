"""Which subgroups and messy rows can be judged: those with marks of their own, and rows enough of each class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grader.model import Assignment
from grader.model.assignment import MetricName
from grader.model.hidden import WITHOUT_MARKS

LEAST_OF_A_CLASS = 20
OF_FEW_POSITIVES: frozenset[MetricName] = frozenset({"roc_auc", "average_precision", "f1"})


def why_unjudged(labels: Sequence[str], assignment: Assignment, marks: tuple[float, float] | None) -> str:
    """Return why rows with these labels are shown and not judged, empty where they are.

    The metrics that rest on few positives move by a tenth and more with a single one of ten.
    """
    if assignment.metric.name in OF_FEW_POSITIVES and (few := _too_few(labels, assignment.data.classes)):
        return few
    return WITHOUT_MARKS if marks is None else ""


def _too_few(labels: Sequence[str], classes: Sequence[str]) -> str:
    found = Counter(labels)
    rows, rarer = min((found[name], name) for name in classes)
    if rows >= LEAST_OF_A_CLASS:
        return ""
    return (
        f"Only {rows:,} of its {len(labels):,} rows are of the class {rarer}: to be judged it needs {LEAST_OF_A_CLASS}."
    )
