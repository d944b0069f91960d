"""The assignment under proof: its tables, and the hidden labels in the order of the hidden features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from grader.assignment.rounds import judged_rows
from grader.assignment.tables import Table, read_table
from grader.authoring.columns import numbers_of
from grader.authoring.simulated import interval_at
from grader.authoring.stream_tables import stream_tables
from grader.model import Assignment

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Subject:
    """A loaded assignment and its four tables."""

    assignment: Assignment
    train: Table
    test: Table
    features: Table
    labels_table: Table

    @property
    def public(self) -> Path:
        """The folder that candidates get."""
        return self.assignment.root / "data" / "public"

    @property
    def hidden(self) -> Path:
        """The folder that they never get."""
        return self.assignment.root / "data" / "hidden"

    @cached_property
    def labels(self) -> list[str]:
        """The hidden labels in the order of the hidden features."""
        spec = self.assignment.data
        known = dict(
            zip(self.labels_table.column(spec.id), self.labels_table.column(spec.target), strict=True),
        )
        return [known[name] for name in self.features.column(spec.id)]

    @cached_property
    def judged_labels(self) -> list[str]:
        """Those of the rows that the first suite's result is over: of a forecast, the days after its cut-offs."""
        judged = judged_rows(self.assignment, self.features)
        return [label for place, label in enumerate(self.labels) if place in judged]

    @cached_property
    def reference_interval(self) -> tuple[float, float]:
        """The 95 % interval, in the metric's unit, of works as good as the reference."""
        return interval_at(self.assignment.metric.reference, self.judged_labels, self.assignment)

    @cached_property
    def train_labels(self) -> list[str]:
        """The published labels in the order of the training file."""
        return self.train.column(self.assignment.data.target)

    @property
    def is_classes(self) -> bool:
        """Whether labels are classes and not numbers."""
        return self.assignment.metric.is_classification

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of the hidden features without the id."""
        return tuple(name for name in self.features.columns if name != self.assignment.data.id)

    @cached_property
    def targets(self) -> list[Floats]:
        """The hidden labels as numbers, shape (rows,) each: one array, or one a class where there are more than two."""
        return as_numbers(self.labels, self.assignment)

    @cached_property
    def train_targets(self) -> list[Floats]:
        """The same of the published labels."""
        return as_numbers(self.train_labels, self.assignment)

    @property
    def is_in_time(self) -> bool:
        """Whether the rows are told apart by time, so that their order may speak of it."""
        return self.assignment.split.by == "time" or self.assignment.modality == "time-series"


def read_subject(assignment: Assignment) -> Subject:
    """Return the assignment with its tables. Raises AssignmentError when one is missing or broken."""
    spec = assignment.data
    train = _read(assignment, f"public/{spec.train}")
    features, labels = (_read(assignment, f"hidden/{name}") for name in (spec.hidden_features, spec.hidden_labels))
    if spec.batches:
        test, features = stream_tables(assignment, spec.batches, features, labels)
    else:
        test = _read(assignment, f"public/{spec.test}")
    return Subject(assignment, train, test, features, labels)


def _read(assignment: Assignment, name: str) -> Table:
    return read_table(assignment.root / "data" / name, name=f"data/{name}")


def as_numbers(labels: list[str], assignment: Assignment) -> list[Floats]:
    """Return labels as one array of numbers, or for several classes as one array of 0 and 1 for each class."""
    classes = assignment.data.classes
    if not assignment.metric.is_classification:
        found = numbers_of(labels)
        return [np.zeros(len(labels)) if found is None else found]
    wanted = classes[1:] if len(classes) == 2 else classes
    return [np.array([float(label == name) for label in labels]) for name in wanted]
