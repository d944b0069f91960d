"""A forecast in three rounds through a real sandbox: a fresh run at each cut-off, one result, failures by round."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_rounds import make
from typer.testing import CliRunner

from grader.cli.app import app

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]
STEADY = """
import pathlib
import pandas as pd
mark = pathlib.Path("/tmp/was-here"), pathlib.Path("was-here")
assert not any(path.exists() for path in mark), "an earlier round left something"
for path in mark:
    path.touch()
train, test = pd.read_csv("data/train.csv"), pd.read_csv("data/test.csv")
assert train["date"].is_monotonic_increasing and train["date"].iloc[-1] < test["date"].iloc[0]
assert len(test) == 7 and "rain" not in test
test["prediction"] = train["sold"].iloc[-1] + range(1, 8)
test[["id", "prediction"]].to_csv("predictions.csv", index=False)
print("after", train["date"].iloc[-1])
"""
OF_ONE_MONTH = STEADY + "KNOWN = {'2024-03-05': 1, '2024-03-25': 3}\nprint(KNOWN[test['date'].iloc[0]])\n"
OF_THE_PUBLIC_DAYS = (
    STEADY
    + "days = pd.DataFrame({'date': pd.date_range('2024-03-05', periods=7).astype(str)})\n"
    + (
        "days['prediction'] = 1.0\n"
        "test[['id', 'date']].merge(days, how='left')[['id', 'prediction']].to_csv('predictions.csv', index=False)\n"
    )
)


def grade(tmp_path: Path, code: str, further: str = "") -> dict[str, Any]:
    folder = make(tmp_path / "toy")
    settings = folder / "assignment.toml"
    settings.write_text(settings.read_text() + further)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "main.py").write_text(code)
    words = ["grade", str(tmp_path / "work"), "--assignment", str(folder), "--sandbox", "bubblewrap"]
    result = CliRunner().invoke(app, [*words, "--output", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads((tmp_path / "out" / "report.json").read_text())
    return report


def test_each_cutoff_is_a_fresh_run_and_all_are_one_result(tmp_path: Path) -> None:
    report = grade(tmp_path, STEADY)
    assert (report["outcome"], report["failure"]) == ("completed", None)
    first, late = report["hidden"]
    assert (first["rows"], first["value"], first["normalised"]) == (14, 0, 1)
    assert [one["cutoff"] for one in first["rounds"]] == ["2024-03-04", "2024-03-14"]
    assert (late["suite"], late["rows"]) == ("late", 7)
    logs = tmp_path / "out" / "logs"
    assert (logs / "stdout.txt").read_text().strip() == "after 2024-03-04"
    assert (logs / "round-3-stdout.txt").read_text().strip() == "after 2024-03-24"
    assert "after 2024-03-14" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize(
    ("code", "failed"), [(OF_ONE_MONTH, "run.failed"), (OF_THE_PUBLIC_DAYS, "predictions.not_finite")]
)
def test_a_work_that_knows_one_cutoff_only_fails_at_the_next_by_name(tmp_path: Path, code: str, failed: str) -> None:
    report = grade(tmp_path, code)
    assert (report["outcome"], report["hidden"]) == ("submission_failed", [])
    failure = report["failure"]
    assert failure["code"] == failed
    assert failure["message"].startswith("Round 2 of 3: ")
    assert "the cut-off was 2024-03-14" in failure["observed"]
    assert "written into the code" in failure["hint"]
    ran_on = (tmp_path / "out" / "logs" / "round-3-stdout.txt").exists()
    assert ran_on == (failed != "run.failed"), "predictions are read when all rounds are over"


def test_a_work_that_fails_at_the_first_cutoff_is_not_run_at_the_others(tmp_path: Path) -> None:
    report = grade(tmp_path, "raise SystemExit('no')\n")
    assert report["failure"]["message"].startswith("Round 1 of 3: ")
    assert not (tmp_path / "out" / "logs" / "round-2-stdout.txt").exists()


def test_a_forecast_is_scored_again_from_what_is_stored(tmp_path: Path) -> None:
    before = grade(tmp_path, STEADY)
    assert CliRunner().invoke(app, ["rescore", str(tmp_path / "out")]).exit_code == 0
    after = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (after["score"], after["hidden"]) == (before["score"], before["hidden"])


ALTERED = '\n[rounds.altered]\ncutoff = "2024-03-14"\nfactor = 0.8\n'
KNOWN = (
    "import pandas as pd\n"
    "test = pd.read_csv('data/test.csv', parse_dates=['date'])\n"
    "test['prediction'] = (test['date'] - pd.Timestamp('2024-01-01')).dt.days + 3000.25\n"
    "test[['id', 'prediction']].to_csv('predictions.csv', index=False)\n"
)
STOPS = KNOWN + (
    "train = pd.read_csv('data/train.csv')\nassert train['sold'].iloc[0] == 3000.25, 'another station?'\n"
)  # fmt: skip


def test_a_forecast_that_follows_the_altered_history_has_its_score(tmp_path: Path) -> None:
    report = grade(tmp_path, STEADY, ALTERED)
    twins = report["twins"]
    assert (twins["cutoff"], twins["factor"], twins["rows"], twins["looked_up"]) == ("2024-03-14", 0.8, 7, False)
    assert twins["followed"] > 0.99
    assert report["score"] is not None
    assert [suite["rows"] for suite in report["hidden"]] == [14, 7], "the altered round is no part of the result"
    logs = tmp_path / "out" / "logs"
    assert (logs / "altered-stdout.txt").read_text().strip() == "after 2024-03-14"


@pytest.mark.parametrize(("code", "says"), [(KNOWN, "known by their dates"), (STOPS, "another station?")])
def test_a_work_that_knows_the_days_has_no_score_and_the_figures_are_shown(
    tmp_path: Path, code: str, says: str
) -> None:
    report = grade(tmp_path, code, ALTERED)
    assert (report["outcome"], report["score"]) == ("completed", None)
    assert [suite["normalised"] for suite in report["hidden"]] == [1, 1]
    assert report["twins"]["looked_up"]
    assert says in report["unscored_reason"]
    assert report["unscored_reason"].endswith("A person has to judge this work.")
    judged = {item["id"]: item for part in report["dimensions"] for item in part["criteria"]}
    assert judged["evaluation.hidden_result"]["verdict"] == "needs_human"
    for name in ("report.html", "report.md"):
        assert "multiplied by 0.8" in (tmp_path / "out" / name).read_text()
    assert CliRunner().invoke(app, ["rescore", str(tmp_path / "out")]).exit_code == 0
    assert json.loads((tmp_path / "out" / "report.json").read_text())["score"] is None


MESSY = '\n[rounds.messy]\ncutoff = "2024-03-14"\nshare = 0.3\nbaseline = 2.0\nreference = 0.4\n'
TIDY = """
import pandas as pd
train, test = pd.read_csv("data/train.csv"), pd.read_csv("data/test.csv", parse_dates=["date"])
sold = train.assign(date=pd.to_datetime(train["date"])).drop_duplicates("date").set_index("date")["sold"].sort_index()
sold = sold[sold.between(sold.median() / 2, sold.median() * 2)]
test["prediction"] = sold.iloc[-1] + (test["date"] - sold.index[-1]).dt.days
test[["id", "prediction"]].to_csv("predictions.csv", index=False)
"""


def test_a_forecast_after_a_messy_history_is_a_suite_of_its_own_in_every_form(tmp_path: Path) -> None:
    report = grade(tmp_path, TIDY, MESSY)
    messy = report["hidden"][-1]
    assert (messy["suite"], messy["rows"], messy["missing"], messy["weight"]) == ("messy", 7, 0, 0)
    assert (messy["value"], messy["low"], messy["high"], messy["normalised"]) == (0, 0, 0, 1)
    assert report["stress"]["messy"] == [{"kind": "history", "rows": 7, "valid": 7}]
    judged = {item["id"]: item for part in report["dimensions"] for item in part["criteria"]}
    assert judged["production_readiness.survives_messy_rows"]["verdict"] == "met"
    assert judged["production_readiness.reproducible_predictions"]["verdict"] == "not_applicable"
    for name in ("report.html", "report.md"):
        told = (tmp_path / "out" / name).read_text()
        assert "ows after a messy history" in told
        assert "7 of 7 rows got a valid forecast" in told


def test_a_work_that_fails_after_a_messy_history_keeps_its_score(tmp_path: Path) -> None:
    report = grade(tmp_path, STEADY, MESSY)
    assert (report["outcome"], report["failure"]) == ("completed", None)
    assert [suite["normalised"] for suite in report["hidden"]] == [1, 1]
    assert report["score"] is not None
    assert report["stress"]["failure"]["code"] == "run.failed"
    judged = {item["id"]: item for part in report["dimensions"] for item in part["criteria"]}
    assert judged["production_readiness.survives_messy_rows"]["verdict"] == "not_met"
    assert "It failed" in (tmp_path / "out" / "report.md").read_text()
    assert (tmp_path / "out" / "logs" / "stress-stderr.txt").read_text()
