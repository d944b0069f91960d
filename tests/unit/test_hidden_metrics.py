"""The hidden metrics against scikit-learn as the oracle, and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from grader.evidence.bootstrap import draw_ahead, interval
from grader.evidence.metrics import METRICS, metric_of
from grader.model import MetricSpec

CASES = st.lists(
    st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.integers(1, 4)),
    min_size=2,
    max_size=40,
).filter(lambda rows: len({row[0] for row in rows}) == 2)
ORACLES = {
    "roc_auc": lambda y, p, w: oracle.roc_auc_score(y, p, sample_weight=w),
    "average_precision": lambda y, p, w: oracle.average_precision_score(y, p, sample_weight=w),
    "accuracy": lambda y, p, w: oracle.accuracy_score(y, p >= 0.5, sample_weight=w),
    "f1": lambda y, p, w: oracle.f1_score(y, p >= 0.5, sample_weight=w),
    "multiclass_accuracy": lambda y, p, w: oracle.accuracy_score(
        (20 * y).astype(int), (20 * p).astype(int), sample_weight=w
    ),
    "rmse": lambda y, p, w: oracle.root_mean_squared_error(y, p, sample_weight=w),
    "mae": lambda y, p, w: oracle.mean_absolute_error(y, p, sample_weight=w),
}


@pytest.mark.parametrize("name", sorted(METRICS))
@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows=CASES)
def test_each_metric_agrees_with_scikit_learn_with_ties_and_weights(name: str, rows: list[tuple]) -> None:
    truth, predicted, weights = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    (found,) = METRICS[name](truth, predicted, weights[None, :])
    assert found == pytest.approx(ORACLES[name](truth, predicted, weights))


def test_f1_is_zero_where_nothing_is_positive_and_nothing_is_called_so() -> None:
    assert METRICS["f1"](np.zeros(3), np.zeros(3), np.ones((1, 3))) == 0


def test_the_scaled_error_of_the_seasonal_naive_forecast_within_its_own_part_is_one() -> None:
    series = np.random.default_rng(5).gamma(3.0, size=70)
    today, week_ago = series[7:], series[:-7]
    scale = float(np.abs(today - week_ago).mean())
    mase = metric_of(MetricSpec(name="mase", baseline=1.0, reference=0.4, scale=scale))
    weights = np.ones((1, len(today)))
    assert mase(today, week_ago, weights) == pytest.approx(1.0)
    assert mase(today, today + 2 * scale, weights) == pytest.approx(2.0)


def test_the_interval_is_the_same_for_the_same_seed_and_narrower_with_more_rows() -> None:
    random = np.random.default_rng(1)
    widths = []
    for rows in (200, 3200):
        truth = (random.random(rows) < 0.3).astype(float)
        predicted = np.clip(0.3 * truth + 0.7 * random.random(rows), 0, 1)
        first = interval(METRICS["roc_auc"], truth, predicted, seed=7, stratified=True)
        assert first == interval(METRICS["roc_auc"], truth, predicted, seed=7, stratified=True)
        widths.append(first[1] - first[0])
    assert widths[1] < widths[0] / 2


def test_the_interval_is_the_same_where_its_resamples_were_drawn_before_the_predictions_were_there() -> None:
    random = np.random.default_rng(3)
    for name, stratified in (("roc_auc", True), ("rmse", False)):
        truth, predicted = (random.random(300) < 0.3).astype(float), random.random(300)
        order = random.permutation(300)
        drawn = draw_ahead(truth[order], seed=7, stratified=stratified)
        assert drawn is not None
        words = {"seed": 7, "stratified": stratified}
        metric = METRICS[name]
        assert interval(metric, truth, predicted, **words, drawn=drawn) == interval(metric, truth, predicted, **words)
    assert draw_ahead(np.zeros(1_000_000), seed=7, stratified=True) is None, "many rows would take much memory"


def test_a_rare_class_never_makes_an_interval_undefined() -> None:
    truth = np.array([1.0] + [0.0] * 30)
    low, high = interval(METRICS["roc_auc"], truth, np.linspace(0, 1, 31), seed=0, stratified=True)
    assert 0 <= low <= high <= 1
