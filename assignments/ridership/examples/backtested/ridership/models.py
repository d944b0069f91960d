"""The forecasters that were compared. Each takes the history up to a cut-off and the days to forecast."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge

from ridership.calendar import days_off, linear_features, tree_features

WEEK, YEAR = 7, 364
SEED = 7
RIDGE_YEARS = 6
HALF_LIFE_DAYS = 730
Forecaster = Callable[[pd.Series, pd.DatetimeIndex], np.ndarray]


def seasonal_naive(history: pd.Series, days: pd.DatetimeIndex) -> np.ndarray:
    """Repeat the last known week: the baseline that everything has to beat."""
    by_weekday = history.tail(WEEK).set_axis(history.index[-WEEK:].day_of_week)
    return by_weekday.reindex(days.day_of_week).to_numpy()


def recent_median(history: pd.Series, days: pd.DatetimeIndex) -> np.ndarray:
    """Take the median of the last eight weeks by day of the week, which a single holiday does not move."""
    recent = history.tail(8 * WEEK)
    medians = recent.groupby(recent.index.day_of_week).median()
    return medians.reindex(days.day_of_week).to_numpy()


def boosted_share(history: pd.Series, days: pd.DatetimeIndex) -> np.ndarray:
    """Boost the calendar's effect on ridership as a share of the last year's mean: trees cannot follow a trend."""
    level = history.rolling(YEAR).mean().dropna()
    share = history[level.index] / level
    model = HistGradientBoostingRegressor(max_iter=200, learning_rate=0.06, random_state=SEED)
    model.fit(tree_features(level.index), share)
    return model.predict(tree_features(days)) * level.iloc[-1]


def seasonal_ridge(history: pd.Series, days: pd.DatetimeIndex) -> np.ndarray:
    """Fit a ridge regression in which what is recent weighs more, then move it half way to the last six weeks."""
    recent = history.tail(RIDGE_YEARS * YEAR)
    age = (recent.index[-1] - recent.index).days.to_numpy()
    model = Ridge(alpha=0.3)
    model.fit(linear_features(recent.index), recent, sample_weight=0.5 ** (age / HALF_LIFE_DAYS))
    forecast = model.predict(linear_features(days))
    last = recent.tail(6 * WEEK)
    missed = (last - model.predict(linear_features(last.index)))[days_off(last.index).isna().to_numpy()]
    for weekend in (False, True):
        of_kind = (missed.index.day_of_week >= 5) == weekend
        forecast[(days.day_of_week >= 5) == weekend] += missed[of_kind].median() / 2
    return forecast


def average(history: pd.Series, days: pd.DatetimeIndex) -> np.ndarray:
    """Return the mean of boosting and ridge, whose errors have little in common: the model that was chosen."""
    return (boosted_share(history, days) + seasonal_ridge(history, days)) / 2
