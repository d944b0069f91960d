"""What the score promises: bounds, order, honesty about what was not judged, and the same bytes every time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from rubric_evidence import CRITERIA, hidden, work

from grader.model import DIMENSIONS, Evidence, Failure, Span, Weights
from grader.plugins import Criterion, Finding, met, needs_human, not_applicable, not_met, partly
from grader.scoring import score

PLACE = [Span(path="train.py", line=1)]
FAILED = Failure(code="notebook.cell_error", message="A cell failed.")
OURS = Failure(code="infrastructure.sandbox", message="The sandbox failed.")


def graded(mark: float) -> Finding:
    """Return a finding worth `mark`."""
    if mark in (0, 1):
        return (met if mark else not_met)("seen", evidence=PLACE)
    return partly("seen", evidence=PLACE, score=mark)


def criterion_of(name: str, found: Finding, weight: float = 1) -> Criterion:
    return Criterion(name, name, weight, lambda evidence: found, "")


def dimension_score(criteria: list[Criterion], dimension: str = "evaluation") -> float | None:
    found = score(Evidence(), criteria, None)
    return next(item.score for item in found.dimensions if item.id == dimension)


def test_a_dimension_is_the_weighted_mean_of_its_criteria() -> None:
    criteria = [criterion_of("evaluation.a", graded(1), 3), criterion_of("evaluation.b", graded(0), 1)]
    assert dimension_score(criteria) == 75


@pytest.mark.parametrize("unscored", [not_applicable("no split"), needs_human("look")])
def test_what_was_not_scored_is_left_out_and_not_counted_as_zero(unscored: Finding) -> None:
    criteria = [criterion_of("evaluation.a", graded(1)), criterion_of("evaluation.b", unscored, 5)]
    assert dimension_score(criteria) == 100


def test_a_dimension_without_a_scored_criterion_has_no_score_and_no_weight() -> None:
    criteria = [criterion_of("evaluation.a", not_applicable("x")), criterion_of("code_quality.a", graded(0.5))]
    assert dimension_score(criteria) is None
    assert score(Evidence(), criteria, Weights(code_quality=20)).value == 50


def test_where_less_than_half_of_the_weight_could_be_judged_there_is_no_score_and_it_is_said_why() -> None:
    criteria = [criterion_of("evaluation.a", needs_human("x")), criterion_of("code_quality.a", graded(1))]
    found = score(Evidence(), criteria, Weights(evaluation=60, code_quality=40))
    assert found.value is None
    assert found.unscored_reason == "Only 40% of the weight could be judged; a score needs 50%."
    assert score(Evidence(), criteria, Weights(evaluation=50, code_quality=50)).value == 100


def test_a_submission_refused_at_intake_has_no_score_rather_than_a_low_one() -> None:
    criteria = [criterion_of("evaluation.a", not_applicable("x"))]
    failed = Evidence(failure=Failure(code="archive.corrupt", message="x"), has_hidden_data=True)
    found = score(failed, criteria, Weights(hidden=40, evaluation=60))
    assert (found.value, found.hidden_score) == (None, 0)


def test_all_five_dimensions_are_there_even_without_criteria() -> None:
    found = score(Evidence(), [], None)
    assert [item.id for item in found.dimensions] == list(DIMENSIONS)
    assert found.value is None


def test_the_whole_weighs_the_hidden_part_against_the_dimensions() -> None:
    evidence = Evidence(hidden=(hidden(0.5),), has_hidden_data=True)
    weights = Weights(hidden=30, evaluation=10)
    found = score(evidence, [criterion_of("evaluation.a", graded(1))], weights)
    assert (found.hidden_weight, found.hidden_score) == (30, 50)
    assert found.value == pytest.approx((30 * 50 + 10 * 100) / 40)


def test_the_hidden_interval_is_carried_through_the_weights() -> None:
    evidence = Evidence(hidden=(hidden(0.5, spread=0.2),), has_hidden_data=True)
    found = score(evidence, [criterion_of("evaluation.a", graded(1))], Weights(hidden=10, evaluation=10))
    assert (found.low, found.value, found.high) == (65, 75, 85)


def test_several_suites_count_alike() -> None:
    evidence = Evidence(hidden=(hidden(0.2), hidden(0.8, suite="shifted")), has_hidden_data=True)
    assert score(evidence, [], None).hidden_score == 50


def test_a_failed_submission_has_nothing_of_the_hidden_part_but_keeps_what_was_read() -> None:
    evidence = Evidence(failure=FAILED, has_hidden_data=True)
    found = score(evidence, [criterion_of("evaluation.a", graded(1))], Weights(hidden=30, evaluation=10))
    assert (found.hidden_score, found.value) == (0, 25)
    assert found.low is None


def test_a_failure_of_ours_gives_no_score_at_all() -> None:
    evidence = Evidence(failure=OURS, has_hidden_data=True)
    found = score(evidence, [criterion_of("evaluation.a", graded(1))], None)
    assert (found.value, found.hidden_score) == (None, None)


def test_a_portfolio_piece_has_no_hidden_part_and_no_interval() -> None:
    found = score(Evidence(failure=FAILED), [criterion_of("evaluation.a", graded(0.5))], None)
    assert (found.hidden_weight, found.hidden_score, found.value) == (0, None, 50)
    assert (found.low, found.high) == (None, None)


def test_a_criterion_that_raises_costs_neither_points_nor_the_report() -> None:
    def broken(evidence: Evidence) -> Finding:
        raise KeyError("x")

    criteria = [Criterion("evaluation.a", "a", 1, broken, ""), criterion_of("evaluation.b", graded(1))]
    found = score(Evidence(), criteria, None)
    result = next(item for item in found.dimensions if item.id == "evaluation").criteria[0]
    assert (result.verdict, result.score) == ("needs_human", None)
    assert found.value == 100


MARKS = some.lists(
    some.tuples(some.sampled_from(list(DIMENSIONS)), some.floats(0, 1), some.floats(0.1, 10)), min_size=1, max_size=8
)


def made(marks: list[tuple[str, float, float]]) -> list[Criterion]:
    return [criterion_of(f"{key}.c{n}", graded(mark), weight) for n, (key, mark, weight) in enumerate(marks)]


@settings(deadline=None)
@given(MARKS, some.floats(0, 1), some.floats(0, 0.5))
def test_a_score_stays_within_bounds_and_within_its_interval(
    marks: list[tuple[str, float, float]], value: float, spread: float
) -> None:
    found = score(Evidence(hidden=(hidden(value, spread=spread),), has_hidden_data=True), made(marks), None)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 100


@settings(deadline=None)
@given(MARKS, some.integers(0, 7), some.floats(0, 1))
def test_a_better_finding_never_lowers_the_score(
    marks: list[tuple[str, float, float]], which: int, better: float
) -> None:
    which %= len(marks)
    key, mark, weight = marks[which]
    raised = [*marks[:which], (key, max(mark, better), weight), *marks[which + 1 :]]
    before, after = (score(Evidence(), made(each), None).value for each in (marks, raised))
    assert before is not None
    assert after is not None
    assert after >= before


def test_scoring_the_same_evidence_again_gives_the_same_bytes() -> None:
    code = "import pandas as pd\nfrom sklearn.svm import SVC\nframe = pd.read_csv('a.csv')\nSVC().fit(frame, frame.y)\n"
    evidence = work({"train.py": code, "a.ipynb": "{"}, hidden=(hidden(1 / 3),), has_hidden_data=True)
    stored = Evidence.model_validate_json(evidence.model_dump_json())
    criteria = list(CRITERIA.values())
    assert score(evidence, criteria, None).model_dump_json() == score(stored, criteria, None).model_dump_json()


@pytest.mark.parametrize("name", sorted(CRITERIA))
def test_a_criterion_says_why_it_judges_nothing_when_there_is_nothing(name: str) -> None:
    for evidence in (Evidence(), Evidence(failure=FAILED), Evidence(failure=OURS)):
        item = CRITERIA[name]
        found = item.judge(evidence)
        assert found.score is None or not found.evidence
        assert found.reason
