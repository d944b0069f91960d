"""Excerpts as real submissions have them that a search for keywords would get wrong, at least two a criterion."""

from __future__ import annotations

import cases_keyword_search_code
import cases_keyword_search_data
import cases_keyword_search_models
import cases_keyword_search_operation
import pytest
from rubric_evidence import Case, finding, plan, shown_less_than, work

TRAPS = {
    "data_preparation": cases_keyword_search_data.TRAPS,
    "model_choice": cases_keyword_search_models.CHOSEN,
    "evaluation": cases_keyword_search_models.MEASURED,
    "code_quality": cases_keyword_search_code.TRAPS,
    "production_readiness": cases_keyword_search_operation.TRAPS,
}


@pytest.mark.parametrize("given", [case for cases in TRAPS.values() for case in cases], ids=str)
def test_what_a_keyword_search_would_get_wrong(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


@pytest.mark.parametrize("dimension", TRAPS)
def test_every_criterion_has_two_such_excerpts(dimension: str) -> None:
    assert shown_less_than(2, dimension, TRAPS[dimension]) == []


def test_a_readme_that_names_another_file_than_the_one_that_runs_is_no_help() -> None:
    load = cases_keyword_search_code.LOAD
    files = {"train.py": load, "predict.py": load, "README.md": "pip install pandas\nOpen predict.py."}
    evidence = work(files, plan=plan("train.py"))
    assert finding("code_quality.how_to_run_documented", evidence).verdict == "partly"
