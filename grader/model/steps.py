"""What was read about columns and searches: small facts that calls alone do not tell."""

from __future__ import annotations

from typing import Literal

from grader.model.base import Record, Span

ColumnAction = Literal["looked", "changed", "target", "predicted", "read"]


class ColumnUse(Record):
    """One place where a column is named: looked at, changed (or rows chosen by it), made the target, written from
    predictions, or only read.

    The column "*" stands for all of them, looked at one after the other.
    """

    column: str
    action: ColumnAction
    span: Span
    function: str = ""


class LearnedUse(Record):
    """One place that reads what a model has learned, by the attribute's name: `coef_`, `feature_importances_`."""

    name: str
    span: Span
    function: str = ""


class SearchFact(Record):
    """One search of settings: how many it tries on how many folds, where the code says so in numbers."""

    name: str
    span: Span
    settings: int | None = None
    folds: int | None = None
    function: str = ""

    @property
    def fits(self) -> int | None:
        """How many models it fits, None where that is not known."""
        return None if self.settings is None else self.settings * (self.folds or 1)
