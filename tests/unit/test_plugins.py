"""Criteria and findings: checked when they are declared and when they are given, and never able to cost a report."""

from __future__ import annotations

from types import ModuleType

import pytest
from pydantic import ValidationError
from rubric_evidence import work

from grader.model import DIMENSIONS, Evidence, Span
from grader.plugins import (
    Criterion,
    Finding,
    criteria_of,
    criterion,
    dimension,
    judge,
    load_criteria,
    met,
    not_met,
    partly,
)
from grader.plugins.criteria import CriterionFunction

PLACE = [Span(path="a.py", line=1)]


def test_every_dimension_has_at_least_four_built_in_criteria() -> None:
    found = [item.dimension for item in load_criteria()]
    assert min(found.count(dimension) for dimension in DIMENSIONS) >= 4


def test_the_leakage_criteria_have_the_ids_that_other_tools_rely_on() -> None:
    leakage = {item.id for item in load_criteria() if "leak" in item.id or "scored_on" in item.id}
    assert leakage == {
        "data_preparation.preprocessing_leakage",
        "data_preparation.overlap_leakage",
        "data_preparation.target_leakage",
        "data_preparation.temporal_leakage",
        "evaluation.multi_test_leakage",
        "evaluation.scored_on_training_data",
    }


def test_every_built_in_criterion_says_what_it_judges() -> None:
    assert [item.id for item in load_criteria() if len(item.definition) < 40 or not item.title] == []


def test_an_imported_criterion_is_not_registered_again() -> None:
    borrowed = ModuleType("borrower")
    vars(borrowed).update(vars(__import__("rubrics.evaluation", fromlist=["x"])))
    borrowed.__name__ = "borrower"
    assert criteria_of(borrowed) == []


@pytest.mark.parametrize(
    ("id", "weight", "said"),
    [("evaluation.", 1, "is not DIMENSION.name"), ("evaluation.a b", 1, "is not DIMENSION.name")]
    + [("evaluation.a", weight, "weight must be positive") for weight in (0, -1, float("nan"), float("inf"), "3")],
)
def test_a_criterion_with_a_wrong_id_or_weight_needs_a_person_and_says_why(id: str, weight: float, said: str) -> None:
    marked = criterion(id, title="x", weight=weight)(lambda evidence: met("x", evidence=PLACE))
    found = judge(vars(marked)["criterion"], Evidence())
    assert found.verdict == "needs_human"
    assert said in found.reason


@pytest.mark.parametrize("function", [lambda evidence, more: None, lambda: None, lambda *, evidence: None])
def test_a_criterion_must_take_the_evidence_alone(function: CriterionFunction) -> None:
    marked = criterion("evaluation.a", title="x")(function)
    assert "exactly one argument" in judge(vars(marked)["criterion"], Evidence()).reason


@pytest.mark.parametrize(
    ("id", "weight"),
    [("evaluation", 0), ("hidden", 0), ("Fair ness", 0), ("fairness", -1), ("fairness", float("nan"))],
)
def test_a_dimension_that_clashes_or_weighs_less_than_nothing_has_a_problem(id: str, weight: float) -> None:
    assert dimension(id, title="x", weight=weight).problem


def judged(answer: object) -> Finding:
    return judge(Criterion("evaluation.a", "a", 1, lambda evidence: answer, ""), Evidence())  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    "found",
    [met("Good.", evidence=[]), not_met("Bad.", evidence=[]), partly("So.", evidence=[]), met("Good."), not_met("Bad."),
     partly("So.")],
)  # fmt: skip
def test_a_verdict_without_a_place_is_left_to_a_person(found: Finding) -> None:
    assert judged(found).verdict == "needs_human"
    assert judged(found).score is None
    assert found.reason in judged(found).reason


@pytest.mark.parametrize(
    ("place", "verdict"),
    [
        (Span(path="train.py", line=2), "met"),
        (Span(path="train.py"), "met"),
        (Span(path="train.py", line=999), "needs_human"),
        (Span(path="does/not/exist.py", line=1, text="made up"), "needs_human"),
        (Span(path="x" * 2000), "needs_human"),
    ],
)
def test_a_place_that_is_not_in_the_work_is_none(place: Span, verdict: str) -> None:
    item = Criterion("evaluation.a", "a", 1, lambda _: met("Good.", evidence=[place]), "")
    assert judge(item, work("import os\nprint(os.name)\n")).verdict == verdict


def test_what_is_no_finding_is_left_to_a_person() -> None:
    assert judged(None).verdict == "needs_human"
    assert judged("met").verdict == "needs_human"


@pytest.mark.parametrize(
    ("verdict", "mark"), [("met", 0.5), ("not_met", 1), ("partly", 2), ("met", None), ("needs_human", 1)]
)
def test_a_finding_cannot_have_a_score_that_contradicts_its_verdict(verdict: str, mark: float | None) -> None:
    with pytest.raises(ValidationError):
        Finding.model_validate({"verdict": verdict, "score": mark, "reason": "x"})


def test_a_finding_keeps_a_bounded_number_of_places() -> None:
    assert len(met("x", evidence=[Span(path="a.py", line=n) for n in range(1, 500)]).evidence) == 12
