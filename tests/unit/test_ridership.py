"""The ridership assignment: its figures follow from its data, and its brief says what its settings say."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import nbformat
import numpy as np
import pytest

from grader.assignment import deal, load_assignment
from grader.evidence.rounds import pooled

RIDERSHIP = Path(__file__).resolve().parents[2] / "assignments" / "ridership"
ASSIGNMENT = load_assignment(RIDERSHIP)
BRIEF = (RIDERSHIP / "README.md").read_text(encoding="utf-8")


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


@pytest.fixture(scope="module")
def train() -> list[dict[str, str]]:
    return table((RIDERSHIP / "data" / "public" / "train.csv").read_bytes())


def test_the_scale_is_the_seasonal_naive_error_within_the_public_days(train: list[dict[str, str]]) -> None:
    series = np.array([float(row["ridership"]) for row in train])
    assert ASSIGNMENT.metric.scale == pytest.approx(np.abs(series[7:] - series[:-7]).mean(), abs=5e-5)


def test_the_baseline_of_each_suite_is_what_repeating_the_last_week_comes_to() -> None:
    assert ASSIGNMENT.rounds is not None
    deals = [deal(ASSIGNMENT, "run", number=number) for number in range(len(ASSIGNMENT.rounds.cutoffs))]
    said = []
    for one in deals:
        known = [float(row["ridership"]) for row in table(one.files["train.csv"])]
        said += [known[-7 + place % 7] for place in range(len(one.ids))]
    all_rounds = pooled(deals)
    apart = np.abs(np.array(said) - np.array([float(label) for label in all_rounds.labels])) / ASSIGNMENT.metric.scale
    for suite, places in all_rounds.suites.items():
        assert apart[list(places)].mean() == pytest.approx(ASSIGNMENT.marks(suite)[0], abs=2e-4)


def test_the_baseline_of_the_messy_round_is_the_clean_last_week_again() -> None:
    assert ASSIGNMENT.rounds is not None
    assert ASSIGNMENT.rounds.messy is not None
    assert ASSIGNMENT.metric.scale is not None
    clean = deal(ASSIGNMENT, "run", number=ASSIGNMENT.rounds.cutoffs.index(ASSIGNMENT.rounds.messy.cutoff))
    last = [float(row["ridership"]) for row in table(clean.files["train.csv"])][-7:]
    apart = np.abs(np.resize(last, len(clean.labels)) - np.array([float(label) for label in clean.labels]))
    assert apart.mean() / ASSIGNMENT.metric.scale == pytest.approx(ASSIGNMENT.marks("messy")[0], abs=2e-4)


def test_each_round_is_the_28_days_after_its_cutoff_and_the_first_has_the_public_file() -> None:
    assert ASSIGNMENT.rounds is not None
    for number, cutoff in enumerate(ASSIGNMENT.rounds.cutoffs):
        dealt = deal(ASSIGNMENT, "run", number=number)
        day = date.fromisoformat(cutoff)
        assert [row["date"] for row in table(dealt.files["test.csv"])] == [
            (day + timedelta(days=ahead)).isoformat() for ahead in range(1, 29)
        ]
        assert table(dealt.files["train.csv"])[-1]["date"] == cutoff
        public = (RIDERSHIP / "data" / "public" / "train.csv").read_bytes()
        assert (dealt.files["train.csv"] == public) == (number == 0)


def test_no_column_of_the_forecast_days_is_observed_only_later(train: list[dict[str, str]]) -> None:
    assert ASSIGNMENT.rounds is not None
    test = table((RIDERSHIP / "data" / "public" / "test.csv").read_bytes())
    assert set(train[0]) - set(test[0]) == {*ASSIGNMENT.rounds.observed, "ridership"}


def test_the_brief_says_what_the_settings_say(train: list[dict[str, str]]) -> None:
    assert ASSIGNMENT.rounds is not None
    assert len(ASSIGNMENT.rounds.cutoffs) == 8
    assert "run at eight cut-offs" in BRIEF
    assert ASSIGNMENT.rounds.altered is not None
    assert ASSIGNMENT.rounds.altered.factor < 1
    assert "as of a smaller station" in BRIEF
    assert ASSIGNMENT.rounds.messy is not None
    assert "days are missing, there twice or not in their place" in BRIEF
    assert f"{len(train):,}" in BRIEF
    assert ASSIGNMENT.metric.name.upper() in BRIEF
    assert f"{ASSIGNMENT.time_budget_hours:g} hours" in BRIEF
    shares = [line.split("|")[-2].strip() for line in BRIEF.splitlines() if line.startswith("|")][-6:]
    weights = ASSIGNMENT.weights.model_dump()
    order = ("hidden", "data_preparation", "evaluation", "model_choice", "code_quality", "production_readiness")
    assert [float(share) for share in shares] == [weights[part] for part in order]


@pytest.mark.parametrize("path", sorted((RIDERSHIP / "examples").rglob("*.ipynb")), ids=lambda path: path.parent.name)
def test_the_notebooks_among_the_examples_were_run_once(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    counts = [cell["execution_count"] for cell in notebook.cells if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
