"""A number that a cell prints without a name is the metric that the cell computes."""

from __future__ import annotations

import json

import pytest
from rubric_evidence import finding, notebook, work

from grader.evidence import named_by_code, read_observed
from grader.model import Figure

SET_UP = (
    "import pandas as pd\nfrom sklearn.metrics import *\nfrom sklearn.linear_model import LogisticRegression\n"
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.pipeline import Pipeline\n"
    "df = pd.read_csv('a.csv')\nX, y = df[['a']], df['y']"
)
LINEAR = "linear = LogisticRegression()\nlinear.fit(X, y)\nroc_auc_score(y, linear.predict_proba(X)[:, 1])"
FOREST = (
    "forest = Pipeline([('m', RandomForestClassifier())])\nforest.fit(X, y)\np = forest.predict_proba(X)[:, 1]\n"
    "print(roc_auc_score(y, p))"
)
FINAL = "out = forest.predict(X)"


def observed(*printed: str, cells: tuple[str, ...] = (SET_UP, LINEAR, FOREST, FINAL)) -> tuple[Figure, ...]:
    """Return the figures of a run of `cells` that printed one text each."""
    outputs = [[{"output_type": "stream", "name": "stdout", "text": text}] if text else [] for text in printed]
    book = {"cells": [{"cell_type": "code", "outputs": output} for output in outputs]}
    calls = work({"a.ipynb": notebook(*cells)}).code.calls
    return named_by_code(read_observed("a.ipynb", json.dumps(book).encode(), ""), calls)


def test_the_metric_and_the_model_are_those_of_the_code() -> None:
    found = observed("", "0.8507", "0.8245\n", "")
    assert [(item.metric, item.value, item.subject) for item in found] == [
        ("ROC AUC", 0.8507, "logistic regression"),
        ("ROC AUC", 0.8245, "random forest"),
    ]


@pytest.mark.parametrize(
    ("cell", "printed"),
    [
        (LINEAR, "0.85\n0.86"),  # one of the two is something else
        ("mean_squared_error(y, y)", "0.85"),  # its root may have been drawn
        ("print(len(df) / 7)", "0.85"),
    ],
)
def test_a_number_that_may_be_something_else_stays_without_a_name(cell: str, printed: str) -> None:
    assert {item.metric for item in observed("", printed, cells=(SET_UP, cell))} == {""}


def test_a_final_model_that_is_worse_than_a_simple_one_is_told_from_unnamed_numbers() -> None:
    evidence = work({"a.ipynb": notebook(SET_UP, LINEAR, FOREST, FINAL)}, observed=observed("", "0.8507", "0.8245", ""))
    found = finding("model_choice.simplest_good_model", evidence)
    assert found.verdict == "not_met"
    assert "RandomForestClassifier 0.8245, logistic regression 0.8507 (ROC AUC)" in found.reason
