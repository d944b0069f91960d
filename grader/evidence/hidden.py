"""Predictions against hidden labels, outside the sandbox: the one place where the two meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.evidence.bootstrap import Drawn, draw_ahead, interval
from grader.evidence.class_results import class_results
from grader.evidence.metrics import CLASSIFICATION, Floats, metric_of
from grader.evidence.predictions import read_predictions
from grader.model import Assignment, Deal, HiddenResult

DECIMALS = 6
CURVE_POINTS = 60
BINS = 20


def evaluate_hidden(predictions: bytes, deal: Deal, assignment: Assignment, drawn: Drawn | None = None) -> HiddenResult:
    """Return the hidden metric with its 95 % interval, normalised between baseline and reference.

    `drawn` is what `draw_for` returned for the same deal; it is drawn now where it is None. Raises SubmissionError when
    the predictions cannot be used.
    """
    return evaluate_values(read_predictions(predictions, deal, assignment), deal.labels, assignment, drawn)


def draw_for(deal: Deal, assignment: Assignment) -> Drawn | None:
    """Return the resamples for the interval, half of its time, which need labels and no predictions."""
    classes = assignment.metric.name in CLASSIFICATION or assignment.metric.names_classes
    return draw_ahead(_truth(deal.labels, assignment), seed=assignment.seed, stratified=classes)


def evaluate_values(
    predicted: Floats, labels: Sequence[str], assignment: Assignment, drawn: Drawn | None = None
) -> HiddenResult:
    """Return the same of finite predictions, shape (rows,), with the rows' labels in the same order."""
    two, named = assignment.metric.name in CLASSIFICATION, assignment.metric.names_classes
    truth = _truth(labels, assignment)
    # rows come in another order in every run; the resamples must not
    order = np.lexsort((truth, predicted))
    truth, predicted = truth[order], predicted[order]
    metric = metric_of(assignment.metric)
    value = float(metric(truth, predicted, np.ones((1, len(truth))))[0])
    low, high = interval(metric, truth, predicted, seed=assignment.seed, stratified=two or named, drawn=drawn)
    marks = sorted(_normalised(number, assignment) for number in (low, high))
    return HiddenResult(
        suite="iid",
        metric=assignment.metric.name,
        value=round(value, DECIMALS),
        low=round(min(low, value), DECIMALS),
        high=round(max(high, value), DECIMALS),
        baseline=assignment.metric.baseline,
        reference=assignment.metric.reference,
        normalised=_normalised(value, assignment),
        normalised_low=min(marks[0], _normalised(value, assignment)),
        normalised_high=max(marks[1], _normalised(value, assignment)),
        rows=len(truth),
        missing=0,
        curve=_roc_curve(truth, predicted) if two else (),
        histogram=_histogram(truth, predicted) if two else (),
        classes=class_results(truth, predicted, assignment.data.classes) if named else (),
    )


def _truth(labels: Sequence[str], assignment: Assignment) -> Floats:
    """Return the labels as numbers; that they are classes or numbers was checked when the assignment was loaded."""
    if assignment.metric.name in CLASSIFICATION:
        positive = assignment.data.classes[1]
        return np.array([float(label == positive) for label in labels])
    if assignment.metric.names_classes:
        places = {name: float(place) for place, name in enumerate(assignment.data.classes)}
        return np.array([places[label] for label in labels])
    return np.array([float(label) for label in labels])


def _normalised(value: float, assignment: Assignment) -> float:
    """Return 0 at the baseline or worse, 1 at the reference or better."""
    metric = assignment.metric
    share = (value - metric.baseline) / (metric.reference - metric.baseline)
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
