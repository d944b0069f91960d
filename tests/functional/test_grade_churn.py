"""The whole job on real data: the sample submissions of the churn assignment through `grader grade`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from grader.assignment import load_assignment

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "assignments" / "churn" / "examples"
ORDER = ["strong", "tangled", "decent", "overtuned", "leaky", "broken"]
COMPLETED = ORDER[:5]
pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]


@pytest.fixture(scope="module")
def graded(demo: Path) -> Path:
    """Return the folder of one batch over all examples."""
    return demo


def report(folder: Path, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / name / "report.json").read_text())
    return loaded


def test_the_samples_are_ordered_by_score_as_their_author_ranked_them(graded: Path) -> None:
    scores = [report(graded, name)["score"] for name in ORDER]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_the_samples_said_to_be_clearly_different_are_so_beyond_their_intervals(graded: Path) -> None:
    pairs = load_assignment(EXAMPLES.parent).examples.clear
    assert pairs
    for better, worse in pairs:
        other = report(graded, worse)
        assert report(graded, better)["low"] > (other["score"] if other["high"] is None else other["high"])


def test_the_sample_that_looks_answers_up_has_no_score_and_both_figures_are_shown(graded: Path) -> None:
    memorised = report(graded, "memorised")
    assert (memorised["outcome"], memorised["score"]) == ("completed", None)
    assert memorised["twins"]["looked_up"]
    assert memorised["twins"]["value"] > 0.95 > 0.6 > memorised["twins"]["altered"]
    assert "altered copies" in memorised["unscored_reason"]
    assert not any(report(graded, name)["twins"]["looked_up"] for name in COMPLETED)


def test_each_sample_is_judged_on_both_suites_and_on_messy_rows(graded: Path) -> None:
    for name in COMPLETED:
        suites = {suite["suite"]: suite for suite in report(graded, name)["hidden"]}
        counted = {suite: found["weight"] for suite, found in suites.items() if found["weight"]}
        assert counted == {"iid": 3, "shifted": 1}
        assert len(suites["iid"]["slices"]) == 6
        assert suites["shifted"]["value"] < suites["iid"]["value"]  # a model learns how long records are
    assert report(graded, "strong")["stress"]["on_messy"]["rows"] == 500
    assert report(graded, "leaky")["stress"]["failure"]["code"] == "notebook.cell_error"


def test_five_samples_complete_and_the_broken_one_says_where_it_failed(graded: Path) -> None:
    assert [report(graded, name)["outcome"] for name in COMPLETED] == ["completed"] * len(COMPLETED)
    broken = report(graded, "broken")
    assert broken["outcome"] == "submission_failed"
    assert broken["failure"]["cell"] is not None
    assert broken["failure"]["hint"]


def test_every_report_fits_the_published_schema(graded: Path) -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    for name in ORDER:
        jsonschema.validate(report(graded, name), schema)


def test_a_hidden_interval_holds_its_value_and_the_strong_sample_beats_the_baseline(graded: Path) -> None:
    for name in COMPLETED:
        for hidden in report(graded, name)["hidden"]:
            assert hidden["low"] <= hidden["value"] <= hidden["high"]
    counted = [suite for suite in report(graded, "strong")["hidden"] if suite["weight"]]
    assert all(suite["low"] > suite["baseline"] for suite in counted)


def test_the_summary_ranks_best_first(graded: Path) -> None:
    assert "strong" in (graded / "summary.csv").read_text().splitlines()[1]


def test_a_failed_notebook_keeps_what_ran_before_the_failure(graded: Path) -> None:
    assert (graded / "broken" / "executed.ipynb").is_file()
    statuses = [cell["status"] for cell in report(graded, "broken")["run"]["cells"]]
    assert "ok" in statuses
    assert "error" in statuses


def test_rescoring_runs_nothing_and_changes_nothing(graded: Path) -> None:
    from typer.testing import CliRunner

    from grader.cli.app import app

    before = (graded / "decent" / "report.json").read_bytes()
    words = ["rescore", str(graded / "decent"), "--assignment", str(EXAMPLES.parent)]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert (graded / "decent" / "report.json").read_bytes() == before


def test_grading_twice_gives_the_same_report_but_for_times_resources_and_run_id(graded: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from grader.cli.app import app

    words = ["grade", str(EXAMPLES / "decent"), "--assignment", str(EXAMPLES.parent), "--sandbox", "bubblewrap"]
    assert CliRunner().invoke(app, [*words, "--output", str(tmp_path / "again")]).exit_code == 0
    again = json.loads((tmp_path / "again" / "report.json").read_text())
    assert without_times(again) == without_times(report(graded, "decent"))


def without_times(whole: dict[str, Any]) -> dict[str, Any]:
    for key in ("wall_s", "cpu_s", "peak_memory_bytes"):
        whole["run"][key] = None
    for cell in whole["run"]["cells"]:
        cell["wall_s"] = None
    for key in ("wall_s", "peak_memory_bytes"):
        whole["stress"][key] = None
    for key in ("finished_at", "run_id", "limits"):
        whole["receipt"][key] = None
    return whole
