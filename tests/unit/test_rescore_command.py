"""`grader rescore` over many reports: what changed for whom, nothing lost, and the same bytes each time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from plain_churn import copy_plain_churn
from stored_reports import batch_of
from typer.testing import CliRunner

from grader.assignment import load_assignment
from grader.cli.app import app
from grader.cli.spread import Spread
from grader.pipeline import Rescored


@pytest.fixture
def churn(tmp_path: Path) -> Path:
    """Return a copy of the assignment in a folder of the test's own."""
    folder = tmp_path / "elsewhere" / "churn"
    copy_plain_churn(folder)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(*words: str | Path, status: int = 0) -> Any:
    result = CliRunner().invoke(app, ["rescore", *map(str, words)])
    assert result.exit_code == status, result.output
    return result


def weigh(folder: Path, **weights: float) -> None:
    """Change weights in the assignment's file."""
    path = folder / "assignment.toml"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(_weighed(line, weights) for line in lines) + "\n")


def _weighed(line: str, weights: Mapping[str, float]) -> str:
    name = line.split(" = ")[0]
    return f"{name} = {weights[name]}" if name in weights else line


def scores(batch: Path) -> dict[str, float]:
    return {row["name"]: row["score"] for row in json.loads((batch / "summary.json").read_text())["ranking"]}


def test_the_same_evidence_gives_the_same_bytes_in_one_process_and_in_several(tmp_path: Path) -> None:
    batch = batch_of(tmp_path / "batch", [f"w{number:02}" for number in range(40)])
    before = files_of(batch)
    assert "40 unchanged" in run(batch).output
    assert files_of(batch) == before
    for folder in sorted(path for path in batch.iterdir() if path.is_dir()):
        run(folder)
    assert files_of(batch) == before


def test_other_weights_are_told_for_whom_and_stand_in_the_ranking(churn: Path, tmp_path: Path) -> None:
    batch = batch_of(tmp_path / "batch", ["ada", "bob", "cy"])
    before = scores(batch)
    weigh(churn, hidden=0)
    said = run(batch, "--assignment", churn).output
    after = scores(batch)
    assert all(after[name] != before[name] for name in before)
    for name in before:
        assert f"{name}: {before[name]:.1f} -> {after[name]:.1f}" in said
    assert "3 rescored: 3 with another score, 0 with another verdict, 0 unchanged." in said
    assert "Largest changes:" in said
    receipt = json.loads((batch / "ada" / "report.json").read_text())["receipt"]
    assert (receipt["weights"]["hidden"], receipt["assignment_digest"]) == (0, load_assignment(churn).digest)


def test_the_page_asks_with_what_a_good_answer_holds_and_the_comment_for_candidates_does_not(tmp_path: Path) -> None:
    batch = batch_of(tmp_path / "batch", ["ada"])
    (first, *_) = json.loads((batch / "ada" / "report.json").read_text())["questions"]
    assert first["good_answer"]
    assert "A good answer holds:" in (batch / "ada" / "report.html").read_text()
    assert "good answer" not in (batch / "ada" / "report.md").read_text().lower()


def test_another_verdict_is_told_with_its_criterion(tmp_path: Path) -> None:
    batch = batch_of(tmp_path / "batch", ["ada", "bob"])
    path = batch / "ada" / "report.json"
    report = json.loads(path.read_text())
    found = next(item for part in report["dimensions"] for item in part["criteria"] if item["verdict"] == "met")
    found |= {"verdict": "partly", "score": 0.5}
    path.write_text(json.dumps(report))
    assert f"({found['id']} partly -> met)" in run(batch / "ada").output


def test_criteria_that_are_new_or_gone_are_told_apart_from_other_verdicts(tmp_path: Path) -> None:
    batch = batch_of(tmp_path / "batch", ["ada", "bob"])
    for name in ("ada", "bob"):
        path = batch / name / "report.json"
        report = json.loads(path.read_text())
        for part in report["dimensions"]:
            part["criteria"] = [item for item in part["criteria"] if item["id"] != "code_quality.no_secrets"]
        first = report["dimensions"][0]["criteria"]
        first.append({**first[0], "id": "data_preparation.of_old", "verdict": "met"})
        path.write_text(json.dumps(report))
    result = run(batch)
    score = scores(batch)["ada"]
    said = "new: code_quality.no_secrets not_applicable; gone: data_preparation.of_old"
    assert f"ada: {score:.1f} as before  ({said})" in result.output
    assert "0 with another score, 0 with another verdict, 2 with criteria that are new or gone" in result.output
    assert "New: code_quality.no_secrets (2)." in result.output
    assert "Gone: data_preparation.of_old (2)." in result.output
    assert "Verdicts changed" not in result.output


def test_what_changed_can_be_had_as_json(churn: Path, tmp_path: Path) -> None:
    batch = batch_of(tmp_path / "batch", ["ada", "bob"])
    weigh(churn, hidden=0)
    form = json.loads(run(batch, "--assignment", churn, "--json").stdout)
    assert (form["rescored"], form["score_changed"], form["left"]) == (2, 2, 0)
    assert form["reports"][0]["name"] == "ada"
    assert form["summaries"] == [str(batch)]


@pytest.mark.parametrize("damage", ["truncated", "no evidence", "no report", "bytes", "deep", "folder"])
def test_a_damaged_report_is_named_and_left_and_the_others_are_done(damage: str, churn: Path, tmp_path: Path) -> None:
    names = [f"w{number:02}" for number in range(35)]
    batch = batch_of(tmp_path / "batch", names)
    old = scores(batch)
    spoil(batch / "w07", damage)
    left = files_of(batch / "w07")
    weigh(churn, hidden=0)
    result = run(batch, "--assignment", churn, status=2)
    assert f"{batch / 'w07'}" in result.stderr
    assert "left as it is" in result.stderr
    assert "34 rescored: 34 with another score" in result.stdout
    assert files_of(batch / "w07") == left
    new = scores(batch)
    assert set(new) == set(old)
    assert new["w07"] == old["w07"]


def spoil(folder: Path, damage: str) -> None:
    report, evidence = folder / "report.json", folder / "evidence.json"
    if damage == "truncated":
        evidence.write_bytes(evidence.read_bytes()[:200])
    elif damage == "no evidence":
        evidence.unlink()
    elif damage == "no report":
        report.unlink()
    elif damage == "bytes":
        report.write_bytes(b"\x00\xff" * 99)
    elif damage == "deep":
        evidence.write_text('{"files":' * 100_000)
    else:
        report.unlink()
        report.mkdir()


def test_an_assignment_that_is_not_found_is_stood_in_for_by_the_stored_weights(
    churn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    unknown = churn.rename(churn.with_name("of-our-own"))
    weigh(unknown, hidden=3)
    batch = batch_of(tmp_path / "batch", ["ada"], unknown)
    before = files_of(batch)
    said = " ".join(run(batch).output.split())
    assert "the weights stored with them were taken" in said
    assert "name its folder with --assignment" in said
    assert files_of(batch) == before


def test_another_assignment_of_the_same_name_is_not_taken_for_it(churn: Path, tmp_path: Path) -> None:
    labels = churn / "data" / "hidden" / "labels.csv"
    labels.write_text(labels.read_text() + "\n")
    weigh(churn, hidden=3)
    batch = batch_of(tmp_path / "batch", ["ada"], churn)
    before = files_of(batch)
    assert "the weights stored with them were taken" in " ".join(run(batch).output.split())
    assert files_of(batch) == before


def test_the_same_assignment_with_other_weights_is_taken_as_it_is_now(
    churn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = batch_of(tmp_path / "batch", ["ada"], churn)
    monkeypatch.setenv("GRADER_ASSIGNMENTS", str(churn.parent))
    weigh(churn, hidden=3)
    assert "1 with another score" in run(batch).output


def test_reports_given_one_by_one_update_their_ranking_too(churn: Path, tmp_path: Path) -> None:
    batch = batch_of(tmp_path / "batch", ["ada", "bob"])
    before = scores(batch)
    weigh(churn, hidden=0)
    run(batch / "ada", "--assignment", churn)
    after = scores(batch)
    assert (after["ada"] != before["ada"], after["bob"] == before["bob"]) == (True, True)


def test_an_interrupted_rescore_leaves_whole_files_and_is_mended_by_another(churn: Path, tmp_path: Path) -> None:
    batch = batch_of(tmp_path / "batch", [f"w{number:03}" for number in range(120)])
    weigh(churn, hidden=0)
    # A shell's background job ignores Ctrl-C, and so would what it starts.
    heard = ["env", "--default-signal=INT", str(Path(sys.executable).with_name("grader"))]
    command = [*heard, "rescore", str(batch), "--assignment", str(churn)]
    first, untouched = batch / "w000" / "report.json", (batch / "w000" / "report.json").read_bytes()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and first.read_bytes() == untouched:
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, "of 120 rescored" in said, "Traceback" in said) == (130, True, False)
    assert [path for path in batch.rglob(".*") if path.is_file()] == []
    run(batch, "--assignment", churn)
    after = files_of(batch)
    assert "120 unchanged" in run(batch, "--assignment", churn).output
    assert files_of(batch) == after


def test_a_process_that_dies_costs_what_it_had_left_and_names_it(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(10)]

    def attempt(folder: Path) -> Rescored:
        if folder.name == "4":
            os._exit(1)
        return Rescored(directory=str(folder), name=folder.name)

    with Spread(folders, attempt, 2) as results:
        found = {result.name: result.exit_status for result in results}
    assert found == {name: 3 if name in "468" else 0 for name in "0123456789"}
