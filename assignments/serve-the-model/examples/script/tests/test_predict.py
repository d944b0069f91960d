import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from predict import load_batch, psi, validate

SCHEMA = {
    "flight_id": {"type": "id", "required": True},
    "origin": {"type": "code", "required": True, "values": ["EWR", "JFK"]},
    "temp": {"type": "number", "required": True, "minimum": -40, "maximum": 120},
}


def test_validate():
    batch = pd.DataFrame([["F1", " ewr", "50"], ["F2", "XXX", "50"], ["F3", "JFK", "400"]], columns=list(SCHEMA))
    valid, refused = validate(batch, SCHEMA)
    assert list(valid["flight_id"]) == ["F1"]
    assert list(refused["flight_id"]) == ["F2", "F3"]


def test_truncated(tmp_path):
    (tmp_path / "a.csv").write_text("flight_id,origin,temp\nF1,EWR,5")
    with pytest.raises(ValueError, match="truncated"):
        load_batch(tmp_path / "a.csv", list(SCHEMA))


def test_psi_of_the_same_is_nothing():
    values = np.random.default_rng(0).normal(size=5000)
    assert psi(values, values) == pytest.approx(0)
    assert psi(values, values + 2) > 1
