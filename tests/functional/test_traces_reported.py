"""The two witnesses to a leak in real gradings: the code decides, the run counts, and tampering gains nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader.cli.app import app

CHURN = Path(__file__).resolve().parents[2] / "assignments" / "churn"
pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]
LOAD = """
import os
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv('data/train.csv')
X, y = df[['tenure', 'monthly_charges']], df['churn']
"""
LEAKY = "X = StandardScaler().fit_transform(X)\nA, B, a, b = train_test_split(X, y, test_size=400, random_state=0)\n"
CLEAN = (
    "A, B, a, b = train_test_split(X, y, test_size=400, random_state=0)\n"
    "sc = StandardScaler().fit(A)\nA, B = sc.transform(A), sc.transform(B)\n"
)
HIDDEN = (  # from the code alone it looks as if nothing were done
    "act = getattr(StandardScaler(), 'fit' + '_transform')\ntaken = {'X': act(X)}\n"
    "A, B, a, b = train_test_split(X.assign(tenure=taken['X'][:, 0]), y, test_size=400, random_state=0)\n"
)
MODEL = "model = LogisticRegression().fit(A, a)\nprint(accuracy_score(b, model.predict(B)))\n"
FORGED = """
import json
told = [
    {'table': 0, 'size': 9, 'kept': list(range(9))},
    {'table': 1, 'size': 4, 'kept': [20, 21, 22, 23]},
    {'event': 0, 'kind': 'fit', 'name': 'StandardScaler.fit_transform', 'file': 'main.py', 'line': 11, 'rows': 0},
    {'event': 1, 'kind': 'fit', 'name': 'M.fit', 'rows': 0},
    {'event': 2, 'kind': 'score', 'name': 'M.score', 'rows': 1, 'fitted': 1},
]
told[2]['transforms'] = True
with open(os.environ['OUTPUT_DIR'] + '/.traces.jsonl', 'w') as file:
    file.writelines(json.dumps(line) + '\\n' for line in told)
"""
TAMPERED = {
    "deleted": "os.remove(os.environ['OUTPUT_DIR'] + '/.traces.jsonl')\n",
    "out of shape": "open(os.environ['OUTPUT_DIR'] + '/.traces.jsonl', 'w').write('[' * 100000)\n",
    "forged to look clean": FORGED,
    "a link": "p = os.environ['OUTPUT_DIR'] + '/.traces.jsonl'\nos.remove(p)\nos.symlink('/etc/passwd', p)\n",
    "a FIFO": "p = os.environ['OUTPUT_DIR'] + '/.traces.jsonl'\nos.remove(p)\nos.mkfifo(p)\n",
    "endless": "open(os.environ['OUTPUT_DIR'] + '/.traces.jsonl', 'w').truncate(1 << 30)\n",
}
UNPATCHED = "for name in ('fit', 'fit_transform', 'partial_fit', 'transform'):\n    f = getattr(StandardScaler, name)\n"
UNPATCHED += "    setattr(StandardScaler, name, getattr(f, '__wrapped__', f))\n"


def grade(tmp_path: Path, *cells: str, notebook: bool = False) -> dict[str, Any]:
    """Return the report of a work of these cells, as a script or a notebook."""
    work = tmp_path / "work"
    work.mkdir(parents=True)
    if notebook:
        made = [
            {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": c} for c in cells
        ]
        text = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    (work / ("main.ipynb" if notebook else "main.py")).write_text(text if notebook else "".join(cells))
    for name in ("train.csv",):
        (work / "data").mkdir()
        (work / "data" / name).write_bytes((CHURN / "data" / "public" / name).read_bytes())
    words = ["grade", str(work), "--sandbox", "bubblewrap", "--output", str(tmp_path / "out"), "--json"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["outcome"] == "completed", report["failure"]
    return report


def preprocessing(report: dict[str, Any]) -> dict[str, Any]:
    criteria = [item for dimension in report["dimensions"] for item in dimension["criteria"]]
    return next(item for item in criteria if item["id"] == "data_preparation.preprocessing_leakage")


@pytest.mark.parametrize("notebook", [False, True])
def test_both_witnesses_see_a_leak_and_neither_sees_one_in_its_twin(tmp_path: Path, notebook: bool) -> None:
    leaky = grade(tmp_path / "leaky", LOAD, LEAKY, MODEL, notebook=notebook)
    (witness,) = leaky["traces"]["witnesses"]
    assert (witness["kind"], witness["agreement"]) == ("preprocessing", "agree")
    assert witness["sentence"].startswith(
        "all 400 rows evaluated by accuracy_score were among those that StandardScaler"
    )
    assert leaky["traces"]["self_reported"] is True
    assert preprocessing(leaky)["verdict"] == "not_met"
    assert "(self-reported) agree: all 400 rows" in preprocessing(leaky)["reason"]
    for form in ("report.html", "report.md"):
        assert "Self-reported by the run" in (tmp_path / "leaky" / "out" / form).read_text()
    clean = grade(tmp_path / "clean", LOAD, CLEAN, MODEL, notebook=notebook)
    assert (clean["traces"]["leaks"], clean["traces"]["witnesses"]) == ([], [])
    assert preprocessing(clean)["verdict"] == "met"


def test_a_leak_that_the_code_hides_is_for_a_person(tmp_path: Path) -> None:
    report = grade(tmp_path, LOAD, HIDDEN, MODEL)
    assert [witness["agreement"] for witness in report["traces"]["witnesses"]] == ["run_only"]
    found = preprocessing(report)
    assert found["verdict"] == "needs_human"
    assert found["reason"].startswith(
        "No leak was seen in the code. The run's own traces (self-reported) count otherwise"
    )
    assert [span["line"] for span in found["evidence"]] == [11, 14]


@pytest.mark.parametrize("act", TAMPERED.values(), ids=TAMPERED)
def test_tampering_with_the_traces_gains_nothing(tmp_path: Path, act: str) -> None:
    leaky = grade(tmp_path / "leaky", LOAD, LEAKY, MODEL, act)
    assert preprocessing(leaky)["verdict"] == "not_met"
    assert "agree:" not in preprocessing(leaky)["reason"]
    assert "root:" not in json.dumps(leaky)
    if act != FORGED:  # which looks like the traces of another work
        hidden = preprocessing(grade(tmp_path / "hidden", LOAD, HIDDEN, MODEL, act))
        assert hidden["verdict"] == "needs_human"
        assert "gone or changed" in hidden["reason"]


def test_a_line_taken_out_of_the_traces_leaves_it_to_a_person(tmp_path: Path) -> None:
    act = (
        "path = os.environ['OUTPUT_DIR'] + '/.traces.jsonl'\n"
        "kept = [line for line in open(path) if 'StandardScaler' not in line]\nopen(path, 'w').writelines(kept)\n"
    )
    assert preprocessing(grade(tmp_path, LOAD, HIDDEN, MODEL, act))["verdict"] == "needs_human"


def test_a_call_that_raises_leaves_no_gap(tmp_path: Path) -> None:
    act = "try:\n    LogisticRegression().fit(None, None)\nexcept Exception:\n    pass\n"
    report = grade(tmp_path, LOAD, act, CLEAN, MODEL)
    assert (report["traces"]["missing"], preprocessing(report)["verdict"]) == (False, "met")


def test_taking_the_noting_out_of_the_library_changes_no_verdict(tmp_path: Path) -> None:
    report = grade(tmp_path, LOAD, UNPATCHED, LEAKY, MODEL)
    assert preprocessing(report)["verdict"] == "not_met"
    assert [witness["agreement"] for witness in report["traces"]["witnesses"]] == ["code_only"]
