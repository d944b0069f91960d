"""Which rows are training rows, which the public test, which hidden: drawn by rule from a seed, never by hand."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

Parts = npt.NDArray[np.int8]
Shares = tuple[float, float, float]
TRAIN, TEST, HIDDEN = 0, 1, 2
SHARES: Shares = (0.6, 0.1, 0.3)
DRAWS = 200
MOST_DIGITS = 17  # what 64 bits hold


def by_class(labels: Sequence[str], shares: Shares, random: np.random.Generator) -> Parts:
    """Return 0 (train), 1 (public test) or 2 (hidden) for each row, each class in the same shares; with one label at
    random.
    """
    parts = np.full(len(labels), HIDDEN, dtype=np.int8)
    codes = np.unique(np.array(labels), return_inverse=True)[1]
    for code in range(int(codes.max()) + 1):
        rows = random.permutation(np.flatnonzero(codes == code))
        first, second = round(shares[0] * len(rows)), round((shares[0] + shares[1]) * len(rows))
        parts[rows[:first]] = TRAIN
        parts[rows[first:second]] = TEST
    return parts


def by_group(
    groups: Sequence[str], targets: npt.NDArray[np.float64], shares: Shares, random: np.random.Generator
) -> Parts:
    """Return the part of each row, whole groups together: of many draws the one that comes nearest to the shares and
    to the same mean target (its ranks, shape (rows,)) in each part.
    """
    names, codes = np.unique(np.array(groups), return_inverse=True)
    sizes = np.bincount(codes)
    spread = float(targets.std()) or 1.0
    best, least = np.zeros(len(names), dtype=np.int8), np.inf
    for _ in range(DRAWS):
        order = random.permutation(len(names))
        ends = np.cumsum(sizes[order]) - sizes[order] / 2
        of_group = np.empty(len(names), dtype=np.int8)
        of_group[order] = np.searchsorted(np.cumsum(shares[:2]) * sizes.sum(), ends, side="right")
        cost = _cost(of_group[codes], targets, shares, spread)
        if cost < least:
            best, least = of_group, cost
    return np.asarray(best[codes], dtype=np.int8)


def by_time(times: npt.NDArray[np.float64], shares: Shares) -> Parts:
    """Return the part of each row: the earliest train, the latest hidden; rows of one time are never told apart."""
    moments, codes, counts = np.unique(times, return_inverse=True, return_counts=True)
    passed = np.cumsum(counts) / len(times)
    first = min(int(np.searchsorted(passed, shares[0])) + 1, len(moments) - 2)
    second = min(max(first + 1, int(np.searchsorted(passed, shares[0] + shares[1])) + 1), len(moments) - 1)
    return np.asarray(np.where(codes < first, TRAIN, np.where(codes < second, TEST, HIDDEN)), dtype=np.int8)


def keep_alike_together(parts: Parts, contents: Sequence[Hashable]) -> Parts:
    """Return the parts with rows of equal content all where the first of them is: copies do not straddle."""
    together, first = parts.copy(), dict[Hashable, int]()
    for row, content in enumerate(contents):
        together[row] = parts[first.setdefault(content, row)]
    return together


def copies_in(contents: Sequence[Hashable]) -> int:
    """Return how many rows have a content that an earlier row has."""
    return len(contents) - len(set(contents))


def fresh_ids(old: Sequence[str], random: np.random.Generator) -> list[str]:
    """Return new ids in the order of a shuffle: letters that all old ones begin with, and more digits than any had."""
    letters = {name.rstrip("0123456789") for name in old}
    prefix = letters.pop()[:8] if len(letters) == 1 else "R"
    digits = max(len(str(2 * len(old))), *(sum(map(str.isdecimal, name)) for name in old))
    least = 10 ** min(digits, MOST_DIGITS)
    return [f"{prefix}{number}" for number in random.choice(9 * least, len(old), replace=False) + least]


def _cost(parts: Parts, targets: npt.NDArray[np.float64], shares: Shares, spread: float) -> float:
    cost = 0.0
    for part, share in enumerate(shares):
        rows = parts == part
        if not share:
            continue
        if not rows.any():
            return float("inf")
        cost += abs(float(rows.mean()) - share) / share
        cost += abs(float(targets[rows].mean() - targets.mean())) / spread
    return cost
