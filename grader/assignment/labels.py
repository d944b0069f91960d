"""Whether the hidden labels are what the metric can be computed from."""

from __future__ import annotations

import math
from collections.abc import Sequence

from grader.errors import AssignmentError
from grader.model import Assignment

CLASSIFICATION = ("roc_auc", "average_precision", "accuracy")


def check_labels(labels: Sequence[str], assignment: Assignment) -> None:
    """Raise AssignmentError naming the first row of the labels' file, header counted, that does not fit the metric."""
    spec = assignment.data
    path = f"data/hidden/{spec.hidden_labels}"
    if assignment.metric.name in CLASSIFICATION:
        if len(spec.classes) != 2 or len(set(spec.classes)) != 2:
            message = f"{assignment.metric.name} needs the two classes of {spec.target!r}, the negative one first"
            raise AssignmentError(message, path="assignment.toml", key="data.classes")
        for number, label in enumerate(labels, start=2):
            if label not in spec.classes:
                message = f"row {number} holds {label[:40]!r}, which is none of the classes {', '.join(spec.classes)}"
                raise AssignmentError(message, path=path, key=spec.target)
        if len(set(labels)) != 2:
            raise AssignmentError("only one of the two classes occurs", path=path, key=spec.target)
        return
    for number, label in enumerate(labels, start=2):
        if not _is_finite(label):
            raise AssignmentError(f"row {number} holds {label[:40]!r}, which is no number", path=path, key=spec.target)


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
