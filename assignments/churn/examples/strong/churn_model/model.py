"""The model: all preparation happens inside the pipeline, so that nothing is fitted on rows that are evaluated."""

from __future__ import annotations

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from churn_model.data import CATEGORIES, NUMBERS

SEED = 7


def build_preparation() -> ColumnTransformer:
    """Return the column-wise preparation, unfitted."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("numbers", numbers, NUMBERS), ("categories", categories, CATEGORIES)])


def build_baseline() -> Pipeline:
    """Return the plain logistic regression that the chosen model has to beat."""
    return Pipeline([("prepare", build_preparation()), ("model", LogisticRegression(max_iter=2000))])


def build_model() -> Pipeline:
    """Return the chosen model: the average of logistic regression and shallow boosting, unfitted."""
    linear = LogisticRegression(max_iter=2000, C=0.3)
    boosting = GradientBoostingClassifier(
        learning_rate=0.1, n_estimators=80, max_depth=2, min_samples_leaf=30, random_state=SEED
    )
    both = VotingClassifier([("linear", linear), ("boosting", boosting)], voting="soft")
    return Pipeline([("prepare", build_preparation()), ("model", both)])
