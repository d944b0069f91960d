"""What predictions on hidden rows came to: the metric of each suite, and what a second run on messy rows showed."""

from __future__ import annotations

from typing import Any

from pydantic import FiniteFloat, model_validator

from grader.model.base import Failure, Record
from grader.model.run import FailedTry
from grader.model.suites import OF_HISTORY

NORMALISED = ("normalised", "normalised_low", "normalised_high")
WITHOUT_MARKS = "It has no baseline and reference of its own."


class ClassResult(Record):
    """The rows of one class: the share called right, and the class they were most often called instead, how often.

    `mistaken_for` is empty where every row was called right.
    """

    name: str
    rows: int
    recall: FiniteFloat
    mistaken_for: str = ""
    mistaken: int = 0


class SliceResult(Record):
    """The metric over a named subgroup of a suite's rows, with its 95 % bootstrap interval, normalised by marks of the
    subgroup's own. `unjudged` says why it has no normalised value.
    """

    name: str
    rows: int
    value: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat
    baseline: FiniteFloat | None = None
    reference: FiniteFloat | None = None
    normalised: FiniteFloat | None = None
    normalised_low: FiniteFloat | None = None
    normalised_high: FiniteFloat | None = None
    unjudged: str = ""

    @model_validator(mode="before")
    @classmethod
    def _by_its_own_marks(cls, given: Any) -> Any:
        """Drop a normalised value of an older report, which was by the marks of all rows and says nothing here."""
        if not isinstance(given, dict) or given.get("baseline") is not None:
            return given
        return {key: value for key, value in given.items() if key not in NORMALISED} | {
            "unjudged": given.get("unjudged") or WITHOUT_MARKS
        }


class RoundResult(Record):
    """The metric over the rows after one cut-off in time; normalised as its suite."""

    cutoff: str
    rows: int
    value: FiniteFloat
    normalised: FiniteFloat


class HiddenResult(Record):
    """The metric of one hidden suite with its 95 % bootstrap interval; `normalised` is 0 at baseline, 1 at reference.

    `law` says what is special about the suite's rows, `weight` is its own within the part of unseen data. `curve` holds
    points for a chart: (false positive rate, true positive rate), each 0..1; `histogram` predictions by class.
    `classes` holds each class that occurs, in the assignment's order, where predictions are names of classes; `rounds`
    each cut-off of a forecast, in the order of time. A suite may be judged on another table than the predictions, or on
    what the sandbox measured, which has no interval; `reason` says why such a table could not be read. Messy rows have
    no normalised value without marks of their own, or where they are too few: `unjudged` says so.
    """

    suite: str
    metric: str
    value: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat
    baseline: FiniteFloat
    reference: FiniteFloat
    normalised: FiniteFloat | None
    normalised_low: FiniteFloat | None
    normalised_high: FiniteFloat | None
    rows: int
    missing: int
    law: str = ""
    weight: FiniteFloat = 1
    slices: tuple[SliceResult, ...] = ()
    rounds: tuple[RoundResult, ...] = ()
    curve: tuple[tuple[float, float], ...] = ()
    histogram: tuple[tuple[float, int, int], ...] = ()
    classes: tuple[ClassResult, ...] = ()
    reason: str = ""
    unjudged: str = ""


class TwinResult(Record):
    """The metric over some hidden rows, and over altered copies of the same rows, which a model can hardly tell apart.
    Of a forecast it is the rows after `cutoff`, with the history as it was and with one multiplied by `factor`.

    `gap` is how much better the originals are, 1 being the way from baseline to reference, with its 95 % interval of
    the paired bootstrap. `looked_up` is set where the gap is no model's: answers are known by the rows' content, or by
    their dates. `followed` is how far a forecast went along with the altered history: 1 all the way, 0 not at all.
    `failure` says why that history got no forecast; there is then nothing to compare.
    """

    metric: str
    rows: int
    value: FiniteFloat
    altered: FiniteFloat | None = None
    gap: FiniteFloat | None = None
    gap_low: FiniteFloat | None = None
    gap_high: FiniteFloat | None = None
    looked_up: bool
    cutoff: str = ""
    factor: FiniteFloat | None = None
    followed: FiniteFloat | None = None
    failure: Failure | None = None

    @property
    def sentence(self) -> str:
        """What the comparison says."""
        return self.told(self.metric)

    def told(self, metric: str) -> str:
        """Return what the comparison says, the metric called as given."""
        if self.cutoff:
            return self._of_round(metric)
        figures = f"{metric} is {self.value:.4g} on {self.rows:,} hidden rows"
        says = f"{figures} and {self.altered:.4g} on altered copies of them"
        if self.looked_up:
            return f"{says}: no model minds so small a change, so the answers may be known by the content of the rows."
        return f"{says}: nothing speaks for answers that are known by the content of the rows."

    def _of_round(self, metric: str) -> str:
        """Return the same of a round with an altered history."""
        again = f"with the history multiplied by {self.factor:g}"
        if self.failure is not None:
            why = f"{self.failure.message.rstrip('.')} ({self.failure.code})"
            forecasts = f"The work forecasts the {self.rows:,} rows after {self.cutoff}"
            return f"{forecasts}, and {again} it does not: {why}. So may end what knows the true one."
        figures = f"{metric} is {self.value:.4g} on the {self.rows:,} rows after {self.cutoff}"
        says = f"{figures}, and {self.altered:.4g} {again} and the forecasts divided by it"
        if self.looked_up:
            went = f"the forecasts went {max(0, self.followed or 0):.0%} of the way with it"
            why = "the answers may be known by their dates, or kept from the true history"
            return f"{says}; {went}. What is fitted on its history goes with it, so {why}."
        return f"{says}: nothing speaks for answers that are known by their dates."


class MessyCount(Record):
    """How many messy rows of one kind there were, and how many of them got a valid prediction."""

    kind: str
    rows: int
    valid: int


class StressResult(Record):
    """What the stress run came to: the hidden rows again, other ids, another order, and messy rows among them.

    Of the `rows` that both runs had, `predicted` got a valid prediction again, and `identical` of those the same one;
    the differences are over the predicted ones, null without any and where predictions are names of classes. `hidden`
    is the metric over those (suite "repeat"), `on_messy` that over the messy rows with a valid prediction (suite
    "messy"), by the labels of the rows they were made from. `failure` says why there were no predictions at all;
    `tries` are those in which our side failed. Of a forecast it is one round again after a messy history: `rows` is
    0, and the messy ones are all that were to be forecast.
    """

    failure: Failure | None = None
    limit_exceeded: bool = False
    wall_s: FiniteFloat | None = None
    peak_memory_bytes: int | None = None
    rows: int
    predicted: int = 0
    identical: int = 0
    mean_difference: FiniteFloat | None = None
    max_difference: FiniteFloat | None = None
    hidden: HiddenResult | None = None
    on_messy: HiddenResult | None = None
    messy: tuple[MessyCount, ...] = ()
    tries: tuple[FailedTry, ...] = ()

    @property
    def is_of_history(self) -> bool:
        """Whether it is a forecast after a messy history: the rows themselves are clean."""
        return any(count.kind == OF_HISTORY for count in self.messy)

    @property
    def messy_rows(self) -> int:
        """How many messy rows there were."""
        return sum(count.rows for count in self.messy)

    @property
    def messy_valid(self) -> int:
        """How many messy rows got a valid prediction."""
        return sum(count.valid for count in self.messy)
