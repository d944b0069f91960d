"""Forecasts in rounds: what is dealt at each cut-off, what all come to together, and how a failure is told."""

from __future__ import annotations

import csv
import io
from concurrent.futures import Future
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from small_rounds import FIRST, HIDDEN, HORIZON, PUBLIC, make

from grader.assignment import deal, load_assignment
from grader.errors import AssignmentError
from grader.evidence import evaluate_rounds
from grader.evidence.bootstrap import block_interval, interval
from grader.evidence.metrics import METRICS
from grader.model import Assignment, Deal, Failure
from grader.pipeline.evaluating import evaluated_runs
from grader.pipeline.runs import Run, Runs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "toy")


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def rounds_of(folder: Path) -> tuple[Assignment, list[Deal]]:
    assignment = load_assignment(folder)
    return assignment, [deal(assignment, "run", number=number) for number in range(3)]


def refusal(folder: Path, old: str, new: str) -> AssignmentError:
    path = folder / "assignment.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(AssignmentError) as caught:
        load_assignment(folder)
    return caught.value


def test_a_round_is_given_every_day_up_to_its_cutoff_with_labels_and_the_next_ones_without(folder: Path) -> None:
    assignment, dealt = rounds_of(folder)
    assert assignment.rounds is not None
    for one, cutoff in zip(dealt, assignment.rounds.cutoffs, strict=True):
        train, test = table(one.files["train.csv"]), table(one.files["test.csv"])
        days = [row["date"] for row in train]
        assert days == sorted(days)
        assert (days[0], days[-1]) == (FIRST.isoformat(), cutoff)
        assert all(row["sold"] and row["rain"] for row in train)
        ahead = [(date.fromisoformat(cutoff) + timedelta(days=number)).isoformat() for number in range(1, HORIZON + 1)]
        assert [row["date"] for row in test] == ahead
        assert list(test[0]) == ["id", "date", "day"]


def test_nothing_of_what_comes_after_a_cutoff_is_in_what_its_round_is_given(folder: Path) -> None:
    _, dealt = rounds_of(folder)
    for one, known in zip(dealt, (64, 74, 84), strict=True):
        told = b"".join(one.files.values()).decode()
        assert f"3{known - 1:03d}.25" in told, "the label of the cut-off's own day is known"
        for number in range(known, PUBLIC + HIDDEN):
            assert f"3{number:03d}.25" not in told, "a label"
            assert f"7{number:03d}.5" not in told, "what is observed only when the day has come"
        assert (FIRST + timedelta(days=known + HORIZON)).isoformat() not in told, "a day beyond the horizon"


def test_no_id_of_the_hidden_tables_is_dealt_and_no_two_rounds_share_one(folder: Path) -> None:
    _, dealt = rounds_of(folder)
    hidden = {f"R{number}" for number in range(PUBLIC, PUBLIC + HIDDEN)}
    given = [{row["id"] for name in ("train.csv", "test.csv") for row in table(one.files[name])} for one in dealt]
    assert not any(ids & hidden for ids in given)
    public = {f"R{number}" for number in range(PUBLIC)}
    assert given[0] & given[1] == public
    assert {row["id"] for row in table(dealt[0].files["sample_submission.csv"])} == set(dealt[0].ids)
    assert dealt[0] == deal(load_assignment(folder), "run")


def test_the_result_is_over_all_rounds_of_a_suite_and_tells_each_cutoff(folder: Path) -> None:
    assignment, dealt = rounds_of(folder)
    off = (1.0, 2.0, 0.2)
    values = [np.array([float(label) for label in one.labels]) + by for one, by in zip(dealt, off, strict=True)]
    iid, late = evaluate_rounds(values, dealt, assignment).suites
    assert (iid.rows, iid.value) == (14, pytest.approx(0.75))
    assert (late.suite, late.rows, late.value, late.normalised) == ("late", 7, pytest.approx(0.1), 1)
    assert [(one.cutoff, one.value) for one in iid.rounds] == [("2024-03-04", 0.5), ("2024-03-14", 1.0)]
    assert [one.normalised for one in iid.rounds] == [pytest.approx(0.625), 0]
    assert [one.cutoff for one in late.rounds] == ["2024-03-24"]
    assert iid.low < iid.value < iid.high
    (weekdays,) = iid.slices
    assert weekdays.rows == 10, "of the first suite's two rounds"


def test_the_round_at_the_last_public_day_has_the_public_training_file_as_it_is(folder: Path) -> None:
    path = folder / "assignment.toml"
    path.write_text(path.read_text().replace('["2024-03-04"', '["2024-02-29"'))
    first, second, _ = rounds_of(folder)[1]
    public = (folder / "data" / "public" / "train.csv").read_bytes()
    assert first.files["train.csv"] == public
    assert second.files["train.csv"].startswith(public)


def test_errors_that_go_together_widen_the_interval() -> None:
    random = np.random.default_rng(0)
    truth = np.zeros(280)
    predicted = np.repeat(random.normal(size=40), 7)
    blocks = [row // 7 for row in range(280)]
    apart = interval(METRICS["mae"], truth, predicted, seed=1, stratified=False)
    together = block_interval(METRICS["mae"], truth, predicted, blocks, seed=1)
    assert together[1] - together[0] > 1.5 * (apart[1] - apart[0])


def test_a_failure_in_a_later_round_names_it_and_says_that_the_first_went_well(folder: Path, tmp_path: Path) -> None:
    assignment, dealt = rounds_of(folder)
    failure = Failure(code="run.failed", message="KeyError: '2024-03-15'", path="predict.py", line=3)
    runs = Runs(good_run(dealt[0], tmp_path), (), later=(Run(None, failure, (), dealt[1]),))
    found, evaluated = evaluated_runs(runs, assignment, Future())
    assert evaluated is None
    assert found is not None
    assert found.message == "Round 2 of 3: KeyError: '2024-03-15'", "candidates read it, and are not told the cut-offs"
    assert found.observed == ("the cut-off was 2024-03-14",)
    assert (found.code, found.path, found.line) == ("run.failed", "predict.py", 3)
    assert "ran at an earlier cut-off" in found.hint


def good_run(dealt: Deal, folder: Path) -> Run:
    from grader.model import RunResult, SandboxResult

    (folder / "predictions.csv").write_text("id,prediction\n" + "".join(f"{name},1\n" for name in dealt.ids))
    ended = SandboxResult.model_construct(ended="exited", exit_code=0, wall_s=1.0, peak_memory_bytes=None)
    return Run(RunResult.model_construct(sandbox=ended, failure=None, collected=folder), None, (), dealt)


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('"2024-03-14", "2024-03-24"]', '"2024-03-24", "2024-03-14"]', "rounds", "rise"),
        ('["2024-03-04"', '["4 March 2024"', "rounds.cutoffs.0", "isoformat"),
        ('["2024-03-04"', '["2024-02-20"', "rounds.cutoffs", "before the last public row"),
        ("horizon = 7", "horizon = 20", "rounds.cutoffs", "only 16 hidden rows come after cut-off 2024-03-24"),
        ('column = "date"\nhorizon', 'column = "time"\nhorizon', "rounds.column", "no column 'time'"),
        ('observed = ["rain"]', 'observed = ["snow"]', "", "and rounds.observed"),
        ('observed = ["rain"]', "", "", "not those of the public test file"),
        ('cutoffs = ["2024-03-24"]\n[', 'cutoffs = ["2024-03-23"]\n[', "", "none of rounds.cutoffs"),
        ('cutoffs = ["2024-03-24"]\n[', 'features = "f.csv"\nlabels = "l.csv"\n[', "", "no tables of its own"),
        ('cutoffs = ["2024-03-24"]\n[', "[", "suites.0", "either features and labels, or cutoffs"),
        ("[[slices]]", "[stress]\nrepeat = true\n[[slices]]", "", "no stress run"),
        ("[rounds]", "[roundabout]", "", ""),
    ],
)
def test_what_does_not_fit_is_said_with_its_key(folder: Path, old: str, new: str, key: str, says: str) -> None:
    error = refusal(folder, old, new)
    assert says in error.message
    assert not key or error.key == key


def test_hidden_days_that_are_not_after_the_public_ones_are_refused(folder: Path) -> None:
    path = folder / "data/hidden/features.csv"
    path.write_text(path.read_text().replace("2024-03-01", "2024-02-01"))
    with pytest.raises(AssignmentError) as caught:
        load_assignment(folder)
    assert "is not after the last public row" in caught.value.message
    assert caught.value.path == "data/hidden/features.csv"


def test_a_time_that_is_no_iso_date_or_is_there_twice_is_named(folder: Path) -> None:
    path = folder / "data/hidden/features.csv"
    text = path.read_text()
    path.write_text(text.replace("2024-03-20", "20.3.2024"))
    with pytest.raises(AssignmentError, match="no ISO date"):
        load_assignment(folder)
    path.write_text(text.replace("2024-03-20", "2024-03-19"))
    with pytest.raises(AssignmentError, match="occurs twice"):
        load_assignment(folder)
