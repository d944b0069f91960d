"""Figures that a work claims, figures that its run printed, and whether the two agree."""

from __future__ import annotations

from typing import Literal

from pydantic import FiniteFloat

from grader.model.base import Record, Span

_ERRORS = frozenset(("RMSE", "MSE", "MAE", "MAPE", "log loss", "Brier score"))


class SavedText(Record):
    """The beginning of what one cell of a notebook had printed when it was handed in."""

    path: str
    cell: int
    text: str


class Figure(Record):
    """One number that is said to be a metric's: `metric` is its usual name, "" for a number that stands alone.

    `value` is a ratio where the metric is one (91.2 % is 0.912), `unit` is one in its last digit as written, `subject`
    the model or the column that it is said of, "" where none is named. `among` are the metrics that its cell computes,
    one of which it is, for a number without a name; none where that is not known.
    """

    span: Span
    metric: str
    value: FiniteFloat
    unit: FiniteFloat = 0.01
    subject: str = ""
    among: tuple[str, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether less of its metric is better."""
        return self.metric in _ERRORS

    @property
    def merit(self) -> float:
        """The value with the sign by which more is better."""
        return -self.value if self.is_error else self.value


class Ranking(Record):
    """A sentence that says which model is best: over `over`, or over all others where that is "". Where `best` is "",
    another model than `over` is better than that.
    """

    span: Span
    best: str
    over: str = ""
    metric: str = ""


class Claim(Record):
    """What is claimed at `span`, and what the run showed: `observed` is the nearest value, None without any.

    A ranking has no value. `agrees` is None where the run printed nothing that it could be compared with.
    """

    kind: Literal["figure", "ranking"] = "figure"
    span: Span
    metric: str
    claimed: str
    observed: FiniteFloat | None = None
    tolerance: FiniteFloat = 0
    agrees: bool | None = None
