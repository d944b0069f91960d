"""A stream of batches through a real sandbox: files in a folder, further tables taken out, and what the run took."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_stream import make_stream
from typer.testing import CliRunner

from grader.cli.app import app

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]
CAREFUL = """
import csv
import os
from pathlib import Path

predictions, refused, batches = [("part", "prediction")], [("part", "why")], [("batch", "status")]
for path in sorted(Path("data/batches").iterdir()):
    text = path.read_text()
    if not text.endswith("\\n"):
        batches.append((path.name, "broken"))
        continue
    batches.append((path.name, "ok"))
    for part, heat in sorted({tuple(row) for row in csv.reader(text.splitlines()[1:])}):
        if heat == "warm":
            refused.append((part, "no number"))
        else:
            predictions.append((part, int(heat) // 10))
out = Path(os.environ["OUTPUT_DIR"])
for name, rows in (("predictions", predictions), ("refused", refused), ("batches", batches)):
    with (out / f"{name}.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
print("files:", len(batches) - 1)
"""
A_LINK = CAREFUL + '(out / "refused.csv").unlink()\n(out / "refused.csv").symlink_to("/etc/passwd")\n'


def grade(tmp_path: Path, code: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    folder, work = make_stream(tmp_path / "toy"), tmp_path / "work"
    (work / "data" / "batches").mkdir(parents=True)
    (work / "main.py").write_text(code)
    (work / "data" / "batches" / "B1.csv").write_text("part,heat\nP3,20\n")
    (work / "batches.csv").write_text("batch,status\nB1.csv,drifted\n")
    words = ["grade", str(work), "--assignment", str(folder), "--sandbox", "bubblewrap"]
    result = CliRunner().invoke(app, [*words, "--output", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    return report, {suite["suite"]: suite for suite in report["hidden"]}


def test_each_table_is_a_suite_and_the_files_are_those_of_the_run_alone(tmp_path: Path) -> None:
    report, suites = grade(tmp_path, CAREFUL)
    assert (report["outcome"], report["failure"]) == ("completed", None)
    assert "files: 7" in (tmp_path / "out" / "logs" / "stdout.txt").read_text(), (
        "the work's own sample is not among them"
    )
    assert [(name, suites[name]["value"]) for name in ("iid", "refused", "drift")] == [
        ("iid", 0),
        ("refused", 1),
        ("drift", 0),
    ]
    assert suites["time"]["value"] == pytest.approx(report["run"]["wall_s"], abs=1e-5)
    assert any("batches.csv" in warning and "set aside" in warning for warning in report["run"]["warnings"])


def test_a_table_that_is_a_link_costs_its_suite_and_no_more(tmp_path: Path) -> None:
    report, suites = grade(tmp_path, A_LINK)
    assert report["outcome"] == "completed"
    assert (suites["refused"]["value"], suites["iid"]["value"]) == (0, 0)
    assert "no plain file refused.csv" in suites["refused"]["reason"]
    assert "root:" not in (tmp_path / "out" / "report.json").read_text()
