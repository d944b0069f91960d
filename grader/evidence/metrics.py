"""Metrics over many resamples at once: each takes one weight a row and resample, and returns one value a resample.

Shapes: `truth` and `predicted` are (rows,), `weights` is (resamples, rows) of non-negative counts; the result is
(resamples,). A plain value is the case of one resample with all weights 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from grader.model import MetricSpec

Floats = npt.NDArray[np.float64]
Metric = Callable[[Floats, Floats, Floats], Floats]


def roc_auc(truth: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Return the area under the ROC curve: the chance that a positive ranks above a negative, ties counting half
    (Hanley & McNeil, 1982).
    """
    positive, negative = _grouped(truth, predicted, weights)
    below = np.cumsum(negative, axis=1)
    below -= negative / 2  # of those that tie, half
    won = np.einsum("ij,ij->i", positive, below)  # of halves, so exact in any order
    return np.asarray(won / (positive.sum(axis=1) * negative.sum(axis=1)))


def average_precision(truth: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Return the mean precision over the positives, thresholds taken at distinct predictions."""
    positive, negative = (group[:, ::-1] for group in _grouped(truth, predicted, weights))
    found = np.cumsum(positive, axis=1)
    called = found + np.cumsum(negative, axis=1)
    precision = np.divide(found, called, out=np.zeros_like(found), where=called > 0)
    return np.asarray((precision * positive).sum(axis=1) / positive.sum(axis=1))


def accuracy(truth: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Return the share of rows called right, a probability of one half and more meaning the positive class."""
    return _mean(((predicted >= 0.5) == (truth == 1)).astype(np.float64), weights)


def multiclass_accuracy(truth: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Return the share of rows whose class was predicted; both are places of a class among the assignment's."""
    return _mean((predicted == truth).astype(np.float64), weights)


def f1(truth: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Return the harmonic mean of precision and recall, one half and more meaning the positive class; 0 where nothing
    is positive and nothing is called so.
    """
    called = predicted >= 0.5
    found = weights @ (called & (truth == 1)).astype(np.float64)
    either = weights @ (called.astype(np.float64) + (truth == 1))
    return np.asarray(np.divide(2 * found, either, out=np.zeros_like(found), where=either > 0))


def rmse(truth: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Return the root of the mean squared error."""
    return np.sqrt(_mean((truth - predicted) ** 2, weights))


def mae(truth: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Return the mean absolute error."""
    return _mean(np.abs(truth - predicted), weights)


def scaled_by(scale: float) -> Metric:
    """Return the mean absolute scaled error: mae over the mean absolute error that the seasonal-naive forecast has
    within the training part (Hyndman & Koehler, 2006).
    """
    return lambda truth, predicted, weights: np.asarray(mae(truth, predicted, weights) / scale)


def metric_of(spec: MetricSpec) -> Metric:
    """Return the metric that an assignment names, with its scale where it has one."""
    return scaled_by(spec.scale) if spec.scale is not None else METRICS[spec.name]


METRICS: dict[str, Metric] = {
    "roc_auc": roc_auc,
    "average_precision": average_precision,
    "accuracy": accuracy,
    "f1": f1,
    "multiclass_accuracy": multiclass_accuracy,
    "rmse": rmse,
    "mae": mae,
}


def _mean(values: Floats, weights: Floats) -> Floats:
    return np.asarray(weights @ values / weights.sum(axis=1))


def _grouped(truth: Floats, predicted: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weight of positives and of negatives at each distinct prediction, rising: two (resamples, groups)."""
    if (np.diff(predicted) < 0).any():
        order = np.argsort(predicted, kind="stable")
        truth, predicted, weights = truth[order], predicted[order], weights[:, order]
    positive = weights * truth
    negative = weights - positive
    starts = np.flatnonzero(np.r_[True, np.diff(predicted) > 0])
    if len(starts) == len(predicted):  # as most models predict: each row is a group of its own
        return positive, negative
    return np.add.reduceat(positive, starts, axis=1), np.add.reduceat(negative, starts, axis=1)
