"""Which model predicts in the end, and by which printed figures it is held against a simpler one."""

from __future__ import annotations

import pytest
from cases_model_choice import COMPARED, FINAL_FOREST, START
from rubric_evidence import finding, printed, verdict, work

SIMPLEST, SEVERAL = "model_choice.simplest_good_model", "model_choice.several_models"
BUILT = START + (
    "a, b, c, d = train_test_split(X, y, random_state=0)\n"
    "from sklearn.ensemble import VotingClassifier, GradientBoostingClassifier\n"
    "def floor():\n    return make_pipeline(StandardScaler(), LogisticRegression())\n"
    "def build():\n    both = [('b', GradientBoostingClassifier()), ('f', RandomForestClassifier(max_depth=3))]\n"
    "    return make_pipeline(StandardScaler(), VotingClassifier(both))\n"
    "for candidate in (floor(), build()):\n    print(cross_val_score(candidate, a, c))\n"
    "final = build().fit(a, c)\nprint(final.predict(b))\n"
)


@pytest.mark.parametrize(
    ("expected", "lines"),
    [
        ("met", "LR AUC 0.80\nRF AUC 0.85"),
        ("not_met", "LR AUC 0.845\nRF AUC 0.85"),
        ("not_applicable", "LR 0.80\nRF 0.85"),  # no metric is named
        ("not_applicable", "DT AUC 0.80\nRF AUC 0.85"),  # the work has no tree
        ("not_applicable", "LR and RF AUC 0.80\nRF AUC 0.85"),  # of which of them?
        ("not_applicable", "lr AUC 0.80\nRF AUC 0.85"),  # a rate of learning, say
    ],
)
def test_models_may_be_printed_in_capitals(expected: str, lines: str) -> None:
    assert verdict(SIMPLEST, work(FINAL_FOREST, observed=printed(lines))) == expected


def test_the_reason_does_not_deny_what_was_printed() -> None:
    found = finding(SIMPLEST, work(FINAL_FOREST, observed=printed("LR 0.80\nRF 0.85")))
    assert "No printed figures were seen that name a metric" in found.reason


def test_a_model_that_a_function_builds_is_the_final_one() -> None:
    alone = BUILT.replace("build().fit", "floor().fit")
    assert "LogisticRegression, predicts" in finding(SIMPLEST, work(alone)).reason
    assert "No printed figures" in finding(SIMPLEST, work(BUILT)).reason


def test_an_ensemble_is_measured_in_its_members_place() -> None:
    found = finding(SEVERAL, work(BUILT))
    assert found.verdict == "met"
    assert "LogisticRegression, VotingClassifier" in found.reason


def test_the_last_of_two_tasks_is_not_the_final_model() -> None:
    priced = COMPARED + (
        "from sklearn.linear_model import LinearRegression\nprice = LinearRegression().fit(a, frame['price'])\n"
        "print(price.predict(b))\n"
    )
    assert verdict(SIMPLEST, work(priced)) == "not_applicable"
    assert verdict(SIMPLEST, work(COMPARED + "print(lr.predict(b))\n")) == "met"
