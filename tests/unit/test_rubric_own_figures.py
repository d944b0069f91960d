"""What a work measures by functions of its own alone is left to a person: not praised, and not said to be missing."""

from __future__ import annotations

import pytest
from rubric_evidence import verdict, work

START = (
    "import pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier\nfrom other import load, rule\n"
    "train, holdout, reserve = load()\nmodel = RandomForestClassifier().fit(train[['a']], train['y'])\n"
    "def policy_value(rows, chosen):\n    return rows.value[chosen].sum()\n"
    "def prepare(rows, chosen):\n    return rows[chosen]\n"
)
MEASURED = START + "print(policy_value(holdout, model.predict(holdout[['a']])), policy_value(holdout, rule(holdout)))\n"
CRITERIA = (
    "evaluation.held_out_evaluation", "evaluation.fitting_metric", "evaluation.spread_shown",
    "model_choice.baseline_compared", "model_choice.several_models",
)  # fmt: skip


@pytest.mark.parametrize("criterion", CRITERIA)
def test_figures_of_the_works_own_on_held_out_rows_are_left_to_a_person(criterion: str) -> None:
    assert verdict(criterion, work(MEASURED)) == "needs_human"


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize(
    ("about", "code"),
    [
        ("nothing is measured", START),
        ("held-out rows are only prepared", MEASURED.replace("policy_value(", "prepare(")),
        ("the rows are those of the fit", MEASURED.replace("holdout", "train").replace("train, train, ", "train, x, ")),
        ("nobody calls it", START + "def later():\n    return policy_value(holdout, holdout)\n"),
    ],
)
def test_what_measures_nothing_on_held_out_rows_does_not_count(criterion: str, about: str, code: str) -> None:
    assert verdict(criterion, work(code)) == "not_met", about
