"""The two marks of each hidden suite, which normalise its metric, computed from the data in this folder.

Baseline: ranking customers by their contract alone (month-to-month before one year before two years), which anybody
could do without a model. Reference: a careful, untuned average of a logistic regression and gradient boosting.
Run in the locked environment: python assignments/churn/reference.py
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

DATA = Path(__file__).resolve().parent / "data"
RANK = {"Month-to-month": 2, "One year": 1, "Two year": 0}


def main() -> None:
    """Fit on the public training rows, score on each hidden suite, print its marks."""
    train = pd.read_csv(DATA / "public" / "train.csv")
    features = [name for name in train.columns if name not in ("customer_id", "churn")]
    model = build_model().fit(train[features], train["churn"])
    for suite, prefix in {"iid": "", "shifted": "shifted_"}.items():
        table, labels = (pd.read_csv(DATA / "hidden" / f"{prefix}{name}.csv") for name in ("features", "labels"))
        hidden = table.merge(labels, on="customer_id", validate="one_to_one")
        print(f"{suite:8} baseline  {roc_auc_score(hidden['churn'], hidden['contract'].map(RANK)):.4f}")
        print(f"{suite:8} reference {roc_auc_score(hidden['churn'], model.predict_proba(hidden[features])[:, 1]):.4f}")


def build_model() -> Pipeline:
    """Return the careful model, unfitted; whoever changes it changes the reference marks."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_exclude="number")),
    )
    boosting = HistGradientBoostingClassifier(learning_rate=0.04, max_iter=120, max_leaf_nodes=8, random_state=0)
    both = [("linear", LogisticRegression(max_iter=2000, C=0.3)), ("boosting", boosting)]
    return make_pipeline(columns, VotingClassifier(both, voting="soft"))


if __name__ == "__main__":
    main()
