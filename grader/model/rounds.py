"""The rounds of a forecast: the same work, run once at each of several cut-offs in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from grader.model.base import ColumnName, Record
from grader.model.marks import OwnMarks
from grader.model.suites import SuiteSpec


def _is_moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


LEAST_CHANGE = 0.05
HistoryKind = Literal["missing", "duplicate", "late", "empty", "spaces", "out_of_range"]
HISTORY_KINDS: tuple[HistoryKind, ...] = get_args(HistoryKind)
SPOILT: dict[HistoryKind, str] = {
    "missing": "not there",
    "duplicate": "there twice",
    "late": "at the end instead of in their place",
    "empty": "without the target",
    "spaces": "with spaces around it",
    "out_of_range": "with ten times it or with its negative",
}
Moment = Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(_is_moment)]  # ISO 8601


class AlteredSpec(Record):
    """One round once more, with a history that nobody has published: every target in it is multiplied by `factor`.

    A forecast that is fitted on what it is given follows; answers that are known by their dates do not.
    """

    cutoff: Moment
    factor: Annotated[float, Field(ge=0.2, le=5)]

    @model_validator(mode="after")
    def _alters_enough(self) -> Self:
        if abs(self.factor - 1) < LEAST_CHANGE:
            raise ValueError(f"factor must be {LEAST_CHANGE} away from 1 at least: chance changes a forecast as much")
        return self


class MessyHistorySpec(OwnMarks):
    """One round once more, with a history that is not clean, by the law of grader/assignment/messy_history.py.

    `share` of its rows are spoilt, of `kinds` in turn. `baseline` and `reference` are the metric's where they are not
    given.
    """

    cutoff: Moment
    share: Annotated[float, Field(gt=0, le=0.5)] = 0.1
    kinds: tuple[HistoryKind, ...] = Field(default=HISTORY_KINDS, min_length=1)

    @property
    def law(self) -> str:
        """What is done to the history, in a sentence for reports."""
        done = ", ".join(SPOILT[kind] for kind in dict.fromkeys(self.kinds))
        return f"The history up to {self.cutoff}, with {self.share:.0%} of its rows spoilt: {done}."


class RoundsSpec(Record):
    """At each of `cutoffs` a work is run afresh: it is given all rows up to it with their labels, and predicts the
    `horizon` rows that follow.

    `column` holds the date or time of a row. `observed` are columns that are known only when the time has come: the
    training file holds them, the rows to predict do not. `altered` and `messy` ask for one of the rounds with
    another history.
    """

    column: ColumnName
    horizon: Annotated[int, Field(ge=1, le=10_000)]
    cutoffs: tuple[Moment, ...] = Field(min_length=1, max_length=60)
    observed: tuple[ColumnName, ...] = ()
    altered: AlteredSpec | None = None
    messy: MessyHistorySpec | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        moments = [datetime.fromisoformat(cutoff) for cutoff in self.cutoffs]
        if len({moment.tzinfo is None for moment in moments}) > 1:
            raise ValueError("cutoffs have a time zone all or none")
        if any(later <= earlier for earlier, later in pairwise(moments)):
            raise ValueError("cutoffs must rise: each one later than the one before")
        if self.column in self.observed:
            raise ValueError(f"observed names {self.column!r}, by which the rounds are told apart")
        for name, again in (("altered", self.altered), ("messy", self.messy)):
            if again and again.cutoff not in self.cutoffs:
                raise ValueError(f"{name}.cutoff {again.cutoff} is none of rounds.cutoffs")
        return self

    def title(self, number: int) -> str:
        """Return how messages call a round, counted from 0: without its cut-off, for candidates read them."""
        return f"round {number + 1} of {len(self.cutoffs)}"


def check_cutoffs(rounds: RoundsSpec | None, suites: Sequence[SuiteSpec]) -> None:
    """Raise ValueError unless each round is of one suite, and one at least is left for the first suite."""
    claimed = [cutoff for suite in suites for cutoff in suite.cutoffs]
    if rounds is None:
        if claimed:
            raise ValueError("a suite has cutoffs, and there are no [rounds]")
        return
    if any(suite.features for suite in suites):
        raise ValueError("with [rounds] a suite has cutoffs, and no tables of its own")
    if unknown := sorted(set(claimed) - set(rounds.cutoffs)):
        raise ValueError(f"a suite's cut-off {unknown[0]} is none of rounds.cutoffs")
    if len(set(claimed)) != len(claimed):
        raise ValueError("a cut-off is of two suites")
    if len(claimed) == len(rounds.cutoffs):
        raise ValueError("all cut-offs are of further suites: one at least must be left for the first suite, iid")
