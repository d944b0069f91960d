"""Whether answers are known by the content of rows: hidden rows beside altered copies of themselves."""

from __future__ import annotations

import numpy as np

from grader.evidence.bootstrap import interval_of
from grader.evidence.hidden import DECIMALS, truth_of
from grader.evidence.metrics import Floats, metric_of
from grader.model import Assignment, Deal, TwinResult

# Of the way from baseline to reference. A model loses a few hundredths of it by such an alteration; a table of known
# answers, whatever it falls back on, loses more than what lies between a guess and a careful model.
LEAST_GAP = 0.3


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
    metric = metric_of(assignment.metric)
    baseline, reference = assignment.metric.baseline, assignment.metric.reference

    def gap(weights: Floats) -> Floats:
        before, after = (metric(truth, pairs[:, side], weights) for side in (0, 1))
        return np.asarray((before - after) / (reference - baseline))

    once = np.ones((1, len(truth)))
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
