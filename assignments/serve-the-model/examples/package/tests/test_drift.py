import numpy as np
import pytest

from flightserve.drift import DriftDetector


@pytest.fixture(scope="module")
def halves(reference):
    order = np.random.default_rng(0).permutation(len(reference))
    return reference.iloc[order[:3000]], reference.iloc[order[3000:]]


def test_random_samples_are_hardly_ever_called_drifted(halves, schema):
    detector = DriftDetector(halves[0], schema, level=0.01)
    calls = [detector.has_drifted(detector.compare(halves[1].sample(95, random_state=seed))) for seed in range(40)]
    assert np.mean(calls) <= 0.1


def test_another_unit_is_found(halves, schema):
    rows = halves[1].sample(95, random_state=1)
    detector = DriftDetector(halves[0], schema)
    findings = detector.compare(rows.assign(temp=(rows["temp"] - 32) / 1.8))
    assert detector.has_drifted(findings)
    assert findings[0].column == "temp"


def test_another_mix_of_airports_is_found(halves, schema):
    rows = halves[1]
    rows = rows[rows["origin"] == "LGA"].head(95)
    detector = DriftDetector(halves[0], schema)
    assert detector.has_drifted(detector.compare(rows))


def test_a_level_out_of_range_is_refused(halves, schema):
    with pytest.raises(ValueError, match="between 0 and 1"):
        DriftDetector(halves[0], schema, level=2)
