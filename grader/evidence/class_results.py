"""How well each class was told from the others, and what it was taken for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.evidence.metrics import Floats
from grader.model import ClassResult

DECIMALS = 6


def class_results(truth: Floats, predicted: Floats, classes: Sequence[str]) -> tuple[ClassResult, ...]:
    """Return the result of each class that occurs; both arrays, shape (rows,), hold places in `classes`."""
    found = []
    for place, name in enumerate(classes):
        said = predicted[truth == place].astype(int)
        if len(said):
            found.append(_result(name, np.bincount(said, minlength=len(classes)), place, classes))
    return tuple(found)


def _result(name: str, counts: np.typing.NDArray[np.int_], place: int, classes: Sequence[str]) -> ClassResult:
    rows, right = int(counts.sum()), int(counts[place])
    others = counts.copy()
    others[place] = 0
    worst = int(others.argmax())  # of equally many, the first in the assignment's order
    mistaken = int(others[worst])
    return ClassResult(
        name=name,
        rows=rows,
        recall=round(right / rows, DECIMALS),
        mistaken_for=classes[worst] if mistaken else "",
        mistaken=mistaken,
    )
