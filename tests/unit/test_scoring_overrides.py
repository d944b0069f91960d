"""A reviewer's verdicts in place of the rubric's, and the score that they come to."""

from __future__ import annotations

from pathlib import Path

import pytest
from stored_reports import batch_of

from grader.model import CriterionResult, Gate, Report, RubricSpec, Verdict
from grader.report.folder import read_folder
from grader.scoring import with_overrides


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    folder: Path = batch_of(tmp_path_factory.mktemp("batch"), ["a", "b", "c"])
    stored = [read_folder(folder / name) for name in "abc"]
    return [report.model_copy(update={"hidden": evidence.hidden}) for report, evidence in stored]


def judged(report: Report, *verdicts: Verdict) -> CriterionResult:
    """Return the first criterion with one of these verdicts in a dimension that counts."""
    parts = [part for part in report.dimensions if part.weight]
    return next(item for part in parts for item in part.criteria if item.verdict in verdicts and item.weight)


def found(report: Report, name: str) -> CriterionResult:
    return next(item for part in report.dimensions for item in part.criteria if item.id == name)


def test_no_override_leaves_the_report_as_it_is(reports: list[Report]) -> None:
    for report in reports:
        assert report.score is not None
        assert with_overrides(report, {}) == report


def test_a_better_verdict_raises_and_a_worse_one_lowers_the_score_and_its_interval(reports: list[Report]) -> None:
    report = reports[0]
    assert report.score is not None
    assert report.low is not None
    bad, good = judged(report, "not_met"), judged(report, "met")
    better, worse = with_overrides(report, {bad.id: "met"}), with_overrides(report, {good.id: "not_met"})
    assert better.score is not None
    assert worse.score is not None
    assert better.low is not None
    assert worse.score < report.score < better.score
    assert report.low < better.low
    assert (found(better, bad.id).verdict, found(better, bad.id).score) == ("met", 1.0)


def test_what_a_person_judged_counts_from_then_on_and_what_does_not_apply_no_more(reports: list[Report]) -> None:
    report = reports[0]
    bad = judged(report, "not_met")
    left_out = with_overrides(report, {bad.id: "not_applicable"})
    assert found(left_out, bad.id).score is None
    assert with_overrides(left_out, {bad.id: "not_met"}).score == report.score


def test_an_override_opens_a_gate(reports: list[Report]) -> None:
    bad = judged(reports[0], "not_met")
    rubric = RubricSpec(gates=(Gate(criterion=bad.id, at_most=5),))
    receipt = reports[0].receipt.model_copy(update={"rubric": rubric})
    gated = with_overrides(reports[0].model_copy(update={"receipt": receipt}), {})
    assert gated.score == 5
    opened = with_overrides(gated, {bad.id: "met"})
    assert opened.gates == ()
    assert opened.score is not None
    assert opened.score > 5


def test_a_reason_that_no_verdict_takes_away_stays(reports: list[Report]) -> None:
    why = "main.so is imported and was not read."
    unread = reports[0].model_copy(update={"score": None, "low": None, "high": None, "unscored_reason": why})
    after = with_overrides(unread, {judged(unread, "not_met").id: "met"})
    assert (after.score, after.unscored_reason) == (None, why)


def test_so_little_judged_is_no_score_until_a_person_has_judged_the_rest(reports: list[Report]) -> None:
    report = reports[0]
    everything = [item.id for part in report.dimensions for item in part.criteria]
    empty = report.model_copy(update={"hidden": (), "hidden_score": None})
    unjudged = with_overrides(empty, dict.fromkeys(everything, "needs_human"))
    assert unjudged.score is None
    assert "could be judged" in (unjudged.unscored_reason or "")
    assert with_overrides(unjudged, dict.fromkeys(everything, "met")).score == 100
