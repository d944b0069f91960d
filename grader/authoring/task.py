"""What is to be predicted, and the metric that fits: chosen by the target's cells, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.authoring.columns import numbers_of
from grader.authoring.positive import Positive, positive_of
from grader.errors import UsageError
from grader.model.assignment import MetricName

MOST_CLASSES = 20
MOST_NUMBERED = 10  # so many whole numbers, each often, are classes and no amounts
LEAST_OF_CLASS = 30
RARE = 0.10
HEAVY = 7.0  # excess kurtosis


@dataclass(frozen=True)
class Task:
    """The metric with the reason for it, and the classes, the positive one last of two; none for numbers.

    `positive` says of two classes which one is asked for, and why.
    """

    metric: MetricName
    reason: str
    classes: tuple[str, ...] = ()
    positive: Positive | None = None

    @property
    def kind(self) -> str:
        """Return two_classes, classes or numbers."""
        return {0: "numbers", 2: "two_classes"}.get(len(self.classes), "classes")


def task_of(cells: Sequence[str], column: str, wanted: MetricName | None = None, positive: str | None = None) -> Task:
    """Return what to predict in `column`, with the metric and the positive class that are wanted.

    Raises UsageError when its cells are neither classes nor numbers, or what is wanted does not fit them.
    """
    counts = Counter(cells)
    if len(counts) < 2:
        raise UsageError(f"the target {column!r} has one value only, {cells[0]!r}: there is nothing to predict")
    if positive is not None and len(counts) != 2:
        message = f"--positive is for a target of two classes; {column!r} has {len(counts):,} different values"
        raise UsageError(message, hint="Leave it out, or name another column with --target.")
    is_two = len(counts) == 2
    found = _two_classes(counts, column, positive) if is_two else _numbers_or_classes(cells, counts, column)
    return found if wanted is None else _with_metric(found, wanted)


def _two_classes(counts: Counter[str], column: str, wanted: str | None) -> Task:
    _check_classes(counts, column)
    positive = positive_of(counts, column, wanted)
    name, share = positive.name, counts[positive.name] / counts.total()
    classes = (next(other for other in counts if other != name), name)
    if share < RARE:
        reason = f"{name!r} is rare ({share:.1%}): average precision looks at the top of the list"
        return Task("average_precision", reason, classes, positive)
    reason = f"two classes, {name!r} in {share:.1%} of the rows: how well they are ranked, whatever the threshold"
    return Task("roc_auc", reason, classes, positive)


def _numbers_or_classes(cells: Sequence[str], counts: Counter[str], column: str) -> Task:
    numbers = numbers_of(cells)
    few = len(counts) <= (MOST_CLASSES if numbers is None else MOST_NUMBERED)
    whole = numbers is None or bool((numbers == np.round(numbers)).all())
    if few and whole and (numbers is None or min(counts.values()) >= LEAST_OF_CLASS):
        _check_classes(counts, column)
        classes = tuple(sorted(counts, key=lambda name: (float(name) if numbers is not None else 0.0, name)))
        return Task("multiclass_accuracy", f"{len(classes)} classes: the share of rows whose class is right", classes)
    if numbers is None:
        message = f"the target {column!r} has {len(counts):,} different texts: neither numbers nor at most "
        raise UsageError(f"{message}{MOST_CLASSES} classes", hint="Name another column, or group its values.")
    spread = float(numbers.std())
    tails = float((((numbers - numbers.mean()) / spread) ** 4).mean()) - 3
    if tails > HEAVY:
        return Task("mae", "numbers with a few very large ones, which would outweigh all others when squared")
    return Task("rmse", "numbers: the root of the mean squared error, in the target's own unit")


def _check_classes(counts: Counter[str], column: str) -> None:
    rarest = min(counts, key=lambda name: (counts[name], name))
    if counts[rarest] < LEAST_OF_CLASS:
        told = f"the class {rarest!r} of {column!r} has too few rows ({counts[rarest]})"
        raise UsageError(
            f"{told}: at least {LEAST_OF_CLASS} are needed",
            hint="Put it together with another class, or bring more rows.",
        )


def _with_metric(task: Task, wanted: MetricName) -> Task:
    fitting = {
        "two_classes": ("roc_auc", "average_precision", "accuracy"),
        "classes": ("multiclass_accuracy",),
        "numbers": ("rmse", "mae"),
    }[task.kind]
    if wanted not in fitting:
        raise UsageError(f"--metric {wanted} does not fit this target; these do: {', '.join(fitting)}")
    return replace(task, metric=wanted, reason="as the author chose")
