"""The round with the messy history: what is spoilt, and what the forecasts after it come to."""

from __future__ import annotations

import csv
import io
from collections import Counter
from concurrent.futures import Future
from itertools import pairwise
from pathlib import Path

import pytest
from small_rounds import make
from test_rounds import good_run

from grader.assignment import deal, load_assignment
from grader.errors import AssignmentError
from grader.model import Assignment, Deal, Failure, StressResult
from grader.model.rounds import HISTORY_KINDS
from grader.pipeline.evaluating import evaluated_runs
from grader.pipeline.runs import Run, Runs
from grader.pipeline.stress import stress_result

RIDERSHIP = load_assignment(Path(__file__).resolve().parents[2] / "assignments" / "ridership")
SETTINGS = '\n[rounds.messy]\ncutoff = "2024-03-14"\nshare = 0.5\nbaseline = 2.0\nreference = 0.4\n'
Row = dict[str, str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = make(tmp_path / "toy")
    path = made / "assignment.toml"
    path.write_text(path.read_text() + SETTINGS)
    return made


def with_kinds(folder: Path, *kinds: str) -> Assignment:
    path = folder / "assignment.toml"
    path.write_text(path.read_text().replace("share = 0.5", f"share = 0.5\nkinds = {list(kinds)}"))
    return load_assignment(folder)


def history(dealt: Deal) -> list[Row]:
    return list(csv.DictReader(io.StringIO(dealt.files["train.csv"].decode())))


def both(assignment: Assignment) -> tuple[list[Row], list[Row]]:
    """Return the history as it was, and as it is spoilt; both without ids, which differ from run to run."""
    clean, spoilt = deal(assignment, "run", number=1), deal(assignment, "run", stress=True)
    return _without_ids(history(clean)), _without_ids(history(spoilt))


def _without_ids(rows: list[Row]) -> list[Row]:
    return [{name: cell for name, cell in row.items() if name != "id"} for row in rows]


def test_missing_days_are_gone_and_the_others_are_as_they_were(folder: Path) -> None:
    clean, spoilt = both(with_kinds(folder, "missing"))
    assert len(spoilt) == len(clean) - 37
    assert [row for row in clean if row in spoilt] == spoilt


def test_days_that_are_there_twice_stand_beside_themselves(folder: Path) -> None:
    clean, spoilt = both(with_kinds(folder, "duplicate"))
    twice = [row["date"] for row, following in pairwise(spoilt) if row == following]
    assert len(twice) == len(spoilt) - len(clean) == 37


def test_late_days_stand_at_the_end_in_no_order(folder: Path) -> None:
    clean, spoilt = both(with_kinds(folder, "late"))
    assert sorted(row["date"] for row in spoilt) == [row["date"] for row in clean]
    punctual, late = [row["date"] for row in spoilt[:-37]], [row["date"] for row in spoilt[-37:]]
    assert punctual == sorted(punctual)
    assert late != sorted(late)


def test_targets_are_emptied_padded_or_put_out_of_range_and_nothing_else_is_touched(folder: Path) -> None:
    clean, spoilt = both(with_kinds(folder, "empty", "spaces", "out_of_range"))
    assert len(clean) == len(spoilt)
    told: Counter[str] = Counter()
    for before, after in zip(clean, spoilt, strict=True):
        assert {**before, "sold": ""} == {**after, "sold": ""}
        ways = {
            before["sold"]: "as it was",
            "": "empty",
            f" {before['sold']} ": "spaces",
            f"{float(before['sold']) * 10:.2f}": "ten times",
            f"-{before['sold']}": "negative",
        }
        told[ways[after["sold"]]] += 1
    assert told["as it was"] == 37
    assert told["empty"] == 13
    assert told["spaces"] == told["ten times"] + told["negative"] == 12
    assert told["ten times"] > 0
    assert told["negative"] > 0


def test_every_submission_meets_the_same_mess_and_the_days_to_forecast_are_clean(folder: Path) -> None:
    assignment = load_assignment(folder)
    one, other = (deal(assignment, run, stress=True) for run in ("one", "other"))
    without_ids = [[row["date"] + row["sold"] for row in history(dealt)] for dealt in (one, other)]
    assert without_ids[0] == without_ids[1]
    assert not set(one.messy) & set(other.messy)
    clean = deal(assignment, "one", number=1)
    asked = [list(csv.DictReader(io.StringIO(dealt.files["test.csv"].decode()))) for dealt in (one, clean)]
    assert [(row["date"], row["day"]) for row in asked[0]] == [(row["date"], row["day"]) for row in asked[1]]
    assert [one.messy_labels[row["id"]] for row in asked[0]] == list(clean.labels)


def test_of_the_real_history_a_tenth_is_spoilt_in_all_six_ways() -> None:
    assert RIDERSHIP.rounds is not None
    assert RIDERSHIP.rounds.messy is not None
    spoilt = history(deal(RIDERSHIP, "run", stress=True))
    number = RIDERSHIP.rounds.cutoffs.index(RIDERSHIP.rounds.messy.cutoff)
    clean = {row["date"]: row["ridership"] for row in history(deal(RIDERSHIP, "run", number=number))}
    dates = [row["date"] for row in spoilt]
    each = len(clean) / 10 / len(HISTORY_KINDS)
    assert len(clean) - len(set(dates)) == pytest.approx(each, abs=1)
    assert len(dates) - len(set(dates)) == pytest.approx(each, abs=1)
    changed = [row["ridership"] for row in spoilt if row["ridership"] != clean[row["date"]]]
    assert len(changed) == pytest.approx(3 * each, abs=2)
    assert dates != sorted(dates)


def stressed(folder: Path, tmp_path: Path, off: float, failure: Failure | None = None) -> StressResult:
    """Return what is said of a work whose forecasts are `off` from what came, one of them missing, or that failed."""
    assignment = load_assignment(folder)
    homes = [tmp_path / str(number) for number in range(4)]
    for home in homes:
        home.mkdir()
    first, *later = [good_run(deal(assignment, "run", number=number), homes[number]) for number in range(3)]
    messy = deal(assignment, "run", stress=True)
    if failure is not None:
        last = Run(None, failure, (), messy)
    else:
        last = good_run(messy, homes[3])
        rows = [f"{name},{float(label) + off}\n" for name, label in messy.messy_labels.items()]
        (homes[3] / "predictions.csv").write_text("id,prediction\n" + "".join(rows[1:]))
    runs = Runs(first, (), stress=last, later=tuple(later))
    lost, evaluated = evaluated_runs(runs, assignment, Future())
    assert lost is None, "the result of the other rounds stands"
    assert evaluated is not None
    found = stress_result(runs, evaluated.suites[0], assignment)
    assert found is not None
    return found


def test_the_forecasts_after_it_are_a_suite_with_marks_of_its_own(folder: Path, tmp_path: Path) -> None:
    found = stressed(folder, tmp_path, off=2.4)
    suite = found.on_messy
    assert suite is not None
    assert (suite.suite, suite.metric, suite.rows, suite.missing, suite.weight) == ("messy", "mase", 6, 1, 0)
    assert suite.value == pytest.approx(1.2)
    assert (suite.baseline, suite.reference, suite.normalised) == (2.0, 0.4, pytest.approx(0.5))
    assert suite.low <= suite.value <= suite.high
    assert suite.law.startswith("The history up to 2024-03-14, with 50% of its rows spoilt: not there, there twice")
    assert [(count.kind, count.rows, count.valid) for count in found.messy] == [("history", 7, 6)]
    assert (found.rows, found.hidden, found.failure) == (0, None, None)


def test_a_work_that_fails_after_it_has_its_result_and_the_failure_is_told(folder: Path, tmp_path: Path) -> None:
    failure = Failure(code="infrastructure.sandbox", message="It could not be started.")
    found = stressed(folder, tmp_path, 0, failure)
    assert (found.failure, found.on_messy) == (failure, None)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"2024-03-14"\nshare', '"2024-03-15"\nshare', "messy.cutoff 2024-03-15 is none of rounds.cutoffs"),
        ("share = 0.5", "share = 0.9", "less than or equal to 0.5"),
        ("share = 0.5", 'kinds = ["torn"]', "missing"),
        ("baseline = 2.0\nreference = 0.4", "baseline = 2.0", "both or neither"),
        ("baseline = 2.0\nreference = 0.4", "baseline = 0.4\nreference = 2.0", "must lie below"),
    ],
)
def test_what_does_not_fit_is_said(folder: Path, old: str, new: str, says: str) -> None:
    path = folder / "assignment.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(AssignmentError, match=says):
        load_assignment(folder)
