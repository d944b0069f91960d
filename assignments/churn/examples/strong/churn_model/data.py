"""Reading and checking the customer tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

ID = "customer_id"
TARGET = "churn"
NUMBERS = ["tenure", "monthly_charges", "total_charges"]
CATEGORIES = [
    "female",
    "senior_citizen",
    "partner",
    "dependents",
    "phone_service",
    "multiple_lines",
    "internet_service",
    "online_security",
    "online_backup",
    "device_protection",
    "tech_support",
    "streaming_tv",
    "streaming_movies",
    "contract",
    "paperless_billing",
    "payment_method",
]


def load_customers(path: Path) -> pd.DataFrame:
    """Return the customers in `path`; raises ValueError when a column is missing or an id is repeated."""
    frame = pd.read_csv(path)
    missing = sorted({ID, *NUMBERS, *CATEGORIES} - set(frame.columns))
    if missing:
        raise ValueError(f"{path} lacks the columns {', '.join(missing)}")
    if frame[ID].duplicated().any():
        raise ValueError(f"{path} has customers more than once")
    return frame


def load_training(path: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Return features and target of the training file, without duplicated customers."""
    frame = load_customers(path)
    if not frame[TARGET].isin([0, 1]).all():
        raise ValueError(f"{TARGET} must be 0 or 1")
    return frame.drop(columns=[ID, TARGET]), frame[TARGET]
