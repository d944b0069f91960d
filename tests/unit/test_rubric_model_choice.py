"""What the criteria of model choice say of small works."""

from __future__ import annotations

import pytest
from cases_model_choice import CASES, COMPARED, FOREST, HUGE
from rubric_evidence import Case, finding, missing_verdicts, work


@pytest.mark.parametrize("given", CASES, ids=str)
def test_verdict(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


def test_every_verdict_that_a_criterion_can_give_is_shown() -> None:
    assert missing_verdicts("model_choice", CASES) == {}


def test_models_are_named_so_that_a_reviewer_can_check() -> None:
    found = finding("model_choice.several_models", work(FOREST))
    assert "RandomForestClassifier" in found.reason
    assert found.evidence[0].line == FOREST.count("\n") - 1


def test_models_in_a_function_that_nobody_calls_do_not_count() -> None:
    start, _, rest = COMPARED.partition("a, b, c, d")
    unused = start + "def compare():\n    " + f"a, b, c, d{rest}".strip().replace("\n", "\n    ") + "\n"
    assert finding("model_choice.several_models", work(unused)).verdict == "not_applicable"
    assert finding("model_choice.several_models", work(unused + "compare()\n")).verdict == "met"


def test_a_search_is_told_with_its_number_of_fits() -> None:
    assert "1,350 models" in finding("model_choice.hyperparameters_searched", work(HUGE)).reason
