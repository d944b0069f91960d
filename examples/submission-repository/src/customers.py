"""Tables of customers: read, and refused where they are not what the model knows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

ID, TARGET = "customer_id", "churn"
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


def read_customers(path: Path) -> pd.DataFrame:
    """Return the customers of a file. Raises ValueError where a column is missing."""
    customers = pd.read_csv(path)
    missing = [name for name in (ID, *NUMBERS, *CATEGORIES) if name not in customers]
    if missing:
        raise ValueError(f"{path} has no column {', '.join(missing)}")
    return customers


def read_training(path: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Return features and target of the customers of whom it is known. Raises ValueError for another target."""
    customers = read_customers(path).drop_duplicates(subset=ID)
    if not customers[TARGET].isin([0, 1]).all():
        raise ValueError(f"{path}: {TARGET} must be 0 or 1")
    return customers.drop(columns=[ID, TARGET]), customers[TARGET]
