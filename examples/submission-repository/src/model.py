"""The models. All that is learned from data is learned inside a pipeline, from the rows that it is fitted on."""

from __future__ import annotations

from sklearn.base import ClassifierMixin, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from src.customers import CATEGORIES, NUMBERS

SEED = 11


def build_model() -> Pipeline:
    """Return the chosen model: a logistic regression, which nothing tried here has beaten."""
    return _with(LogisticRegression(C=0.3, max_iter=2000), StandardScaler())


def build_boosting() -> Pipeline:
    """Return shallow boosted trees, the other candidate."""
    trees = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, random_state=SEED)
    return _with(trees, FunctionTransformer())


def _with(model: ClassifierMixin, numbers: TransformerMixin) -> Pipeline:
    # total_charges is empty in a customer's first month, when nothing was charged yet
    filled = make_pipeline(SimpleImputer(strategy="constant", fill_value=0), numbers)
    categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    prepare = ColumnTransformer([("numbers", filled, NUMBERS), ("categories", categories, CATEGORIES)])
    return Pipeline([("prepare", prepare), ("model", model)])
