"""What was not read may hold what a criterion asks for: it neither accuses nor says that it does not apply."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, notebook, verdict, work

PRINTS = "print(1)\n"
BROKEN = "def (:\n    model.fit(a)\n"
OF_MODELS = ("evaluation.fitting_metric", "evaluation.held_out_evaluation", "evaluation.spread_shown",
             "evaluation.error_analysis", "evaluation.features_interpreted", "evaluation.limits_written",
             "model_choice.baseline_compared", "model_choice.several_models", "model_choice.choice_justified",
             "model_choice.hyperparameters_searched", "model_choice.imbalance_treated",
             "model_choice.seeded")  # fmt: skip
OF_DATA = ("data_preparation.missing_values", "data_preparation.types_parsed", "data_preparation.target_looked_at",
           "data_preparation.encoding_fits_new_rows", "data_preparation.duplicates_and_outliers",
           "data_preparation.exploration_acted_on", "data_preparation.split_fits_data",
           "data_preparation.pipeline_used", "data_preparation.raw_data_kept")  # fmt: skip
OF_CODE = ("code_quality.dependencies_pinned", "code_quality.no_absolute_paths", "code_quality.short_functions",
           "code_quality.no_dead_code", "code_quality.no_repeated_code", "code_quality.names_tell",
           "production_readiness.input_validated", "production_readiness.configurable",
           "production_readiness.model_kept")  # fmt: skip


@pytest.mark.parametrize("name", [*OF_MODELS, *OF_DATA, *OF_CODE])
def test_what_was_not_seen_may_stand_in_what_was_not_read(name: str) -> None:
    assert verdict(name, work({"a.ipynb": notebook(PRINTS)})) == "not_applicable"
    found = finding(name, work({"a.ipynb": notebook(PRINTS, BROKEN)}))
    if name.startswith("production_readiness.") and found.verdict == "not_applicable":
        assert "asked for" in found.reason
        return
    assert found.verdict == "needs_human"
    assert "a.ipynb is not valid Python 3 in 1 place" in found.reason
    assert found.evidence[0].cell == 1


def test_an_analysis_may_have_its_program_in_a_script_that_was_not_read() -> None:
    loads = notebook("import pandas as pd\nframe = pd.read_csv('a.csv')\n")
    name = "production_readiness.input_validated"
    assert verdict(name, work({"a.ipynb": loads})) == "not_applicable"
    assert verdict(name, work({"a.ipynb": loads, "b.ipynb": notebook(BROKEN)})) == "not_applicable"
    assert verdict(name, work({"a.ipynb": loads, "serve.py": BROKEN})) == "needs_human"


def test_a_notebook_that_was_not_read_is_no_program_that_says_nothing() -> None:
    name = "production_readiness.logging_and_errors"
    assert verdict(name, work({"a.py": "a = 1\n", "b.ipynb": notebook(BROKEN)})) == "not_applicable"
    assert verdict(name, work({"a.py": "a = 1\n", "b.py": "def (:\n"})) == "needs_human"


def test_a_notebook_that_was_not_read_may_have_an_order() -> None:
    name = "code_quality.notebook_runs_in_order"
    assert verdict(name, work({"a.py": PRINTS, "b.py": BROKEN})) == "not_applicable"
    assert verdict(name, work({"a.py": PRINTS, "b.ipynb": "{"})) == "needs_human"


@pytest.mark.parametrize("content", ["", "\n", '{"cells": []}'])
def test_an_empty_notebook_hides_nothing_and_has_no_order(content: str) -> None:
    files = {"a.py": PRINTS, "b.ipynb": content}
    assert verdict("code_quality.notebook_runs_in_order", work(files)) == "not_applicable"
    assert verdict("evaluation.held_out_evaluation", work(files)) == "not_applicable"
    assert verdict("code_quality.no_real_faults", work(files)) == "met"


def test_a_cell_out_of_order_is_counted_among_the_empty_ones_too() -> None:
    book = notebook("a = 1", "", " \n", "b = a", "c = b", "print(c)", counts=[1, None, None, 5, 3, 6])
    found = finding("code_quality.notebook_runs_in_order", work({"a.ipynb": book}))
    assert (found.verdict, found.evidence[0].cell) == ("not_met", 4)
