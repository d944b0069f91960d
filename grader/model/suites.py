"""What an assignment says of its hidden data beyond the first table: further suites, subgroups and altered copies."""

from __future__ import annotations

import math
import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, FiniteFloat, StringConstraints, model_validator

from grader.model.base import ColumnName, FileName, Record, Weight
from grader.model.marks import OwnMarks

IID, MESSY, REPEAT = "iid", "messy", "repeat"  # names of suites that every assignment may have
OF_HISTORY = "history"  # the kind of messy rows that are clean themselves, and forecast after a messy history


def _of_its_own(name: str) -> str:
    if name in (IID, MESSY, REPEAT):
        raise ValueError(f"a suite cannot be called {name!r}: that is the name of another one")
    return name


SuiteName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40), AfterValidator(_of_its_own)
]
Sentence = Annotated[str, StringConstraints(min_length=10, max_length=500)]


class SuiteSpec(OwnMarks):
    """Further hidden rows with their labels, judged apart: from another period or segment, or altered by a stated law.

    `law` says so in a sentence that reports show. `baseline` and `reference` are the metric's where they are not given.
    Of an assignment with rounds a suite has no tables of its own: it is the rounds at its `cutoffs`.
    """

    name: SuiteName
    law: Sentence
    features: FileName = ""
    labels: FileName = ""
    cutoffs: tuple[str, ...] = ()
    weight: Weight = 1

    @model_validator(mode="after")
    def _fits_itself(self) -> Self:
        if bool(self.features) != bool(self.labels) or bool(self.features) == bool(self.cutoffs):
            raise ValueError("a suite has either features and labels, or cutoffs, which are those of its rounds")
        return self


class SliceSpec(OwnMarks):
    """A named subgroup of the first suite: rows whose cell of `column` is one of `values`, or holds `pattern`, or is a
    number of `least` or more, below `below`. Without a baseline and reference of its own it is shown, and not judged.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    column: ColumnName
    values: tuple[str, ...] = ()
    pattern: str | None = None
    least: FiniteFloat | None = None
    below: FiniteFloat | None = None

    @model_validator(mode="after")
    def _fits_itself(self) -> Self:
        ways = [bool(self.values), self.pattern is not None, self.least is not None or self.below is not None]
        if sum(ways) != 1:
            raise ValueError("a slice has either values, or a pattern, or least and below")
        if self.least is not None and self.below is not None and self.least >= self.below:
            raise ValueError("least must lie under below")
        try:
            re.compile(self.pattern or "")
        except re.error as error:
            raise ValueError(f"pattern is no regular expression: {error}") from error
        return self

    def holds(self, cell: str) -> bool:
        """Tell whether a row with this cell belongs to the subgroup; an empty cell is no number."""
        if self.values:
            return cell in self.values
        if self.pattern is not None:
            return re.search(self.pattern, cell) is not None
        try:
            number = float(cell)
        except ValueError:
            return False
        above = self.least is None or number >= self.least
        return math.isfinite(number) and above and (self.below is None or number < self.below)


class PictureChange(Record):
    """How the picture of an altered copy differs: it is moved by `move` pixels in a direction drawn for each, then the
    level of each of its pixels, 0 to 255, by up to `noise`.
    """

    move: Annotated[float, Field(ge=0, le=3)] = 0.5
    noise: Annotated[int, Field(ge=1, le=64)] = 4


class TwinSpec(Record):
    """Altered copies of hidden rows, dealt among the rest: what a model predicts for both is nearly the same, and a
    work that looks the published original up by its content knows one of them only.

    `by` moves numbers by a share of themselves, up or down. Of the columns `swap`, `swaps` in each row get another of
    their values. `typos` changes letters about in that many words of a text. `pictures` alters the rows' pictures.
    """

    rows: Annotated[int, Field(ge=20, le=10_000)] = 60
    by: dict[ColumnName, Annotated[float, Field(gt=0, le=0.5)]] = {}
    swap: tuple[ColumnName, ...] = ()
    swaps: Annotated[int, Field(ge=1, le=20)] = 1
    typos: dict[ColumnName, Annotated[int, Field(ge=1, le=20)]] = {}
    pictures: PictureChange | None = None

    @model_validator(mode="after")
    def _alters_something(self) -> Self:
        if not self.columns and self.pictures is None:
            raise ValueError("twins need something to alter, in by, swap, typos or pictures")
        if len(set(self.columns)) != len(self.columns):
            raise ValueError("twins alter a column twice")
        return self

    @property
    def columns(self) -> tuple[ColumnName, ...]:
        """The columns that may be altered."""
        return (*self.by, *self.swap, *self.typos)
