"""What an assignment says of single criteria: weights, what does not apply, and gates that cap the score."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pydantic import ValidationError
from rich.console import Console

from grader.assignment import load_assignment
from grader.errors import AssignmentError
from grader.model import Evidence, Gate, Limits, Receipt, Report, RubricSpec, RunReport, Score, Span, SubmissionRef
from grader.plugins import Criterion, Finding, load_rubric, met, needs_human, not_met, partly
from grader.report.html import render_html
from grader.report.markdown import render_markdown
from grader.report.terminal import print_report
from grader.scoring import check_rubric, score
from grader.settings import read_settings
from grader.wiring import assignment_for, check_terms

CHURN = Path(__file__).resolve().parents[2] / "assignments" / "churn"
PLACE = (Span(path="model.py", line=1),)
GATED = "evaluation.split"


def criterion_of(name: str, found: Finding, weight: float = 1) -> Criterion:
    return Criterion(name, f"Title of {name}", weight, lambda evidence: found, "")


def scored(finding: Finding, rubric: RubricSpec) -> Score:
    """Score a work that is good in three criteria and has `finding` in the fourth."""
    good = [
        criterion_of(f"{name}.a", met("", evidence=PLACE)) for name in ("evaluation", "code_quality", "model_choice")
    ]
    return score(Evidence(), [*good, criterion_of(GATED, finding)], None, rubric)


def gate(at_most: float = 60, **more: object) -> RubricSpec:
    return RubricSpec.model_validate({"gates": [{"criterion": GATED, "at_most": at_most, **more}]})


def test_a_gate_caps_the_score_and_says_what_it_was_before() -> None:
    found = scored(not_met("Split at random.", evidence=PLACE), gate())
    assert (found.value, found.ungated) == (60, pytest.approx(80.56))
    assert [(item.criterion, item.at_most, item.reason) for item in found.gates] == [(GATED, 60, "Split at random.")]


def test_the_authors_reason_is_told_in_place_of_the_criterions() -> None:
    found = scored(not_met("x", evidence=PLACE), gate(reason="Dated rows are never split at random here."))
    assert found.gates[0].reason == "Dated rows are never split at random here."


@pytest.mark.parametrize("finding", [met("", evidence=PLACE), needs_human("unclear"), partly("", evidence=PLACE)])
def test_only_what_does_not_hold_closes_a_gate(finding: Finding) -> None:
    found = scored(finding, gate())
    assert (found.gates, found.ungated) == ((), None)
    assert found.value is not None
    assert found.value > 60


def test_a_gate_can_be_closed_by_partly_where_it_says_so() -> None:
    assert scored(partly("", evidence=PLACE), gate(partly=True)).value == 60


def test_a_gate_above_the_score_lowers_nothing_and_is_told_all_the_same() -> None:
    found = scored(not_met("", evidence=PLACE), gate(99))
    assert found.value == found.ungated
    assert found.gates


def test_a_criterions_weight_is_the_assignments() -> None:
    found = scored(not_met("", evidence=PLACE), RubricSpec(weights={GATED: 3}))
    evaluation = next(item for item in found.dimensions if item.id == "evaluation")
    assert (evaluation.score, evaluation.criteria[1].weight) == (25, 3)
    assert scored(not_met("", evidence=PLACE), RubricSpec(weights={GATED: 0})).value == 100


def test_what_does_not_apply_is_shown_and_counts_neither_way() -> None:
    found = scored(not_met("", evidence=PLACE), RubricSpec(not_applicable=(GATED,)))
    result = next(item for item in found.dimensions if item.id == "evaluation").criteria[1]
    assert (found.value, result.verdict, result.reason) == (
        100,
        "not_applicable",
        "The assignment does not ask for it.",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"gates": [{"criterion": GATED, "at_most": 100}]},
        {"gates": [{"criterion": GATED, "at_most": -1}]},
        {"gates": [{"criterion": "no dot", "at_most": 1}]},
        {"gates": [{"criterion": GATED, "at_most": 1}, {"criterion": GATED, "at_most": 2}]},
        {"gates": [{"criterion": GATED, "at_most": 1}], "not_applicable": [GATED]},
        {"weights": {GATED: -1}},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RubricSpec.model_validate(wrong)


def with_rubric(tmp_path: Path, text: str) -> Path:
    """Copy the churn assignment and add `text` to its settings."""
    folder = tmp_path / "asked"
    folder.mkdir()
    for name in ("data", "export.py"):
        (folder / name).symlink_to(CHURN / name)
    (folder / "assignment.toml").write_text((CHURN / "assignment.toml").read_text() + text)
    return folder


def test_an_assignment_folder_sets_it_all(tmp_path: Path) -> None:
    text = (
        '\n[rubric]\nnot_applicable = ["code_quality.documented"]\n'
        '[rubric.weights]\n"evaluation.error_analysis" = 2\n'
        '[[rubric.gates]]\ncriterion = "data_preparation.split_fits_data"\nat_most = 60\nreason = "Cut by time."\n'
    )
    rubric = load_assignment(with_rubric(tmp_path, text)).rubric
    assert rubric.weights == {"evaluation.error_analysis": 2}
    assert rubric.gates == (Gate(criterion="data_preparation.split_fits_data", at_most=60, reason="Cut by time."),)


def test_a_criterion_that_is_not_installed_is_named_with_its_key_before_anything_is_run(tmp_path: Path) -> None:
    folder = with_rubric(tmp_path, '\n[[rubric.gates]]\ncriterion = "evaluation.nonsense"\nat_most = 60\n')
    with pytest.raises(AssignmentError, match=r"evaluation\.nonsense") as caught:
        check_terms(assignment_for(read_settings(), str(folder)), load_rubric())
    assert caught.value.key == "rubric.gates.0.criterion"
    check_rubric(load_assignment(CHURN), [])


def report_of(marks: Score) -> Report:
    receipt = Receipt(grader_version="1", rubric_version="1", environment_digest="", data_digest="", seed=0,
                      limits=Limits(), run_id="1", finished_at="2026-01-01T00:00:00+00:00")  # fmt: skip
    return Report(
        assignment=None, submission=SubmissionRef(name="work", digest="", kind="folder", files=1, bytes=1),
        outcome="completed", failure=None, score=marks.value, low=None, high=None, ungated=marks.ungated,
        gates=marks.gates, hidden_weight=0, hidden_score=None, dimensions=marks.dimensions, hidden=(),
        run=RunReport(sandbox="fake"), questions=(), receipt=receipt,
    )  # fmt: skip


def test_every_form_of_the_report_tells_a_closed_gate() -> None:
    report = report_of(scored(not_met("Split at random.", evidence=PLACE), gate()))
    console = Console(file=io.StringIO(), width=200)
    print_report(console, report, None)
    for text in (render_html(report), render_markdown(report), console.file.getvalue()):  # type: ignore[attr-defined]
        assert "at most 60" in text
        assert "Split at random" in text
        assert "weighted mean of all parts is 80.6" in text
