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
