"""How much one column says of the target: 0 nothing, 1 everything, whatever its direction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from grader.authoring.columns import numbers_of

Floats = npt.NDArray[np.float64]
BINS = 50
DEVIATIONS = 5.0  # so many standard errors are no chance, however many columns are looked at
LEAST = 0.1  # below this nobody gains anything


def strength(column: Floats, target: Floats) -> float:
    """Return |2 AUC - 1| for a target of 0 and 1, else the larger of |Pearson| and |Spearman|; NaN ranks lowest.

    Shapes: both (rows,).
    """
    if len(np.unique(column)) < 2 or len(np.unique(target)) < 2:
        return 0.0
    filled = np.where(np.isnan(column), np.nanmin(column) - 1, column)
    ranks = _ranks(filled)
    if set(np.unique(target)) <= {0.0, 1.0}:
        positives = target.sum()
        won = ranks[target == 1].sum() - positives * (positives + 1) / 2
        return float(abs(2 * won / (positives * (len(target) - positives)) - 1))
    return max(_correlation(ranks, _ranks(target)), _correlation(filled, target))


def by_chance(target: Floats) -> float:
    """Return the strength that a column which says nothing stays below: five standard errors under independence."""
    rows = len(target)
    if set(np.unique(target)) <= {0.0, 1.0}:
        positives = max(1.0, target.sum())
        error = np.sqrt((rows + 1) / (3 * positives * max(1.0, rows - positives)))
    else:
        error = 1 / np.sqrt(max(1, rows - 1))
    return float(min(0.9, max(LEAST, DEVIATIONS * error)))


def encoded(known: Sequence[str], target: Floats, cells: Sequence[str]) -> Floats:
    """Return for each of `cells` the mean target of the rows whose `known` cell is the same (or, of many numbers, in
    the same of 50 bins), the overall mean where there is none.
    """
    known_codes, codes = _codes(known, cells)
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for code, value in zip(known_codes, target, strict=True):
        sums[code] = sums.get(code, 0.0) + float(value)
        counts[code] = counts.get(code, 0) + 1
    overall = float(target.mean())
    return np.array([sums[code] / counts[code] if code in counts else overall for code in codes])


def serial(target: Floats) -> float:
    """Return the correlation of each row's target with the next one's, which is high where rows lie in clumps."""
    if len(target) < 3 or len(np.unique(target)) < 2:
        return 0.0
    return _correlation(target[:-1], target[1:])


def _codes(known: Sequence[str], cells: Sequence[str]) -> tuple[list[str], list[str]]:
    numbers, others = numbers_of(known), numbers_of(cells)
    if numbers is None or others is None or len(set(known)) <= BINS:
        return list(known), list(cells)
    edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, BINS + 1)[1:-1]))
    return [str(code) for code in np.digitize(numbers, edges)], [str(code) for code in np.digitize(others, edges)]


def _correlation(one: Floats, other: Floats) -> float:
    spread = float(one.std() * other.std())
    return float(abs(((one - one.mean()) * (other - other.mean())).mean()) / spread) if spread > 0 else 0.0


def _ranks(values: Floats) -> Floats:
    """Return ranks from 1, those of equal values averaged."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[places], dtype=np.float64)
