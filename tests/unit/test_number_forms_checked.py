"""`giveaway.feature` finds numbers that tell the target by how they are written, and lets honest ways pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_assignment import make_small, rewrite, settle

from grader.assignment import load_assignment
from grader.authoring.checks_features import no_feature_tells_all
from grader.authoring.result import Finding
from grader.authoring.subject import read_subject

Write = Callable[[bool, np.random.Generator], str]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return make_small(tmp_path / "small")


def found_with(folder: Path, write: Write) -> Finding:
    """Return what is found when each customer has a `score` that `write` makes of whether they pay."""
    random = np.random.default_rng(5)
    rewrite(folder, lambda rows: [{**row, "score": write(row["paid"] == "1", random)} for row in rows])
    return no_feature_tells_all(read_subject(load_assignment(folder)))


def decimals(paid: bool, random: np.random.Generator) -> str:
    return f"{random.normal():.{2 if paid else 3}f}"


def parity(paid: bool, random: np.random.Generator) -> str:
    return str(2 * random.integers(1000) + paid)


def whole_euros(paid: bool, random: np.random.Generator) -> str:
    return (
        f"{random.integers(100) * 100:.1f}" if paid else f"{random.integers(10_000) * 100 + random.integers(1, 99)}.0"
    )


def last_digit(paid: bool, random: np.random.Generator) -> str:
    return f"{random.uniform(0, 9):.3f}{random.choice([1, 4, 6]) if paid else random.choice([2, 7, 9])}"


def signed_zero(paid: bool, random: np.random.Generator) -> str:
    return "-0.0" if paid else "0.0" if random.random() < 0.8 else f"{random.uniform(0, 9):.3f}"


def exponent(paid: bool, random: np.random.Generator) -> str:
    value = random.uniform(1e-5, 9e-5)
    return f"{value:.3e}" if paid else f"{value:.8f}"


PLANTS: dict[Write, str] = {
    decimals: "the number of decimals of 'score'",
    parity: "the parity of 'score'",
    whole_euros: "the number of zeros at the end of 'score'",
    last_digit: "the last digit of 'score'",
    signed_zero: "the sign of zero of 'score'",
    exponent: "of 'score'",
}


@pytest.mark.parametrize("write", PLANTS, ids=lambda write: write.__name__)
def test_numbers_that_tell_the_target_by_how_they_are_written_are_found(small: Path, write: Write) -> None:
    found = found_with(small, write)
    assert (found.status, found.where) == ("defect", "data/hidden/features.csv")
    assert PLANTS[write] in found.what
    assert "'score' alike" in found.mend


def test_a_target_of_numbers_that_the_number_of_decimals_tells_is_found(small: Path) -> None:
    settle(small, 'classes = ["0", "1"]\n', "")
    settle(small, 'name = "roc_auc"\nbaseline = 0.60\nreference = 0.87', 'name = "rmse"\nbaseline = 20\nreference = 11')
    random = np.random.default_rng(6)
    rewrite(
        small,
        lambda rows: [
            {**row, "paid": str(size * 10), "score": f"{random.normal():.{size}f}"}
            for row in rows
            for size in [int(random.integers(1, 6))]
        ],
    )
    found = no_feature_tells_all(read_subject(load_assignment(small)))
    assert (found.status, "the number of decimals of 'score' has a correlation of 1.000" in found.what) == (
        "defect",
        True,
    )


def as_pandas_writes(paid: bool, random: np.random.Generator) -> str:
    return str(round(random.normal(), 3))


def often_in_round_numbers(paid: bool, random: np.random.Generator) -> str:
    """Those who pay say their income in thousands somewhat more often: that is a feature, and no give-away."""
    return (
        f"{random.integers(10, 90)}000" if random.random() < 0.3 + 0.3 * paid else f"{random.integers(10_000, 90_000)}"
    )


def mostly_zero(paid: bool, random: np.random.Generator) -> str:
    return "" if random.random() < 0.1 else str(random.choice(["0", "0.0", "-0.0", "0.25", "1e-3"]))


@pytest.mark.parametrize(
    "write", [as_pandas_writes, often_in_round_numbers, mostly_zero], ids=lambda write: write.__name__
)
def test_honest_ways_of_writing_numbers_are_no_find(small: Path, write: Write) -> None:
    found = found_with(small, write)
    assert (found.status, "'income'" in found.what) == ("ok", True)


def test_what_the_values_tell_as_well_is_said_of_the_values(small: Path) -> None:
    found = found_with(small, lambda paid, random: str(random.integers(100) + 100 * paid))
    assert (found.status, "the single feature 'score'" in found.what) == ("defect", True)
