"""The two marks of each hidden suite and subgroup, which normalise its metric, computed from the data in this folder.

Baseline: ranking customers by their contract alone (month-to-month before one year before two years), which anybody
could do without a model. Reference: a careful, untuned average of a logistic regression and gradient boosting.
The marks of messy rows are theirs where each hidden row is spoilt once in each way; what cannot be counts as missing.
Run in the locked environment: python assignments/churn/reference.py
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
SEED, FAR = 0, 1000
RANK = {"Month-to-month": 2, "One year": 1, "Two year": 0}


def main() -> None:
    """Fit on the public training rows, score on each hidden suite, subgroup and the messy rows, print the marks."""
    settings = tomllib.loads((HERE / "assignment.toml").read_text(encoding="utf-8"))
    train = pd.read_csv(DATA / "public" / "train.csv")
    features = [name for name in train.columns if name not in ("customer_id", "churn")]
    model = build_model().fit(train[features], train["churn"])
    found = {suite: read(prefix) for suite, prefix in {"iid": "", "shifted": "shifted_"}.items()}
    hidden = found["iid"]
    found |= {f"slice {part['name']}": hidden[belongs(hidden[part["column"]], part)] for part in settings["slices"]}
    found["messy"] = sensible(spoilt(hidden, features, settings["stress"]["kinds"]), train[features])
    for name, rows in found.items():
        rank = rows["contract"].map(RANK).fillna(np.mean(list(RANK.values())))
        print(f"{name} baseline  {roc_auc_score(rows['churn'], rank):.4f}")
        print(f"{name} reference {roc_auc_score(rows['churn'], model.predict_proba(rows[features])[:, 1]):.4f}")


def read(prefix: str) -> pd.DataFrame:
    """Return a suite's hidden rows with their labels."""
    table, labels = (pd.read_csv(DATA / "hidden" / f"{prefix}{name}.csv") for name in ("features", "labels"))
    return table.merge(labels, on="customer_id", validate="one_to_one")


def belongs(cells: pd.Series, part: dict[str, Any]) -> pd.Series:
    """Return which of the cells are of a subgroup, as assignment.toml names it."""
    return cells.astype(str).isin(part["values"]) if "values" in part else cells < part["below"]


def spoilt(rows: pd.DataFrame, features: list[str], kinds: list[str]) -> pd.DataFrame:
    """Return the rows once for each kind of messy row, spoilt in that way, by the laws of `[stress]`."""
    random = np.random.default_rng(SEED)
    numbers = list(rows[features].select_dtypes("number"))
    texts = [name for name in features if name not in numbers]
    far = {name: FAR * rows[name].abs().max() for name in numbers}
    found = []
    for kind in kinds:
        table = rows.astype(dict.fromkeys(features, object))
        for at in table.index:
            if kind == "missing":
                table.loc[at, random.choice(features, max(1, len(features) // 4), replace=False)] = np.nan
            elif kind == "out_of_range":
                name = random.choice(numbers)
                table.loc[at, name] = far[name] * random.choice([-1, 1])
            elif kind in ("unseen_category", "blank"):
                table.loc[at, random.choice(texts)] = "never seen before" if kind == "unseen_category" else " "
        found.append(table)
    return pd.concat(found).astype(dict.fromkeys(numbers, float))


def sensible(rows: pd.DataFrame, train: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with each number that lies outside the training rows' range taken for missing."""
    numbers = train.select_dtypes("number")
    inside = rows[numbers.columns].ge(numbers.min()) & rows[numbers.columns].le(numbers.max())
    return rows.assign(**rows[numbers.columns].where(inside))


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
