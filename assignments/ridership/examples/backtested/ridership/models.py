"""The forecasters that were compared: scikit-learn estimators on the calendar, fitted on the days up to a cut-off."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor, VotingRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline

from ridership.calendar import LINEAR_COLUMNS, TREE_COLUMNS

WEEK, YEAR = 7, 364
SEED = 7
RIDGE_YEARS = 6


class SeasonalNaive(RegressorMixin, BaseEstimator):
    """Repeats the last known week: the baseline that everything has to beat."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        """Keep the last week's ridership by day of the week."""
        self.by_weekday_ = pd.Series(y.tail(WEEK).to_numpy(), index=X["weekday"].tail(WEEK).to_numpy())
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return each day's value of the last known week."""
        return self.by_weekday_.reindex(X["weekday"]).to_numpy()


class RecentMedian(RegressorMixin, BaseEstimator):
    """Takes the median of the last weeks by day of the week, which a single holiday does not move."""

    def __init__(self, weeks: int = 8) -> None:
        self.weeks = weeks

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        """Keep the medians by day of the week."""
        last = self.weeks * WEEK
        self.by_weekday_ = y.tail(last).groupby(X["weekday"].tail(last).to_numpy()).median()
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return each day's median."""
        return self.by_weekday_.reindex(X["weekday"]).to_numpy()


class ShareOfLevel(RegressorMixin, BaseEstimator):
    """Has an estimator learn ridership as a share of the last year's mean: trees cannot follow a trend."""

    def __init__(self, estimator: Pipeline) -> None:
        self.estimator = estimator

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        """Fit the estimator on the days that have a whole year before them."""
        ridership = pd.Series(np.asarray(y), index=X.index)
        level = ridership.rolling(YEAR).mean().dropna()
        self.level_ = level.iloc[-1]
        self.estimator.fit(X.loc[level.index], ridership[level.index] / level)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return shares times the level at the cut-off."""
        return self.estimator.predict(X) * self.level_


class LastYears(RegressorMixin, BaseEstimator):
    """Has an estimator learn from the last years only: habits of 2001 say little of today's."""

    def __init__(self, estimator: Pipeline, years: int = RIDGE_YEARS) -> None:
        self.estimator = estimator
        self.years = years

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        """Fit the estimator on the last years."""
        last = self.years * YEAR
        self.estimator.fit(X[-last:], y[-last:])
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the estimator's forecast."""
        return self.estimator.predict(X)


def build_boosting() -> ShareOfLevel:
    """Return gradient boosting of the calendar, unfitted."""
    columns = make_column_transformer(("passthrough", TREE_COLUMNS))
    boosting = HistGradientBoostingRegressor(max_iter=200, learning_rate=0.06, random_state=SEED)
    return ShareOfLevel(make_pipeline(columns, boosting))


def build_ridge() -> LastYears:
    """Return ridge regression on trend, seasons and holidays, unfitted."""
    columns = make_column_transformer(("passthrough", LINEAR_COLUMNS))
    return LastYears(make_pipeline(columns, Ridge(alpha=0.3)))


def build_model() -> VotingRegressor:
    """Return the chosen model, the mean of boosting and ridge, whose errors have little in common."""
    return VotingRegressor([("boosting", build_boosting()), ("ridge", build_ridge())])
