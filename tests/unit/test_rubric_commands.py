"""`grader rubric`, and the example package built, installed and asked as anybody's would be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bad_plugins import HEAD, bad
from stored_reports import batch_of

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the example package is built and installed, as an operator would."""
    folder = tmp_path_factory.mktemp("site")
    words = ["pip", "install", "--offline", "--no-deps", "--no-build-isolation", "--python", sys.executable]
    subprocess.run(
        [str(UV), *words, "--target", str(folder), str(ROOT / "tests" / "plugin_package")], check=True, timeout=120
    )
    return folder


def grader(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    command = [str(Path(sys.executable).with_name("grader")), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=900)


def test_the_example_package_installed_for_real_joins_the_built_in_criteria(installed: Path) -> None:
    listed = json.loads(grader(installed, "rubric", "list", "--json").stdout)
    origins = {item["id"]: (item["origin"]["package"], item["origin"]["version"]) for item in listed["criteria"]}
    assert origins["evaluation.calibration"] == ("calibration-rubric", "1.0")
    assert origins["fairness.by_group"] == ("calibration-rubric", "1.0")
    assert origins["evaluation.held_out_evaluation"][0] == "takehome-grader"
    assert listed["left_out"] == []


def test_the_example_packages_criteria_judge_a_work(installed: Path, tmp_path: Path) -> None:
    code = "from fairlearn.metrics import MetricFrame\np = model.predict_proba(X)\nprint(MetricFrame(y, p))\n"
    (tmp_path / "train.py").write_text(code)
    done = grader(installed, "read", "--jsonl", str(tmp_path / "train.py"))
    found = {item["id"]: item["verdict"] for item in json.loads(done.stdout)["criteria"]}
    assert found["evaluation.calibration"] == "not_met"
    assert found["fairness.by_group"] == "met"


def test_the_example_package_stands_the_check(installed: Path) -> None:
    done = grader(installed, "rubric", "check", "calibration-rubric")
    assert done.returncode == 0, done.stdout
    assert "evaluation.calibration" in done.stdout
    assert "Asked about empty evidence and 8 works (broken, decent, leaky, " in done.stdout
    assert "of 9: not_applicable 9" in done.stdout


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (HEAD + bad("while True: pass"), "no answer within 5 seconds"),
        (HEAD + bad("return met('x', evidence=[])"), "rests on no place"),
        (HEAD + bad("return met('x', evidence=[Span(path='elsewhere.py')])"), "points at 'elsewhere.py'"),
        (HEAD + "import random\n" + bad("return met(str(random.random()), evidence=PLACE)"), "different findings"),
        (HEAD + bad("return evidence.run.cells"), "AttributeError"),
        (HEAD + bad("return evidence.run.cells"), "'NoneType' object has no attribute 'cells'"),
        (HEAD + bad("return evidence.run.cells"), "bad_rubric.py:8"),
        (HEAD + bad("return met('x')"), "rests on no place"),
        (HEAD + bad("evidence.nothing"), "on all 9: it raised AttributeError"),
        (HEAD + bad("if evidence.files: 1 / 0\nreturn not_applicable('x')"), "on broken and 7 more: it raised ZeroDiv"),
        (HEAD + bad("if not evidence.files: 1 / 0\nreturn not_applicable('x')"), "Work with empty evidence too"),
        (HEAD + bad("raise ValueError('\\x1b[31mred\\u202e' + 'x' * 9999)"), "ValueError: red⟨U+202E⟩xxx"),
        (HEAD + bad("return None", id="nowhere.bad"), "no dimension 'nowhere'"),
        (HEAD + bad("return None", id="evaluation.held_out_evaluation"), "is the id of a criterion of evaluation"),
        (
            HEAD + bad("return None").replace('"""', "'''").replace("'''Be no criterion to rely on.'''", ""),
            "definition",
        ),
        ("import nothing_of_that_name", "cannot be imported"),
        (HEAD, "declares no criterion"),
    ],
)
def test_the_check_says_what_is_wrong_with_a_plugin(tmp_path: Path, code: str, said: str) -> None:
    (tmp_path / "bad_rubric.py").write_text(code)
    done = grader(tmp_path, "rubric", "check", str(tmp_path / "bad_rubric.py"))
    assert done.returncode == 2, done.stdout
    assert said in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout
    assert len(done.stdout) < 3000


def test_one_criterion_is_explained_and_near_ones_are_named(tmp_path: Path) -> None:
    assert "takehome-grader" in grader(tmp_path, "rubric", "explain", "evaluation.fitting_metric").stdout
    done = grader(tmp_path, "rubric", "explain", "evaluation.fitting_metrics")
    assert (done.returncode, "evaluation.fitting_metric" in done.stderr) == (2, True)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Return a folder with an installed plugin that cannot be imported, though its text names a criterion."""
    site = tmp_path / "site"
    metadata = site / "broken_rubric-2.1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-rubric\nVersion: 2.1\n")
    (metadata / "entry_points.txt").write_text("[grader.rubrics]\nbroken = broken_rubric\n")
    (site / "broken_rubric.py").write_text(f"import not_there\n{HEAD}{bad('return None')}")
    return site


def test_a_broken_plugin_stops_no_command_and_is_named_by_each(broken: Path, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print(1)\n")
    read = grader(broken, "read", "--jsonl", str(tmp_path / "train.py"))
    found = {item["id"]: item for item in json.loads(read.stdout)["criteria"]}
    assert read.returncode == 0
    assert "No module named 'not_there'" in found["evaluation.bad"]["reason"]
    said = "plugin broken (broken-rubric 2.1): it cannot be imported: ModuleNotFoundError"
    assert said in grader(broken, "rubric", "list").stdout
    assert said in grader(broken, "doctor", "--quick").stdout
    assert grader(broken, "rubric", "check").returncode == 2


def test_the_list_says_once_why_a_plugin_was_left_out_and_what_is_not_asked(broken: Path) -> None:
    listed = grader(broken, "rubric", "list").stdout
    assert listed.count("No module named 'not_there'") == 1
    assert "cannot be judged: its plugin was left out" in listed
    assert "Judged only where a language model is asked" in listed
    assert ", and 3 where a language model is asked, rubric" in listed


def test_grading_and_rescoring_warn_of_a_plugin_and_say_what_it_would_have_judged(broken: Path, tmp_path: Path) -> None:
    with (broken / "broken_rubric.py").open("a") as file:
        file.write(bad("return None", id="communication.plots"))
    stored = batch_of(tmp_path / "batch", ["ada"]) / "ada"
    rescored = grader(broken, "rescore", str(stored)).stderr
    (tmp_path / "train.py").write_text("print(1)\n")
    graded = grader(broken, "grade", str(tmp_path / "train.py"), "--output", str(tmp_path / "out")).stderr
    for said in (rescored, graded):
        assert "Warning: the plugin broken (broken-rubric 2.1) was left out: it cannot be imported: Module" in said
        assert "Not judged without it: evaluation.bad, communication.plots." in said


def test_a_report_says_on_every_page_what_was_left_out_of_the_rubric(broken: Path, tmp_path: Path) -> None:
    stored = batch_of(tmp_path / "batch", ["ada"]) / "ada"
    assert grader(broken, "rescore", str(stored)).returncode == 0
    receipt = json.loads((stored / "report.json").read_text())["receipt"]
    assert receipt["left_out"][0]["plugin"] == {"name": "broken", "package": "broken-rubric", "version": "2.1"}
    for name in ("report.html", "report.md"):
        text = (stored / name).read_text().replace("\\", "").replace("&#39;", "'")
        assert "plugin broken (broken-rubric 2.1): it cannot be imported" in text, name
