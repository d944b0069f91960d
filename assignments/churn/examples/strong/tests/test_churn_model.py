"""Tests of the data checks and of the model's contract."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churn_model.data import CATEGORIES, ID, NUMBERS, load_customers
from churn_model.evaluate import precision_at, value_of_calls
from churn_model.model import build_model


@pytest.fixture
def customers() -> pd.DataFrame:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({name: random.random(120) for name in NUMBERS})
    for name in CATEGORIES:
        frame[name] = random.choice(["a", "b"], 120)
    frame.insert(0, ID, [f"C{number}" for number in range(120)])
    return frame


def test_missing_columns_are_named(tmp_path: Path, customers: pd.DataFrame) -> None:
    customers.drop(columns=["tenure"]).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(ValueError, match="tenure"):
        load_customers(tmp_path / "a.csv")


def test_repeated_customers_are_refused(tmp_path: Path, customers: pd.DataFrame) -> None:
    pd.concat([customers, customers.head(1)]).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(ValueError, match="more than once"):
        load_customers(tmp_path / "a.csv")


def test_the_model_copes_with_missing_numbers_and_unseen_categories(customers: pd.DataFrame) -> None:
    target = (customers["tenure"] > 0.5).astype(int)
    model = build_model().fit(customers, target)
    customers.loc[0, "total_charges"] = np.nan
    customers.loc[1, "contract"] = "never seen"
    probabilities = model.predict_proba(customers)[:, 1]
    assert np.isfinite(probabilities).all()
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_precision_at_counts_the_highest_scores() -> None:
    assert precision_at(pd.Series([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1]), 3) == pytest.approx(2 / 3)


def test_a_call_to_a_leaver_is_worth_eighty_euros_and_one_to_a_stayer_costs_twenty() -> None:
    assert value_of_calls(pd.Series([1, 0, 1]), np.array([0.9, 0.8, 0.1]), 0.2) == (2, 60.0)
