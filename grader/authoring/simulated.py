"""How wide the interval of a work is that reaches a given mark, before there is such a work.

Predictions are drawn that have that very value of the metric on the hidden labels, and are bootstrapped as any work's
are. Ranks come from the binormal model (Hanley & McNeil, 1982); errors are the target's own deviations from its
median, shuffled and scaled, so that they have its tails; classes are wrong in as many rows as the mark says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.authoring.columns import Floats
from grader.evidence.bootstrap import interval
from grader.evidence.metrics import METRICS, metric_of
from grader.model import Assignment

RANKED = frozenset({"roc_auc", "average_precision"})
STEPS = 40
FAR = 12.0  # classes so many standard deviations apart are told apart without a mistake


def interval_at(mark: float, labels: Sequence[str], assignment: Assignment) -> tuple[float, float]:
    """Return the 95 % interval, low and high in the metric's unit, of predictions that reach `mark` on these labels."""
    classes = assignment.data.classes if assignment.metric.is_classification else ()
    truth = np.array([float(classes.index(label)) if classes else float(label) for label in labels])
    metric = metric_of(assignment.metric)

    def value_of(predicted: Floats) -> float:
        return float(metric(truth, predicted, np.ones((1, len(truth))))[0])

    predicted = predictions_at(mark, truth, assignment.metric.name, value_of, assignment.seed)
    order = np.lexsort((truth, predicted))
    return interval(metric, truth[order], predicted[order], seed=assignment.seed, stratified=bool(classes))


def f1_interval_at(mark: float, truth: Sequence[bool], seed: int) -> tuple[float, float]:
    """Return the 95 % interval of the F1 of predictions that reach `mark` on these truths."""
    rows = np.array(sorted(truth), dtype=np.float64)
    predicted = _confused(mark, rows, np.random.default_rng(seed))
    return interval(METRICS["f1"], rows, predicted, seed=seed, stratified=True)


def predictions_at(mark: float, truth: Floats, name: str, value_of: Callable[[Floats], float], seed: int) -> Floats:
    """Return predictions, shape (rows,), whose value of the metric `name` is `mark`, as near as rows allow."""
    random = np.random.default_rng(seed)
    if name in RANKED:
        return _ranked(mark, truth, value_of, random)
    if name == "f1":
        return _confused(mark, truth, random)
    if len(np.unique(truth)) > 1 and name.endswith("accuracy"):
        return _mistaken(mark, truth, random)
    errors = random.permutation(truth - np.median(truth)) * random.choice([-1.0, 1.0], len(truth))
    scale = value_of(truth + errors)
    return np.asarray(truth + errors * (mark / scale if scale > 0 else 0.0))


def _ranked(mark: float, truth: Floats, value_of: Callable[[Floats], float], random: np.random.Generator) -> Floats:
    noise = random.standard_normal(len(truth))
    low, high = -FAR, FAR
    for _ in range(STEPS):  # the value rises with the distance between the classes
        middle = (low + high) / 2
        low, high = (middle, high) if value_of(noise + middle * truth) < mark else (low, middle)
    return noise + high * truth


def _confused(mark: float, truth: Floats, random: np.random.Generator) -> Floats:
    """Return 0 and 1 with as many misses as false alarms, so that precision, recall and F1 are all the mark."""
    predicted: Floats = truth.copy()
    for value in (0.0, 1.0):
        rows = np.flatnonzero(truth == value)
        wrong = min(len(rows), round((1 - mark) * float(truth.sum())))
        predicted[random.choice(rows, wrong, replace=False)] = 1 - value
    return predicted


def _mistaken(mark: float, truth: Floats, random: np.random.Generator) -> Floats:
    predicted, values = truth.copy(), np.unique(truth)
    wrong = random.choice(len(truth), round((1 - mark) * len(truth)), replace=False)
    places = np.searchsorted(values, truth[wrong])
    predicted[wrong] = values[(places + 1) % len(values)]
    return predicted
