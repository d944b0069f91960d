"""A preflight's words: what goes with --public and what does not, and the published schema."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.report import preflight_schema

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


def test_the_published_schema_is_that_of_the_record() -> None:
    assert json.loads((ROOT / "docs" / "preflight.schema.json").read_text()) == preflight_schema()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("work.py", "--assignment", "churn", "--fail-under", "50"), "--fail-under does not go with --public"),
        (("work.py", "--assignment", "churn", "--jobs", "2"), "--jobs does not go with --public"),
        (("work.py", "other.py", "--assignment", "churn"), "one SOURCE at a time"),
        (("work.py",), "needs to know the assignment"),
        (("work.py", "--assignment", "nowhere"), "there is no assignment 'nowhere'"),
        (("gone.py", "--assignment", "churn"), "there is nothing at gone.py"),
    ],
)
def test_what_makes_no_sense_on_the_public_sample_is_refused_before_anything_is_run(
    run_grader: Run, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    for name in ("work.py", "other.py"):
        (tmp_path / name).write_text("open('ran', 'w')\n")
    done = run_grader("grade", "--public", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "grading").exists()


BROKEN = {
    "not json": ("{", "cannot be read"),
    "a key that is not known": ('{"slug": "x", "hidden": 1}', "takehome-assignment.json:"),
    "too new": ('{"schema_version": "9.0"}', "schema_version"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_packet_is_named_with_its_file(run_grader: Run, tmp_path: Path, name: str) -> None:
    text, said = BROKEN[name]
    (tmp_path / "packet").mkdir()
    (tmp_path / "packet" / "takehome-assignment.json").write_text(text)
    done = run_grader("grade", "--public", "packet")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


STREAM = """\
import csv, os, pathlib
predictions = pathlib.Path(os.environ["OUTPUT_DIR"]) / "predictions.csv"
rows = list(csv.DictReader(open("data/sample_predictions.csv")))
lines = ["flight_id,prediction", *(row["flight_id"] + ",0.2" for row in rows)]
predictions.write_text("\\n".join(lines) + "\\n")
"""
BOTH = """\
predictions.with_name("refused.csv").write_text("flight_id,reason\\n")
predictions.with_name("batches.csv").write_text("batch,status\\nB1001.csv,ok\\n")
"""
UNREADABLE = BOTH.replace("batch,status", "batch,state").replace("refused.csv", "refusals.csv")


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
@pytest.mark.parametrize(
    ("more", "passed", "said"),
    [
        ("", [False, False], ["wrote no refused.csv. Write it", "wrote no batches.csv. Write it"]),
        (UNREADABLE, [False, False], ["wrote no refused.csv", "no column status"]),
        (BOTH, [True, True], ["flight_id", "batch and status"]),
    ],
    ids=["neither", "unreadable", "both"],
)
def test_every_table_asked_for_beside_the_predictions_has_its_own_row(
    run_grader: Run, tmp_path: Path, more: str, passed: list[bool], said: list[str]
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "predict.py").write_text(STREAM + more)
    words = ("work", "--assignment", "serve-the-model", "--sandbox", "bubblewrap", "--json")
    done = run_grader("grade", "--public", *words)
    record = json.loads(done.stdout)
    tables = [check for check in record["checks"] if check["id"] == "outputs"]
    assert [check["file"] for check in tables] == ["refused.csv", "batches.csv"]
    assert [check["passed"] for check in tables] == passed
    assert all(words in check["found"] for words, check in zip(said, tables, strict=True))
    assert (record["ready"], done.returncode, record["failure"]) == (all(passed), 0 if all(passed) else 1, None)
    assert "batches.csv" in done.stderr
