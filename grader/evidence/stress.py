"""The stress run's predictions against the first run's, row by row, and how many messy rows got a valid one."""

from __future__ import annotations

from collections import Counter

import numpy as np

from grader.evidence.hidden import evaluate_values
from grader.evidence.metrics import CLASSIFICATION, Floats
from grader.evidence.predictions import read_predictions, read_valid
from grader.model import Assignment, Deal, HiddenResult, MessyCount, StressResult

SUITE = "repeat"
DECIMALS = 6
RELATIVE, ABSOLUTE = 1e-6, 1e-9  # sums taken in another order differ in their last digits: that is no other prediction
LEAST_FOR_METRIC = 2


def compare_runs(
    first: tuple[bytes, Deal], again: tuple[bytes, Deal], hidden: HiddenResult, assignment: Assignment
) -> StressResult:
    """Return what two runs' predictions, each with its deal, say together; `hidden` is the first run's result.

    Messy rows have no label, so they count as valid or not, never as right or wrong. Raises SubmissionError when the
    second file cannot be read at all.
    """
    before = _by_row(read_predictions(*first, assignment), first[1])
    data, deal = again
    names = (*deal.ids, *deal.messy)
    found = read_valid(data, names, assignment)
    after = _by_row(found[: len(deal.ids)], deal)
    both = np.isfinite(after)
    apart = np.abs(before[both] - after[both])
    has_size = not assignment.metric.names_classes  # one class is not more another than a third
    same = apart <= np.maximum(ABSOLUTE, RELATIVE * np.abs(before[both]))
    return StressResult(
        rows=len(before),
        predicted=int(both.sum()),
        identical=int(same.sum()),
        mean_difference=_rounded(float(apart.mean())) if len(apart) and has_size else None,
        max_difference=_rounded(float(apart.max())) if len(apart) and has_size else None,
        hidden=_again(found[: len(deal.ids)], deal, hidden, assignment, all_same=bool(both.all() and same.all())),
        messy=_messy_counts(found[len(deal.ids) :], deal),
    )


def no_predictions(deal: Deal) -> StressResult:
    """Return the result of a stress run that gave none: no row again, no messy row valid."""
    return StressResult(rows=len(deal.ids), messy=_messy_counts(np.full(len(deal.messy), np.nan), deal))


def _by_row(values: Floats, deal: Deal) -> Floats:
    """Return the values in the order of the hidden table, which two deals have in common."""
    ordered = np.empty(len(values))
    ordered[np.array(deal.rows, dtype=int)] = values
    return ordered


def _again(
    values: Floats, deal: Deal, hidden: HiddenResult, assignment: Assignment, *, all_same: bool
) -> HiddenResult | None:
    """Return the metric over the rows predicted again, None where too few are there to have one."""
    if all_same:  # the same values give the same metric and interval
        return hidden.model_copy(update={"suite": SUITE})
    kept = np.isfinite(values)
    labels = tuple(label for label, keep in zip(deal.labels, kept, strict=True) if keep)
    classes = assignment.metric.name in CLASSIFICATION or assignment.metric.names_classes
    if len(labels) < LEAST_FOR_METRIC or (classes and len(set(labels)) < LEAST_FOR_METRIC):
        return None
    found = evaluate_values(values[kept], labels, assignment)
    return found.model_copy(update={"suite": SUITE, "missing": int((~kept).sum())})


def _messy_counts(values: Floats, deal: Deal) -> tuple[MessyCount, ...]:
    kinds = list(deal.messy.values())
    valid = Counter(kind for kind, value in zip(kinds, values, strict=True) if np.isfinite(value))
    return tuple(MessyCount(kind=kind, rows=rows, valid=valid[kind]) for kind, rows in sorted(Counter(kinds).items()))


def _rounded(value: float) -> float:
    return float(f"{value:.{DECIMALS}g}")
