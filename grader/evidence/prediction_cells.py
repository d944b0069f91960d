"""What one cell of predictions.csv may hold: a number within the contract's bounds, or the name of a class."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from grader.errors import SubmissionError
from grader.model import AnyAssignment
from grader.model.classes import ClassNames

NAME = "predictions.csv"
CELL_CHARS = 64
LARGEST = 1e100  # squares of it, summed, are still finite
EMPTY = ("", "na", "null", "none", "<na>", "nan")
COMMA = "Use the decimal point, not the comma."
SHOWN_CLASSES = 12

CellReader = Callable[[str], float | None]


def cell_reader(assignment: AnyAssignment) -> CellReader:
    """Return what reads a cell: its number or its class's place, NaN where it is empty, None for anything else."""
    if not assignment.metric.names_classes:
        return lambda cell: _bounded(_number(cell), assignment)
    names = ClassNames(assignment.data.classes)
    return lambda cell: _class(cell, names)


def wrong_values(shown: Sequence[str], rows: int, assignment: AnyAssignment) -> SubmissionError:
    """Return the failure of cells that hold something else; `shown` is what they hold, as a message may say it."""
    example = min(shown)
    count = f"{len(shown):,} of {rows:,} predictions in {NAME} are"
    if assignment.metric.names_classes:
        message = f"{count} none of the classes {_listed(assignment.data.classes)}, but {example}."
        hint = "Write the class itself, as predict(...) returns it, not its probability or its place."
        return SubmissionError("predictions.values", message, hint=hint, path=NAME)
    hint = COMMA if "," in example else ""
    if assignment.metric.has_two_classes and any(char.isalpha() for char in example):
        hint = "Write the probability of the positive class (predict_proba(...)[:, 1]), not the label."
    low, high = assignment.contract.minimum, assignment.contract.maximum
    between = "" if low is None and high is None else f" from {_bound(low)} to {_bound(high)}"
    message = f"{count} no plain number{between} such as 0.25, but {example}."
    return SubmissionError("predictions.values", message, hint=hint, path=NAME)


def missing_values(shown: Sequence[str], rows: int, assignment: AnyAssignment) -> SubmissionError:
    """Return the failure of cells that are empty or without an end."""
    named = assignment.metric.names_classes
    what, wanted = ("empty", "class") if named else ("not finite", "finite prediction")
    return SubmissionError(
        "predictions.not_finite",
        f"{len(shown):,} of {rows:,} predictions in {NAME} are {what}, such as {min(shown)}.",
        hint=f"Look for missing values in the test features: every row needs a {wanted}.",
        path=NAME,
    )


def _number(cell: str) -> float | None:
    if cell.lower() in EMPTY:
        return math.nan
    try:
        return float(cell) if cell.isascii() and "_" not in cell and len(cell) <= CELL_CHARS else None
    except ValueError:
        return None


def _bounded(value: float | None, assignment: AnyAssignment) -> float | None:
    if value is None or not math.isfinite(value):
        return value
    low, high = assignment.contract.minimum, assignment.contract.maximum
    within = abs(value) <= LARGEST and (low is None or value >= low) and (high is None or value <= high)
    return value if within else None


def _class(cell: str, names: ClassNames) -> float | None:
    place = names.place(cell)
    if place is None and cell.lower() in EMPTY:
        return math.nan
    return place if place is None else float(place)


def _bound(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"


def _listed(classes: Sequence[str]) -> str:
    more = f" and {len(classes) - SHOWN_CLASSES:,} more" if len(classes) > SHOWN_CLASSES else ""
    return ", ".join(classes[:SHOWN_CLASSES]) + more
