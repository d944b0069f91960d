"""`grader assignment check`: each planted defect is found by its id, with how to mend it, and a sound one passes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader.cli.app import app

CHURN = Path(__file__).resolve().parents[2] / "assignments" / "churn"


def proof_of(folder: Path, *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit status and what was found, by id."""
    done = CliRunner().invoke(app, ["assignment", "check", str(folder), "--json", *options])
    return done.exit_code, {item["id"]: item for item in json.loads(done.stdout)["checks"]}


@pytest.fixture
def churn(tmp_path: Path) -> Path:
    shutil.copytree(CHURN, tmp_path / "churn", ignore=shutil.ignore_patterns("examples"))
    return tmp_path / "churn"


def test_a_reference_on_the_wrong_side_of_the_baseline_is_found(churn: Path) -> None:
    text = (churn / "assignment.toml").read_text().replace("reference = 0.8310", "reference = 0.51")
    (churn / "assignment.toml").write_text(text)
    status, found = proof_of(churn)
    assert (status, found["metric.direction"]["status"]) == (2, "defect")
    assert "Swap" in found["metric.direction"]["mend"]


def test_a_folder_that_cannot_be_read_is_not_sound_and_says_where(churn: Path) -> None:
    (churn / "data" / "hidden" / "labels.csv").unlink()
    status, found = proof_of(churn)
    assert (status, found["schema"]["status"]) == (2, "defect")
    assert "data/hidden/labels.csv" in found["schema"]["where"]
