"""The arithmetic of a score: weighted means over what has a mark, rounded to what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.model import DimensionResult, HiddenResult

DECIMALS = 2
LEAST_JUDGED = 0.5


@dataclass(frozen=True)
class HiddenPart:
    """The part of unseen data, 0..100; None where there is nothing to say."""

    value: float | None
    low: float | None = None
    high: float | None = None


def hidden_part(suites: Sequence[HiddenResult]) -> HiddenPart:
    """Return the weighted mean over the hidden suites; the interval's ends are the means of the suites' ends."""
    marks = ("normalised", "normalised_low", "normalised_high")
    means = [mean((getattr(suite, mark), suite.weight) for suite in suites) for mark in marks]
    return HiddenPart(*(None if found is None else 100 * found for found in means))


def whole(hidden: float | None, hidden_weight: float, dimensions: Iterable[DimensionResult]) -> float | None:
    """Return the mean of the hidden part and the dimensions, 0..100."""
    parts = [(hidden, hidden_weight), *((item.score, item.weight) for item in dimensions)]
    return rounded(mean(parts))


def judged_share(hidden: float | None, hidden_weight: float, dimensions: Iterable[DimensionResult]) -> float:
    """Return the share of the weight that has a mark, 0..1; a dimension nobody has criteria for is no part of it."""
    parts = [(hidden, hidden_weight), *((item.score, item.weight) for item in dimensions if item.criteria)]
    weight = sum(weight for _, weight in parts)
    return sum(weight for mark, weight in parts if mark is not None) / weight if weight else 0.0


def too_little(share: float) -> str:
    """Return why there is no score where `share` of the weight has a mark, "" where that is enough."""
    if share >= LEAST_JUDGED:
        return ""
    return f"Only {share:.0%} of the weight could be judged; a score needs {LEAST_JUDGED:.0%}."


def mean(parts: Iterable[tuple[float | None, float]]) -> float | None:
    """Return the weighted mean of the parts that have a value, None without any."""
    scored = [(value, weight) for value, weight in parts if value is not None and weight > 0]
    total = sum(weight for _, weight in scored)
    return sum(value * weight for value, weight in scored) / total if scored else None


def rounded(value: float | None) -> float | None:
    """Return a mark cut to 0..100 and to fixed decimals: sums of floats must not show as 100.00000000000001."""
    return None if value is None else round(min(100.0, max(0.0, value)), DECIMALS)
