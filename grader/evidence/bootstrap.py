"""The percentile bootstrap (Efron & Tibshirani, 1993, chapter 13), vectorised and seeded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from grader.evidence.metrics import Floats, Metric

RESAMPLES = 1000
MOST_AHEAD = 20_000_000  # two bytes each
CHUNK_CELLS = 250_000  # weights of one chunk stay in the processor's cache


Counts = npt.NDArray[np.uint16]
Drawn = Iterable[tuple[Counts, ...]]  # of each chunk, for each class: how often each of its rows is drawn


def interval(
    metric: Metric, truth: Floats, predicted: Floats, *, seed: int, stratified: bool, drawn: Drawn | None = None
) -> tuple[float, float]:
    """Return the 95 % interval of `metric`; with `stratified`, each class keeps its number of rows, so that no
    resample lacks one. `drawn` is what `draw_ahead` returned for the same seed and rows.
    """

    def statistic(weights: Floats) -> Floats:
        return metric(truth, predicted, weights)

    return interval_of(statistic, truth, seed=seed, stratified=stratified, drawn=drawn)


def interval_of(
    statistic: Callable[[Floats], Floats], truth: Floats, *, seed: int, stratified: bool, drawn: Drawn | None = None
) -> tuple[float, float]:
    """Return the same of any statistic of weights, shape (resamples, rows): of a difference of two metrics over the
    same rows, each resample then drawing pairs.
    """
    classes = classes_of(truth, stratified=stratified)
    chunks = drawn or _draw([len(members) for members in classes], seed)
    values = np.concatenate([statistic(weights) for weights in _weights(chunks, classes, len(truth))])
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def block_interval(
    metric: Metric, truth: Floats, predicted: Floats, blocks: Sequence[int], *, seed: int
) -> tuple[float, float]:
    """Return the 95 % interval of `metric` where rows of one block are drawn together, because the errors of
    neighbours in time go together (Künsch, 1989). `blocks` holds each row's block.
    """

    def statistic(weights: Floats) -> Floats:
        return metric(truth, predicted, weights)

    return block_interval_of(statistic, blocks, seed=seed)


def block_interval_of(
    statistic: Callable[[Floats], Floats], blocks: Sequence[int], *, seed: int
) -> tuple[float, float]:
    """Return the same of any statistic of weights, shape (resamples, rows)."""
    kinds, of_row = np.unique(np.asarray(blocks), return_inverse=True)

    def of_blocks(weights: Floats) -> Floats:
        return statistic(weights[:, of_row])

    return interval_of(of_blocks, np.zeros(len(kinds)), seed=seed, stratified=False)


def draw_ahead(truth: Floats, *, seed: int, stratified: bool) -> Drawn | None:
    """Return the resamples that `interval` will use, which do not depend on the order of the rows; None where they
    would take too much memory.
    """
    if RESAMPLES * len(truth) > MOST_AHEAD:
        return None
    return list(_draw([len(members) for members in classes_of(truth, stratified=stratified)], seed))


def classes_of(truth: Floats, *, stratified: bool) -> list[npt.NDArray[np.intp]]:
    """Return the places of each class's rows, of all rows where they are not told apart."""
    return [np.flatnonzero(truth == value) for value in np.unique(truth)] if stratified else [np.arange(len(truth))]


def _draw(sizes: Sequence[int], seed: int) -> Iterator[tuple[Counts, ...]]:
    random = np.random.default_rng(seed)
    size = max(1, CHUNK_CELLS // sum(sizes))
    for start in range(0, RESAMPLES, size):
        rows = min(size, RESAMPLES - start)
        yield tuple(_counts(random, rows, members) for members in sizes)


def _counts(random: np.random.Generator, rows: int, members: int) -> Counts:
    drawn = random.integers(members, size=(rows, members), dtype=np.uint32)
    return np.array([np.bincount(picks, minlength=members) for picks in drawn], dtype=np.uint16)


def _weights(chunks: Drawn, classes: Sequence[npt.NDArray[np.intp]], rows: int) -> Iterator[Floats]:
    """Yield how often each row is drawn, as (some resamples, rows), so that memory stays bounded."""
    for counts in chunks:
        weights = np.zeros((len(counts[0]), rows))
        for members, drawn in zip(classes, counts, strict=True):
            weights[:, members] = drawn
        yield weights
