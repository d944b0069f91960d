"""The second run that an assignment may ask for: the same rows again, messy ones among them, in a real sandbox."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from plain_churn import copy_plain_churn
from typer.testing import CliRunner
from warm_bench import forks_noted

from grader.cli.app import app
from grader.model import SandboxJob
from grader.sandbox.pool import Pool
from grader.sandbox.standing import Standing

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]
STRESS = """
[stress]
repeat = true
messy_rows = 30
kinds = ["missing", "unseen_category", "out_of_range", "duplicate", "blank"]
"""
STEADY = "def predict(frame):\n    return (frame['contract'] == 'Month-to-month') * 0.5\n"
RESTLESS = "import random\ndef predict(frame):\n    return [random.random() for _ in range(len(frame))]\n"
BRITTLE = (
    "KNOWN = {'Month-to-month': 0.9, 'One year': 0.2, 'Two year': 0.1}\n"
    "def predict(frame):\n    return [KNOWN[name] for name in frame['contract']]\n"
)
FORGETFUL = (
    "import pandas as pd\ntest = pd.read_csv('data/test.csv')\ntest['prediction'] = 0.5\n"
    "test[['customer_id', 'prediction']].dropna().head(1000000).to_csv('predictions.csv', index=False)\n"
    "raise SystemExit(0 if test.monthly_charges.abs().max() < 1000 else 'a charge of this size?')\n"
)


@pytest.fixture(scope="module")
def stressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assignment") / "churn"
    copy_plain_churn(folder)
    path = folder / "assignment.toml"
    path.write_text(path.read_text().replace("memory_bytes = 2147483648", "memory_bytes = 1073741824") + STRESS)
    return folder


@dataclass
class Noted:
    """Which runs found a sandbox that was started ahead for them, on which processors, and how many were left over."""

    taken: list[bool] = field(default_factory=list)
    on: list[tuple[int, ...]] = field(default_factory=list)
    left: int = 0


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    """Watch the sandboxes that are started ahead."""
    noted, take, close = Noted(), Pool.take, Pool.close

    def taking(pool: Pool, job: SandboxJob) -> Standing | None:
        standing = take(pool, job)
        if job.gets_ready:
            noted.taken.append(standing is not None)
            noted.on.append(job.cpu_ids)
        return standing

    def closing(pool: Pool) -> None:
        noted.left += len(pool._waiting)
        close(pool)

    monkeypatch.setattr(Pool, "take", taking)
    monkeypatch.setattr(Pool, "close", closing)
    return noted


def grade(stressed: Path, tmp_path: Path, name: str, code: str) -> dict[str, Any]:
    work = tmp_path / "work"
    work.mkdir()
    (work / name).write_text(code)
    words = ["grade", str(work), "--assignment", str(stressed), "--sandbox", "bubblewrap", "--output"]
    result = CliRunner().invoke(app, [*words, str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads((tmp_path / "out" / "report.json").read_text())
    return report


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    found = [item for dimension in report["dimensions"] for item in dimension["criteria"]]
    return {item["id"].split(".")[1]: item["verdict"] for item in found}


def test_a_steady_work_repeats_itself_and_takes_messy_rows(stressed: Path, tmp_path: Path) -> None:
    report = grade(stressed, tmp_path, "model.py", STEADY)
    stress, said = report["stress"], verdicts(report)
    assert (stress["identical"], stress["failure"]) == (stress["rows"], None)
    assert sum(item["rows"] for item in stress["messy"]) == 30
    assert (said["reproducible_predictions"], said["survives_messy_rows"]) == ("met", "met")
    assert stress["hidden"]["value"] == report["hidden"][0]["value"]
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Stress run" in page
    assert "got the same prediction" in page


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="two runs side by side need two processors")
def test_runs_side_by_side_have_processors_of_their_own_and_a_sandbox_started_ahead(
    stressed: Path, tmp_path: Path, noted: Noted
) -> None:
    narrow = tmp_path / "narrow"
    shutil.copytree(stressed, narrow)
    path = narrow / "assignment.toml"
    path.write_text(path.read_text().replace("[limits]", "[limits]\ncpus = 1"))
    with forks_noted() as forked:
        report = grade(narrow, tmp_path, "model.py", STEADY)
    assert (report["outcome"], report["stress"]["failure"]) == ("completed", None)
    assert len(set(noted.on)) == len(noted.on) == 2
    assert all(len(cpu_ids) == 1 for cpu_ids in noted.on)
    assert (noted.taken, noted.left, forked) == ([True, True], 0, [True, True])


def test_a_run_after_the_first_has_a_sandbox_started_ahead_too(stressed: Path, tmp_path: Path, noted: Noted) -> None:
    with forks_noted() as forked:
        report = grade(stressed, tmp_path, "model.py", STEADY)
    assert (report["outcome"], report["stress"]["failure"]) == ("completed", None)
    assert (noted.taken, noted.left, forked) == ([True, True], 0, [True, True])
    assert noted.on[0] == noted.on[1]


def test_a_work_that_draws_its_answers_is_found_out(stressed: Path, tmp_path: Path) -> None:
    report = grade(stressed, tmp_path, "model.py", RESTLESS)
    assert report["outcome"] == "completed"
    assert report["stress"]["identical"] < 5
    assert verdicts(report)["reproducible_predictions"] == "not_met"


@pytest.mark.parametrize(("name", "code"), [("model.py", BRITTLE), ("main.py", FORGETFUL)])
def test_a_work_that_breaks_on_messy_rows_keeps_its_first_result(
    stressed: Path, tmp_path: Path, name: str, code: str
) -> None:
    report = grade(stressed, tmp_path, name, code)
    assert (report["outcome"], report["failure"]) == ("completed", None)
    assert report["hidden"][0]["value"] >= 0.5
    assert report["stress"]["failure"]["code"] == "run.failed"
    said = verdicts(report)
    assert (said["reproducible_predictions"], said["survives_messy_rows"]) == ("not_applicable", "not_met")


def test_a_work_that_fails_at_first_is_not_run_again(stressed: Path, tmp_path: Path) -> None:
    report = grade(stressed, tmp_path, "main.py", "raise SystemExit('no')\n")
    assert (report["outcome"], report["stress"]) == ("submission_failed", None)


def test_the_stress_run_is_scored_again_from_what_is_stored(stressed: Path, tmp_path: Path) -> None:
    before = grade(stressed, tmp_path, "model.py", STEADY)
    result = CliRunner().invoke(app, ["rescore", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    after = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (after["score"], after["stress"]) == (before["score"], before["stress"])
