"""The round with the altered history: what is dealt, and who is taken for a work that knows the answers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from small_rounds import make
from test_rounds import good_run

from grader.assignment import deal, load_assignment
from grader.assignment.altered_history import multiplied
from grader.assignment.tables import Table
from grader.errors import AssignmentError
from grader.evidence import compare_altered
from grader.model import Deal, Failure, TwinResult
from grader.pipeline.evaluating import evaluated_runs
from grader.pipeline.runs import Run, Runs

RIDERSHIP = load_assignment(Path(__file__).resolve().parents[2] / "assignments" / "ridership")
SETTINGS = '\n[rounds.altered]\ncutoff = "2024-03-14"\nfactor = 0.8\n'
RANKING = 'name = "roc_auc"\nbaseline = 0.5\nreference = 0.8'
Floats = npt.NDArray[np.float64]
Forecast = Callable[[Floats, Floats], Floats]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = make(tmp_path / "toy")
    path = made / "assignment.toml"
    path.write_text(path.read_text() + SETTINGS)
    return made


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_history_is_multiplied_in_its_own_form_and_nothing_else_is_another(folder: Path) -> None:
    assignment = load_assignment(folder)
    plain, altered = deal(assignment, "run", number=1), deal(assignment, "run", altered=True)
    before, after = table(plain.files["train.csv"]), table(altered.files["train.csv"])
    assert [row["sold"] for row in after] == [f"{float(row['sold']) * 0.8:.2f}" for row in before]
    same = ("date", "day", "rain")
    assert [[row[name] for name in same] for row in after] == [[row[name] for name in same] for row in before]
    assert [row["date"] for row in table(altered.files["test.csv"])] == [
        row["date"] for row in table(plain.files["test.csv"])
    ]
    assert altered.labels == plain.labels
    assert not set(altered.ids) & set(plain.ids)


def test_numbers_keep_their_decimals_and_what_is_no_number_stays() -> None:
    history = Table(("id", "sold"), (("7", "10"), ("8", "2.50"), ("9", ""), ("10", "closed"), ("11", "-3.125")))
    found = multiplied(history, "sold", 0.85)
    assert found.column("sold") == ["8", "2.12", "", "closed", "-2.656"]
    assert found.column("id") == history.column("id")


def compared(forecast: Forecast) -> TwinResult:
    """Return what the comparison says of `forecast(history, truth)` after the cut-off that ridership names."""
    assert RIDERSHIP.rounds is not None
    spec = RIDERSHIP.rounds.altered
    assert spec is not None
    number = RIDERSHIP.rounds.cutoffs.index(spec.cutoff)
    plain, altered = deal(RIDERSHIP, "run", number=number), deal(RIDERSHIP, "run", altered=True)
    truth = np.array([float(label) for label in plain.labels])
    values = [forecast(history_of(one), truth) for one in (plain, altered)]
    return compare_altered(values[0], values[1], plain, RIDERSHIP, spec)


def history_of(dealt: Deal) -> Floats:
    return np.array([float(row["ridership"]) for row in table(dealt.files["train.csv"])])


def last_week(history: Floats, truth: Floats) -> Floats:
    return np.resize(history[-7:], len(truth))


def median_of_weekdays(history: Floats, truth: Floats) -> Floats:
    return np.resize(np.median(history[-56:].reshape(8, 7), axis=0), len(truth))


def of_open_days(history: Floats, truth: Floats) -> Floats:
    """Take what lies below six thousand for closed days: at a smaller station many of its Sundays do."""
    recent = history[-364:].reshape(52, 7)
    return np.resize(np.nanmedian(np.where(recent < 6, np.nan, recent), axis=0), len(truth))


def of_logs(history: Floats, truth: Floats) -> Floats:
    return np.resize(np.expm1(np.log1p(history[-56:]).reshape(8, 7).mean(axis=0)), len(truth))


def in_bounds(history: Floats, truth: Floats) -> Floats:
    return median_of_weekdays(history, truth).clip(5, 20)


def shrunk(history: Floats, truth: Floats) -> Floats:
    """Pull all days towards the mean by a fixed amount, as a lasso with a heavy penalty does."""
    days = median_of_weekdays(history, truth)
    return np.asarray(history[-364:].mean() + np.sign(days - days.mean()) * (np.abs(days - days.mean()) - 3).clip(0))


def restless(history: Floats, truth: Floats) -> Floats:
    noise = np.random.default_rng(len(history) + int(history[-1] * 1000)).normal(1, 0.1, len(truth))
    return np.asarray(median_of_weekdays(history, truth) * noise)


@pytest.mark.parametrize(
    "forecast", [last_week, median_of_weekdays, of_open_days, of_logs, in_bounds, shrunk, restless]
)
def test_a_forecast_that_is_made_from_its_history_is_not_called_a_look_up(forecast: Forecast) -> None:
    found = compared(forecast)
    assert not found.looked_up, found.sentence
    assert found.followed is not None
    assert found.followed > 0.7
    assert "nothing speaks for answers that are known by their dates" in found.sentence


def published(history: Floats, truth: Floats) -> Floats:
    return truth


def blurred(history: Floats, truth: Floats) -> Floats:
    return np.asarray(truth + np.random.default_rng(int(history[0] * 1000)).normal(0, 1.2, len(truth)))


def mostly_published(history: Floats, truth: Floats) -> Floats:
    return np.asarray(0.7 * truth + 0.3 * median_of_weekdays(history, truth))


@pytest.mark.parametrize("forecast", [published, blurred, mostly_published])
def test_answers_that_are_known_by_their_dates_are_found_with_both_figures(forecast: Forecast) -> None:
    found = compared(forecast)
    assert found.looked_up
    assert found.gap_low is not None
    assert found.followed is not None
    assert found.altered is not None
    assert found.gap_low > 1
    assert (found.followed < 0.5, found.rows) == (True, 28)
    assert f"{found.altered:.4g} with the history multiplied by 0.85" in found.sentence
    assert "known by their dates" in found.sentence


def test_a_forecast_that_is_exactly_proportional_is_exactly_as_good(folder: Path) -> None:
    found = compared(last_week)
    assert found.gap == pytest.approx(0, abs=1e-3)
    assert found.followed == pytest.approx(1, abs=1e-3)


def runs_with(folder: Path, tmp_path: Path, altered: Failure) -> Runs:
    assignment = load_assignment(folder)
    homes = [tmp_path / str(number) for number in range(3)]
    for home in homes:
        home.mkdir()
    first, *later = [good_run(deal(assignment, "run", number=number), homes[number]) for number in range(3)]
    return Runs(first, (), later=tuple(later), altered=Run(None, altered, (), deal(assignment, "run", altered=True)))


def test_a_work_that_stops_at_an_unknown_history_has_its_result_and_is_looked_at(folder: Path, tmp_path: Path) -> None:
    stopped = Failure(code="run.failed", message="AssertionError: not the history that I know")
    failure, evaluated = evaluated_runs(runs_with(folder, tmp_path, stopped), load_assignment(folder), Future())
    assert failure is None
    assert evaluated is not None
    assert evaluated.twins is not None
    assert (evaluated.twins.looked_up, evaluated.twins.altered) == (True, None)
    assert "not the history that I know (run.failed)" in evaluated.twins.sentence
    assert len(evaluated.suites) == 2


def test_our_own_failure_in_the_altered_round_is_nobodys_fault(folder: Path, tmp_path: Path) -> None:
    ours = Failure(code="infrastructure.sandbox", message="It could not be started.")
    failure, evaluated = evaluated_runs(runs_with(folder, tmp_path, ours), load_assignment(folder), Future())
    assert (failure, evaluated) == (ours, None)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"2024-03-14"\nfactor', '"2024-03-15"\nfactor', "none of rounds.cutoffs"),
        ("factor = 0.8", "factor = 1.02", "away from 1"),
        ("factor = 0.8", "factor = -1", "greater than or equal"),
        ('name = "mase"\nscale = 2.0\nbaseline = 1.0\nreference = 0.2', RANKING, "metric of errors"),
    ],
)
def test_what_does_not_fit_is_said(folder: Path, old: str, new: str, says: str) -> None:
    path = folder / "assignment.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(AssignmentError, match=says):
        load_assignment(folder)
