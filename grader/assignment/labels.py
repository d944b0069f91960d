"""Whether the hidden labels are what the metric can be computed from."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment.tables import is_number
from grader.errors import AssignmentError
from grader.model import Assignment
from grader.model.classes import ClassNames


def check_labels(labels: Sequence[str], assignment: Assignment, path: str) -> None:
    """Raise AssignmentError naming the first row of the labels' file, header counted, that does not fit the metric."""
    spec = assignment.data
    if assignment.metric.is_classification:
        _check_classes(assignment)
        _check_each_is_a_class(labels, assignment, path)
        return
    for number, label in enumerate(labels, start=2):
        if not is_number(label):
            raise AssignmentError(f"row {number} holds {label[:40]!r}, which is no number", path=path, key=spec.target)


def _check_classes(assignment: Assignment) -> None:
    spec, metric = assignment.data, assignment.metric.name
    message = ""
    if assignment.metric.has_two_classes and (len(spec.classes) != 2 or len(set(spec.classes)) != 2):
        message = f"{metric} needs the two classes of {spec.target!r}, the negative one first"
    elif assignment.metric.names_classes and len(set(spec.classes)) < 2:
        message = f"{metric} needs the names of all classes of {spec.target!r}, two at least"
    elif not ClassNames(spec.classes).are_distinct:
        message = "it names a class twice; 7 and 7.0 are the same class"
    if message:
        raise AssignmentError(message, path="assignment.toml", key="data.classes")


def _check_each_is_a_class(labels: Sequence[str], assignment: Assignment, path: str) -> None:
    spec = assignment.data
    for number, label in enumerate(labels, start=2):
        if label not in spec.classes:
            message = f"row {number} holds {label[:40]!r}, which is none of the classes {', '.join(spec.classes)}"
            raise AssignmentError(message, path=path, key=spec.target)
    if len(set(labels)) < 2:
        of = "of the two classes" if assignment.metric.has_two_classes else "of the classes"
        raise AssignmentError(f"only one {of} occurs", path=path, key=spec.target)
