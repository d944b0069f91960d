"""What predictions on hidden rows came to: the metric of each suite, and what a second run on messy rows showed."""

from __future__ import annotations

from pydantic import FiniteFloat

from grader.model.base import Failure, Record
from grader.model.run import FailedTry


class ClassResult(Record):
    """The rows of one class: the share called right, and the class they were most often called instead, how often.

    `mistaken_for` is empty where every row was called right.
    """

    name: str
    rows: int
    recall: FiniteFloat
    mistaken_for: str = ""
    mistaken: int = 0


class HiddenResult(Record):
    """The metric of one hidden suite with its 95 % bootstrap interval; `normalised` is 0 at baseline, 1 at reference.

    `curve` holds points for a chart: (false positive rate, true positive rate), each 0..1. `classes` holds each class
    that occurs, in the assignment's order, where predictions are names of classes.
    """

    suite: str
    metric: str
    value: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat
    baseline: FiniteFloat
    reference: FiniteFloat
    normalised: FiniteFloat
    normalised_low: FiniteFloat
    normalised_high: FiniteFloat
    rows: int
    missing: int
    curve: tuple[tuple[float, float], ...] = ()
    histogram: tuple[tuple[float, int, int], ...] = ()
    classes: tuple[ClassResult, ...] = ()


class MessyCount(Record):
    """How many messy rows of one kind there were, and how many of them got a valid prediction."""

    kind: str
    rows: int
    valid: int


class StressResult(Record):
    """What the stress run came to: the hidden rows again, other ids, another order, and messy rows among them.

    Of the `rows` that both runs had, `predicted` got a valid prediction again, and `identical` of those the same one;
    the differences are over the predicted ones, null without any and where predictions are names of classes. `hidden`
    is the metric over those (suite "repeat"). `failure` says why there were no predictions at all; `tries` are those in
    which our side failed.
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
    messy: tuple[MessyCount, ...] = ()
    tries: tuple[FailedTry, ...] = ()

    @property
    def messy_rows(self) -> int:
        """How many messy rows there were."""
        return sum(count.rows for count in self.messy)

    @property
    def messy_valid(self) -> int:
        """How many messy rows got a valid prediction."""
        return sum(count.valid for count in self.messy)
