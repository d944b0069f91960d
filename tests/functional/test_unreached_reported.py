"""Practice that stands in the code and never runs, in real gradings: it earns nothing, and the report says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from plain_churn import copy_plain_churn
from typer.testing import CliRunner

from grader.cli.app import app

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]
PLAIN = """
import functools, os
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
df, test = pd.read_csv('data/train.csv'), pd.read_csv('data/test.csv')
X, y = df[['tenure', 'monthly_charges']], df['churn']
"""
PRACTICE = """folds = StratifiedKFold(5, shuffle=True, random_state=0)
for model in (DummyClassifier(), LogisticRegression(), RandomForestClassifier(random_state=0)):
    scores = cross_val_score(model, X, y, cv=folds, scoring='roc_auc')
    print(type(model).__name__, scores.mean(), scores.std())
"""
END = """
found = LogisticRegression().fit(X, y).predict_proba(test[['tenure', 'monthly_charges']])[:, 1]
test[['customer_id']].assign(prediction=found).to_csv('predictions.csv', index=False)
"""


def indented(text: str, by: int = 4) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


WAYS = {
    "a variable that nobody sets": f"if os.environ.get('NEVER_SET'):\n{indented(PRACTICE)}",
    "a default that nobody changes": (
        f"def compare(X, y, whole=False):\n    if not whole:\n        return\n{indented(PRACTICE)}compare(X, y)\n"
    ),
    "an error before it": f"try:\n    1 / 0\n{indented(PRACTICE)}except ZeroDivisionError:\n    pass\n",
    "a call that is only prepared": f"def compare():\n{indented(PRACTICE)}later = functools.partial(compare)\n",
    "a method that is overridden": (
        f"class Base:\n    def compare(self):\n{indented(PRACTICE, 8)}"
        "class Other(Base):\n    def compare(self):\n        print('no')\nOther().compare()\n"
    ),
    "a property that nobody reads": (
        f"class Work:\n    @property\n    def compared(self):\n{indented(PRACTICE, 8)}print(Work())\n"
    ),
    "a definition that is replaced": (
        f"def compare():\n{indented(PRACTICE)}def compare():\n    print('no')\ncompare()\n"
    ),
}
CRITERIA = ("model_choice.baseline_compared", "model_choice.several_models", "evaluation.spread_shown")


def graded(folder: Path, *cells: str, notebook: bool = False) -> dict[str, Any]:
    """Return the criteria of a work of these cells, as a script or a notebook, by their ids."""
    work = folder / "work"
    work.mkdir(parents=True)
    made = [{"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": c} for c in cells]
    text = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    (work / ("main.ipynb" if notebook else "main.py")).write_text(text if notebook else "".join(cells))
    churn = copy_plain_churn(folder / "churn")
    words = ["grade", str(work), "--assignment", str(churn), "--sandbox", "bubblewrap", "--output", str(folder / "out")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    report = json.loads((folder / "out" / "report.json").read_text())
    assert report["outcome"] == "completed", report["failure"]
    return {item["id"]: item for dimension in report["dimensions"] for item in dimension["criteria"]}


@pytest.mark.parametrize("notebook", [False, True], ids=["script", "notebook"])
def test_practice_that_runs_earns_what_practice_that_never_runs_does_not(tmp_path: Path, notebook: bool) -> None:
    plain = graded(tmp_path / "plain", PLAIN, END, notebook=notebook)
    done = graded(tmp_path / "done", PLAIN, PRACTICE, END, notebook=notebook)
    never = graded(tmp_path / "never", PLAIN, WAYS["a variable that nobody sets"], END, notebook=notebook)
    for name in CRITERIA:
        assert done[name]["verdict"] in ("met", "partly"), name
        assert (never[name]["verdict"], never[name]["score"]) == (plain[name]["verdict"], plain[name]["score"]), name
        assert "was not reached by the run" in never[name]["reason"]
        assert never[name]["evidence"][0]["text"].startswith("folds = ")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_way_of_never_running_it_earns_anything(tmp_path: Path, way: str) -> None:
    found = graded(tmp_path, PLAIN, way, END)
    assert [found[name]["score"] for name in CRITERIA] == [0, 0, 0]


def test_marks_that_the_work_forges_earn_no_more_than_its_code_does(tmp_path: Path) -> None:
    forged = "open(os.environ['OUTPUT_DIR'] + '/.reached', 'r+b').write(b'x' * (1 << 18))\n"
    found = graded(tmp_path, PLAIN, f"if len('practice') > 100:\n{indented(PRACTICE)}", forged, END)
    assert all("not reached" not in item["reason"] for item in found.values())
