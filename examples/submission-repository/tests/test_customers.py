"""What is refused, and what the model must cope with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from src.customers import CATEGORIES, ID, NUMBERS, TARGET, read_customers, read_training
from src.evaluate import gain
from src.model import build_model


@pytest.fixture
def customers() -> pd.DataFrame:
    random = np.random.default_rng(3)
    numbers = {name: random.uniform(0, 70, 200).round(2) for name in NUMBERS}
    categories = {name: random.choice(["Yes", "No"], 200) for name in CATEGORIES}
    ids = [f"C{number}" for number in range(200)]
    return pd.DataFrame({ID: ids, **numbers, **categories, TARGET: (numbers["tenure"] < 20).astype(int)})


def test_a_missing_column_is_named(tmp_path: Path, customers: pd.DataFrame) -> None:
    customers.drop(columns="contract").to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(ValueError, match="contract"):
        read_customers(tmp_path / "a.csv")


def test_a_customer_who_comes_twice_is_learned_from_once(tmp_path: Path, customers: pd.DataFrame) -> None:
    pd.concat([customers, customers.head(5)]).to_csv(tmp_path / "a.csv", index=False)
    features, has_left = read_training(tmp_path / "a.csv")
    assert len(features) == len(has_left) == 200


def test_empty_cells_and_unknown_categories_get_a_probability(customers: pd.DataFrame) -> None:
    model = build_model().fit(customers, customers[TARGET])
    odd = customers.head(4).astype({"tenure": float})
    odd.loc[0, "total_charges"] = np.nan
    odd.loc[1, "payment_method"] = "Barter"
    odd.loc[2, "tenure"] = -900.0
    found = model.predict_proba(odd)[:, 1]
    assert ((found >= 0) & (found <= 1)).all()


def test_the_model_ranks_who_left_above_who_stayed(customers: pd.DataFrame) -> None:
    found = build_model().fit(customers, customers[TARGET]).predict_proba(customers)[:, 1]
    assert found[customers[TARGET] == 1].mean() > found[customers[TARGET] == 0].mean()


def test_a_call_is_worth_eighty_euros_to_who_leaves_and_costs_twenty_for_who_stays() -> None:
    assert gain(pd.Series([1, 0, 1]), pd.Series([True, True, False])) == 60.0
