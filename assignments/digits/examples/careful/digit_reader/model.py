"""The model. Changed copies are made inside fit, so a copy can never be evaluated beside the picture it is of."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

from digit_reader.scanner import as_other_scanner

SEED = 7


class WithCopies(ClassifierMixin, BaseEstimator):
    """Fits an estimator on the pictures it is given and on `copies` changed copies of each."""

    def __init__(self, estimator: BaseEstimator, copies: int = 3, random_state: int = SEED) -> None:
        self.estimator = estimator
        self.copies = copies
        self.random_state = random_state

    def fit(self, features: np.ndarray, target: np.ndarray) -> WithCopies:
        """Fit on the pictures and their copies."""
        random = np.random.default_rng(self.random_state)
        copies = [as_other_scanner(features, random) for _ in range(self.copies)]
        self.estimator.fit(np.concatenate([features, *copies]), np.tile(target, self.copies + 1))
        self.classes_ = self.estimator.classes_
        return self

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Return the digit of each picture."""
        return self.estimator.predict(features)

    def margin(self, features: np.ndarray) -> np.ndarray:
        """Return by how much each picture's digit wins the closest of its nine duels; below 0 where it loses one."""
        duels = self.estimator.decision_function(features)
        said = np.searchsorted(self.classes_, self.predict(features))[:, None]
        first, second = np.triu_indices(len(self.classes_), k=1)
        won = np.where(first == said, duels, np.where(second == said, -duels, np.inf))
        return won.min(axis=1)


def build_baseline() -> Pipeline:
    """Return the plain linear model that anything else has to beat, unfitted."""
    return make_pipeline(PCA(60, random_state=SEED), LogisticRegression(max_iter=1000))


def build_machine() -> Pipeline:
    """Return the support vector machine on principal components, unfitted; it keeps its duels of two digits."""
    return make_pipeline(PCA(60, random_state=SEED), SVC(C=5, decision_function_shape="ovo"))


def build_model() -> WithCopies:
    """Return the chosen model: the same machine, also shown what the other scanners do."""
    return WithCopies(build_machine())
