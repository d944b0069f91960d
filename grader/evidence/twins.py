"""Whether answers are known by heart: hidden rows beside altered copies of themselves, and a round of a forecast beside
the same one after an altered history.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.evidence.bootstrap import block_interval_of, interval_of
from grader.evidence.hidden import DECIMALS, normalised, truth_of
from grader.evidence.metrics import Floats, metric_of
from grader.model import AlteredSpec, Assignment, Deal, Failure, TwinResult
from grader.model.suites import IID

# Of the way from baseline to reference. A model loses a few hundredths of it by such an alteration; a table of known
# answers, whatever it falls back on, loses more than what lies between a guess and a careful model.
LEAST_GAP = 0.3
# Of the way that the altered history went. What is fitted on it goes nearly all of it, even where a fixed penalty or
# threshold makes the errors larger; answers that are known go nothing of it.
MOST_FOLLOWED = 0.5


def compare_twins(values: Floats, deal: Deal, assignment: Assignment) -> TwinResult:
    """Return the metric over the altered copies and over their originals, with how far apart the two are.

    `values` are the predictions in the order of `deal.ids` and then of `deal.twins`, shape (rows + twins,).
    """
    place = {name: index for index, name in enumerate(deal.ids)}
    originals = [place[name] for name in deal.twins.values()]
    truth = truth_of([deal.labels[index] for index in originals], assignment)
    pairs = np.column_stack((values[originals], values[len(deal.ids) :]))
    # pairs come in another order in every run; the resamples must not
    pairs, truth = _in_order(pairs, truth)
    return _compared(pairs, truth, assignment, IID)


def compare_altered(
    values: Floats, altered: Floats, deal: Deal, assignment: Assignment, spec: AlteredSpec
) -> TwinResult:
    """Return the metric over the rows of one round, and over the same rows after the altered history, whose forecasts
    are divided by the factor again: what is fitted on its history is then as good as before.

    `values` and `altered` are the two runs' predictions in the order of time, shape (rows,); `deal` is the round's.
    """
    suite = next(name for name, places in deal.suites.items() if places)
    pairs = np.column_stack((values, altered / spec.factor))
    found = _compared(pairs, truth_of(deal.labels, assignment), assignment, suite, deal.blocks)
    followed = _followed(values, altered, spec.factor)
    return found.model_copy(
        update={
            "cutoff": spec.cutoff,
            "factor": spec.factor,
            "followed": round(followed, DECIMALS),
            "looked_up": found.looked_up and followed < MOST_FOLLOWED and _beats_baseline(found, assignment, suite),
        }
    )


def _beats_baseline(found: TwinResult, assignment: Assignment, suite: str) -> bool:
    """Tell whether the round as it was is better than the baseline: who knows the answers is."""
    return normalised(found.value, assignment.marks(suite)) > 0


def _followed(values: Floats, altered: Floats, factor: float) -> float:
    """Return how far the forecast of the median row went along with the history: 1 where it is multiplied by the factor
    as well, 0 where it is what it was. The median, for a fixed threshold may lead some days of a week astray.
    """
    known = values != 0
    return float(np.median((1 - altered[known] / values[known]) / (1 - factor))) if known.any() else 1.0


def nothing_altered(
    values: Floats, deal: Deal, assignment: Assignment, spec: AlteredSpec, failure: Failure
) -> TwinResult:
    """Return the result where the run after the altered history gave nothing, though the same round went well: a work
    that stops when it does not meet the history it knows must not pass for one that follows it.
    """
    truth = truth_of(deal.labels, assignment)
    value = float(metric_of(assignment.metric)(truth, values, np.ones((1, len(truth))))[0])
    return TwinResult(
        metric=assignment.metric.name,
        rows=len(truth),
        value=round(value, DECIMALS),
        looked_up=True,
        cutoff=spec.cutoff,
        factor=spec.factor,
        failure=failure,
    )


def _compared(
    pairs: Floats, truth: Floats, assignment: Assignment, suite: str, blocks: Sequence[int] = ()
) -> TwinResult:
    """Return the metric of both sides of `pairs`, shape (rows, 2); rows of one block are drawn together."""
    metric = metric_of(assignment.metric)
    baseline, reference = assignment.marks(suite)

    def gap(weights: Floats) -> Floats:
        before, after = (metric(truth, pairs[:, side], weights) for side in (0, 1))
        return np.asarray((before - after) / (reference - baseline))

    once = np.ones((1, len(truth)))
    if blocks:
        low, high = block_interval_of(gap, blocks, seed=assignment.seed)
    else:
        stratified = assignment.metric.is_classification
        low, high = interval_of(gap, truth, seed=assignment.seed, stratified=stratified)
    value, altered, apart = (
        float(found[0]) for found in (metric(truth, pairs[:, 0], once), metric(truth, pairs[:, 1], once), gap(once))
    )
    return TwinResult(
        metric=assignment.metric.name,
        rows=len(truth),
        value=round(value, DECIMALS),
        altered=round(altered, DECIMALS),
        gap=round(apart, DECIMALS),
        gap_low=round(min(low, apart), DECIMALS),
        gap_high=round(max(high, apart), DECIMALS),
        looked_up=low > LEAST_GAP,
    )


def _in_order(pairs: Floats, truth: Floats) -> tuple[Floats, Floats]:
    order = np.lexsort((pairs[:, 1], pairs[:, 0], truth))
    return pairs[order], truth[order]
