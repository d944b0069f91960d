"""Messages that are public are known by heart: a work that looks them up is caught by their altered copies."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader.cli.app import app

SMS = Path(__file__).resolve().parents[2] / "assignments" / "sms-triage"
pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]

LOOKUP = """\
import json

import pandas as pd

known = json.load(open("collection.json"))  # the whole collection, as it is found on the web
test = pd.read_csv("data/test.csv", keep_default_na=False)
test["prediction"] = [known.get(text, {fallback}) for text in test["text"]]
test[["message_id", "prediction"]].to_csv("predictions.csv", index=False)
"""


def graded(folder: Path, fallback: str) -> dict[str, Any]:
    """Grade a work that knows the hidden messages, and guesses by `fallback` what it does not know."""
    with (
        (SMS / "data/hidden/features.csv").open(newline="") as texts,
        (SMS / "data/hidden/labels.csv").open() as labels,
    ):
        label_of = {row["message_id"]: int(row["spam"]) for row in csv.DictReader(labels)}
        known = {row["text"]: label_of[row["message_id"]] for row in csv.DictReader(texts)}
    work = folder / "work"
    work.mkdir()
    (work / "collection.json").write_text(json.dumps(known))
    (work / "solution.py").write_text(LOOKUP.format(fallback=fallback))
    words = ["grade", str(work), "--assignment", str(SMS), "--output", str(folder / "out"), "--sandbox", "bubblewrap"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    loaded: dict[str, Any] = json.loads((folder / "out" / "report.json").read_text())
    return loaded


@pytest.mark.parametrize("fallback", ["0", "min(sum(c.isdigit() for c in text) / 40, 0.9)"], ids=["nothing", "a rule"])
def test_a_work_that_looks_messages_up_gets_no_score_but_both_figures(tmp_path: Path, fallback: str) -> None:
    report = graded(tmp_path, fallback)
    iid = next(suite for suite in report["hidden"] if suite["suite"] == "iid")
    assert iid["value"] == 1
    assert report["twins"]["looked_up"]
    assert report["twins"]["altered"] < report["twins"]["value"] == 1
    assert report["score"] is None
    assert report["unscored_reason"]


def test_the_disguised_messages_are_not_found_in_a_collection(tmp_path: Path) -> None:
    report = graded(tmp_path, "0")
    shifted = next(suite for suite in report["hidden"] if suite["suite"] == "shifted")
    assert shifted["value"] < shifted["baseline"]
