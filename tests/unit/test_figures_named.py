"""A number that a cell prints without a name is the metric that the cell computes."""

from __future__ import annotations

import json

import pytest
from rubric_evidence import finding, notebook, work

from grader.evidence import check_claims, named_by_code, read_observed
from grader.model import Figure, Span

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
CLAIMED = Figure(span=Span(path="README.md", text="AUC 0.93"), metric="ROC AUC", value=0.93)
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


LOOP = "for t in [0.2, 0.3]:\n    print(t, f1_score(y, p > t))\nprint(confusion_matrix(y, p))"


def test_numbers_of_a_cell_are_told_to_be_among_its_metrics() -> None:
    found = observed("", "0.2 0.91\n0.3 0.93", cells=(SET_UP, LOOP))
    assert {(item.metric, item.among) for item in found} == {("", ("F1",))}
    assert check_claims([CLAIMED], [], found)[0].agrees is None


@pytest.mark.parametrize("more", ["print(area)", "other(y, p)"])
def test_of_a_cell_that_prints_a_result_of_another_nothing_is_told(more: str) -> None:
    earlier = "area = roc_auc_score(y, p)\nother = make_scorer(fbeta_score, beta=2)"
    found = observed("", "", "0.2 0.91\n0.3 0.93\n0.93", cells=(SET_UP, earlier, f"{LOOP}\n{more}"))
    assert {(item.metric, item.among) for item in found} == {("", () if "area" in more else ("F1",))}


@pytest.mark.parametrize(
    ("code", "printed", "metric"),
    [
        ("print('LR', roc_auc_score(y, p))", "LR 0.757", "ROC AUC"),
        ("print('LR:', round(roc_auc_score(y, p), 3))", "LR: 0.757", "ROC AUC"),
        ("print(f'LR {roc_auc_score(y, p):.3f}')", "LR 0.757", "ROC AUC"),
        ("found = roc_auc_score(y, p)\nprint('LR', found)", "LR 0.757", "ROC AUC"),
        ("for name in models:\n    print(name, roc_auc_score(y, p))", "LR 0.757", "ROC AUC"),
        ("print('LR', found)", "LR 0.757", ""),
        ("print('RF', roc_auc_score(y, p))", "LR 0.757", ""),
        ("print('LR', roc_auc_score(y, p))\nprint('LR', f1_score(y, p))", "LR 0.757", ""),
        ("for name in models:\n    print(name, roc_auc_score(y, p))\n    print(name, took)", "LR 0.757", ""),
        ("print('LR', mean_squared_error(y, p))", "LR 0.757", ""),  # its root may be meant
    ],
)
def test_a_number_behind_a_text_is_what_the_code_prints_behind_it(code: str, printed: str, metric: str) -> None:
    calls = work(f"{SET_UP}\np = models = took = y\n{code}\n").code.calls
    (figure,) = named_by_code(read_observed("train.py", None, printed), calls)
    assert (figure.metric, figure.subject) == (metric, "logistic regression")


def test_a_final_model_that_is_worse_than_a_simple_one_is_told_from_unnamed_numbers() -> None:
    evidence = work({"a.ipynb": notebook(SET_UP, LINEAR, FOREST, FINAL)}, observed=observed("", "0.8507", "0.8245", ""))
    found = finding("model_choice.simplest_good_model", evidence)
    assert found.verdict == "not_met"
    assert "RandomForestClassifier 0.8245, logistic regression 0.8507 (ROC AUC)" in found.reason
