"""The hidden metric of one suite's rows, outside the sandbox: the one place where predictions and labels meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.evidence.bootstrap import Drawn, block_interval, draw_ahead, interval
from grader.evidence.class_results import class_results
from grader.evidence.metrics import Floats, metric_of
from grader.model import Assignment, HiddenResult
from grader.model.suites import IID

DECIMALS = 6
CURVE_POINTS = 60
BINS = 20


def draw_for(labels: Sequence[str], assignment: Assignment) -> Drawn | None:
    """Return the resamples for the interval, half of its time, which need labels and no predictions."""
    classes = assignment.metric.is_classification
    return draw_ahead(truth_of(labels, assignment), seed=assignment.seed, stratified=classes)


def evaluate_values(
    predicted: Floats,
    labels: Sequence[str],
    assignment: Assignment,
    drawn: Drawn | None = None,
    suite: str = IID,
    blocks: Sequence[int] = (),
) -> HiddenResult:
    """Return the metric of finite predictions, shape (rows,), with the rows' labels in the same order: its 95 %
    interval, and both normalised between the baseline and the reference of `suite`.

    `drawn` is what `draw_for` returned for the same labels; it is drawn now where it is None. `blocks` says
    which rows are drawn together; the order of the rows must then be the same in every run.
    """
    two, named = assignment.metric.has_two_classes, assignment.metric.names_classes
    truth = truth_of(labels, assignment)
    # rows come in another order in every run; the resamples must not
    order = np.arange(len(truth)) if blocks else np.lexsort((truth, predicted))
    truth, predicted = truth[order], predicted[order]
    metric = metric_of(assignment.metric)
    value = float(metric(truth, predicted, np.ones((1, len(truth))))[0])
    if blocks:
        low, high = block_interval(metric, truth, predicted, blocks, seed=assignment.seed)
    else:
        low, high = interval(metric, truth, predicted, seed=assignment.seed, stratified=two or named, drawn=drawn)
    return HiddenResult(
        suite=suite,
        metric=assignment.metric.name,
        **figures_of(value, (low, high), assignment.marks(suite)),
        rows=len(truth),
        missing=0,
        curve=_roc_curve(truth, predicted) if two else (),
        histogram=_histogram(truth, predicted) if two else (),
        classes=class_results(truth, predicted, assignment.data.classes) if named else (),
    )


def truth_of(labels: Sequence[str], assignment: Assignment) -> Floats:
    """Return the labels as numbers; that they are classes or numbers was checked when the assignment was loaded."""
    if assignment.metric.has_two_classes:
        positive = assignment.data.classes[1]
        return np.array([float(label == positive) for label in labels])
    if assignment.metric.names_classes:
        places = {name: float(place) for place, name in enumerate(assignment.data.classes)}
        return np.array([places[label] for label in labels])
    return np.array([float(label) for label in labels])


def figures_of(value: float, ends: tuple[float, float], marks: tuple[float, float]) -> dict[str, float]:
    """Return a result's figures by their names: the value within its interval, its marks, and all three normalised."""
    low, high = min(ends[0], value), max(ends[1], value)
    shares = [normalised(number, marks) for number in (value, low, high)]
    return {
        "value": round(value, DECIMALS),
        "low": round(low, DECIMALS),
        "high": round(high, DECIMALS),
        "baseline": marks[0],
        "reference": marks[1],
        "normalised": shares[0],
        "normalised_low": min(shares),
        "normalised_high": max(shares),
    }


def normalised(value: float, marks: tuple[float, float]) -> float:
    """Return 0 at the baseline or worse, 1 at the reference or better."""
    baseline, reference = marks
    share = (value - baseline) / (reference - baseline)
    return round(min(1.0, max(0.0, share)), DECIMALS)


def _roc_curve(truth: Floats, predicted: Floats) -> tuple[tuple[float, float], ...]:
    order = np.argsort(-predicted, kind="stable")
    last = np.flatnonzero(np.r_[np.diff(predicted[order]) != 0, True])
    hits = np.r_[0, np.cumsum(truth[order])[last]] / truth.sum()
    alarms = np.r_[0, np.cumsum(1 - truth[order])[last]] / (1 - truth).sum()
    chosen = np.unique(np.linspace(0, len(hits) - 1, CURVE_POINTS).round().astype(int))
    return tuple((round(float(alarms[i]), 4), round(float(hits[i]), 4)) for i in chosen)


def _histogram(truth: Floats, predicted: Floats) -> tuple[tuple[float, int, int], ...]:
    edges = np.linspace(min(0.0, float(predicted.min())), max(1.0, float(predicted.max())), BINS + 1)
    negative, _ = np.histogram(predicted[truth == 0], edges)
    positive, _ = np.histogram(predicted[truth == 1], edges)
    return tuple((round(float(edges[i]), 4), int(negative[i]), int(positive[i])) for i in range(BINS))
