from pathlib import Path

import pandas as pd
import pytest

from flightserve.schema import Schema

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="session")
def schema():
    return Schema.load(DATA / "schema.json")


@pytest.fixture(scope="session")
def reference():
    return pd.read_csv(DATA / "reference.csv", dtype={"flight_id": str})


@pytest.fixture
def row(schema):
    cells = ["F1", "UA", "EWR", "IAH", "Mon", "600", "1400", "50.5", "10.4", "0", "10", "1013.2"]
    return pd.DataFrame([cells], columns=schema.columns)
