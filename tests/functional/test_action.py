"""The GitHub Action's own steps, run as a runner runs them, on a real packet and small works in the real sandbox.

What GitHub itself does around them is not tried here.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from action_runner import ROOT, Ran, Runner, copy_of_the_action, told
from markdown_it import MarkdownIt
from submission_repository import given_by, lay_out

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]
BIN = Path(sys.executable).parent
WORK = """\
import csv, os, pathlib
rows = list(csv.DictReader(open("data/test.csv")))
out = pathlib.Path(os.environ.get("OUTPUT_DIR", "."))
lines = ["customer_id,prediction", *(row["customer_id"] + ",0.25" for row in rows)]
(out / "predictions.csv").write_text("\\n".join(lines) + "\\n")
"""
EVIL = "::error::x ##[add-mask]500 %0A::set-output name=outcome::completed"
HOSTILE = f"""\
import os, pathlib
out = pathlib.Path(os.environ.get("OUTPUT_DIR", "."))
(out / "::add-mask::churn").write_text("")
(out / "<img src=x> [a](https:evil) `b` | ##[group]").write_text("")
print("{EVIL}", flush=True)
said = "\\n::stop-commands::mine\\n{EVIL}\\r::warning::y\\n# <b>Ready</b>\\noutcome<<end\\ncompleted\\nend"
raise type("{EVIL}", (ValueError,), {{}})(said)
"""


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Return a checkout of the Action; the first run installs in it, from a package index as on a runner."""
    request.getfixturevalue("package_index")
    return copy_of_the_action(tmp_path_factory.mktemp("actions") / "action")


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed")
    words = [str(BIN / "grader"), "assignment", "pack", str(ROOT / "assignments" / "churn"), "--output", str(folder)]
    words += ["--action", f"acme/takehome-grader@{'c' * 40}"]
    subprocess.run(words, check=True, capture_output=True)
    with zipfile.ZipFile(folder / "churn.zip") as archive:
        archive.extractall(folder)
    return folder / "churn"


@pytest.fixture
def repository(packed: Path, tmp_path: Path) -> Path:
    """Return a candidate's repository as it was begun: the packet, unpacked."""
    return Path(shutil.copytree(packed, tmp_path / "a répository"))


@pytest.fixture
def runner(checkout: Path, repository: Path, tmp_path: Path) -> Runner:
    (tmp_path / "temp").mkdir()
    return Runner(checkout, repository, tmp_path / "temp")


def test_a_work_that_runs_passes_and_the_summary_says_how(runner: Runner) -> None:
    (runner.repository / "predict.py").write_text(WORK)
    ran = runner.run()
    assert ran.status == 0, ran.log
    assert ran.outputs["outcome"] == "completed"
    assert ran.commands == []
    assert "It runs, and its predictions are well formed." in ran.summary
    for said in ("Taken in", "How it is run", "Packages", "| The run | It took", "500 predictions"):
        assert said in ran.summary
    assert "handed out with the assignment: .github/workflows/try-the-work.yml, .gitignore, README.md" in ran.summary
    assert "score" not in ran.summary.lower()


def test_the_example_of_a_submission_repository_is_ready_by_its_own_workflow(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "temp").mkdir()
    runner = Runner(checkout, lay_out(tmp_path / "ada-churn"), tmp_path / "temp")
    ran = runner.run(**given_by("try-the-work.yml"))
    assert (ran.status, ran.commands) == (0, []), ran.log
    assert ran.outputs["outcome"] == "completed"
    assert "It runs, and its predictions are well formed." in ran.summary
    assert "500 predictions" in ran.summary
    assert (
        "handed out with the assignment: .github/workflows/hand-in.yml, .github/workflows/try-the-work.yml"
        in ran.summary
    )


def test_a_script_that_fails_is_annotated_at_its_line_in_the_repository(runner: Runner) -> None:
    work = runner.repository / "my work"
    work.mkdir()
    (work / "predict.py").write_text("import csv\n\nraise KeyError('tenur')\n")
    ran = runner.run(path="my work", assignment=".")
    assert ran.status == 1
    assert ran.outputs["outcome"] == "submission_failed"
    (command,) = ran.commands
    assert command.name == "error"
    assert command.properties == {"file": "my work/predict.py", "line": "3", "title": "run.failed"}
    assert "tenur" in command.text
    assert "`run.failed`" in ran.summary
    assert "predict.py, line 3" in ran.summary


def test_a_cell_that_fails_is_annotated_with_its_number_and_no_line_of_the_file(runner: Runner) -> None:
    cells = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for source in ("x = 1", "y = 2\nx / 0")
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (runner.repository / "work.ipynb").write_text(json.dumps(book))
    ran = runner.run()
    assert ran.status == 1
    (command,) = ran.commands
    assert command.properties == {"file": "work.ipynb", "title": "notebook.cell_error"}
    assert command.text.startswith("Cell 2, line 2: ")


def test_a_hostile_work_neither_gives_commands_nor_sets_outputs_nor_writes_markup(runner: Runner) -> None:
    (runner.repository / "predict.py").write_text(HOSTILE)
    (runner.repository / "::warning file=a::b ##[error]c.csv").write_text("a\n1\n")
    ran = runner.run()
    assert ran.status == 1
    assert "::add-mask::churn" in ran.log, "it was printed"
    assert "##[group]" in ran.log
    (command,) = ran.commands
    assert (command.name, command.properties["title"]) == ("error", "run.failed")
    assert ran.outputs["outcome"] == "submission_failed"
    assert list(ran.steps["try"]) == ["outcome"]
    parsed = MarkdownIt("commonmark", {"html": True}).enable("table").parse(ran.summary)
    kinds = {inner.type for token in parsed for inner in (token, *(token.children or []))}
    assert not kinds & {"html_block", "html_inline", "link_open", "image"}
    assert [token.tag for token in parsed if token.type == "heading_open"] == ["h2"]


def refusal(ran: Ran) -> str:
    assert ran.status == 2
    assert ran.outputs["outcome"] == ""
    assert ran.summary == ""
    (command,) = ran.commands
    assert command.name == "error"
    return command.text


def test_another_mode_is_refused_in_one_sentence_and_nothing_is_installed(runner: Runner) -> None:
    said = refusal(runner.run(mode="grade\n::warning::x"))
    assert said == 'The input mode is "grade\n::warning::x": give "preflight" or "submit".'
    assert "python" not in runner.run(mode="grade").steps


def test_a_folder_that_is_not_there_or_holds_no_packet_is_named(runner: Runner) -> None:
    (runner.repository / "src").mkdir()
    assert 'The input path is "wrok", but there is no such folder' in refusal(runner.run(path="wrok"))
    assert 'There is no takehome-assignment.json in "src"' in refusal(runner.run(path="src"))
    assert 'The input assignment is "packet"' in refusal(runner.run(path="src", assignment="packet"))


def test_a_grader_that_cannot_be_installed_is_our_failure_and_says_nothing_of_the_work(
    runner: Runner, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(runner.action, broken, ignore=shutil.ignore_patterns(".venv", "uv.lock", "assignments", "tests"))
    ran = Runner(broken, runner.repository, runner.temp).run()
    assert ran.status == 3
    assert ran.outputs["outcome"] == "infrastructure_failed"
    assert "nothing is said of the work" in ran.summary
    assert [command.name for command in ran.commands] == ["error"]


def test_a_settings_file_of_the_work_does_not_change_how_the_grader_is_installed(runner: Runner) -> None:
    (runner.repository / "predict.py").write_text(WORK)
    (runner.repository / "uv.toml").write_text("offline = true\nno-index = true\n")
    ran = runner.run()
    assert ran.status == 0, ran.log


def test_a_run_that_is_cancelled_ends_and_leaves_no_work_running(runner: Runner) -> None:
    """The suite's own look at what is left behind fails the session otherwise."""
    (runner.repository / "predict.py").write_text("import time\ntime.sleep(250)\n")
    assert runner.run(until="install").status == 0
    with runner.started("try") as process:
        while process.poll() is None and "bwrap" not in names_below(process.pid):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        log, _ = process.communicate(timeout=300)
    assert process.returncode == 130, log


def names_below(pid: int) -> set[str]:
    """Return the names of the processes that `pid` has started, and of those that these have."""
    found, waiting = set(), [pid]
    while waiting:
        with suppress(OSError):
            for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
                children = [int(number) for number in (task / "children").read_text().split()]
                found |= {Path(f"/proc/{number}/comm").read_text().strip() for number in children}
                waiting += children
    return found


def test_no_expression_stands_in_a_script_and_every_action_of_others_is_pinned() -> None:
    for step in told(ROOT)["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert "uses" not in step or len(step["uses"].partition("@")[2]) == 40
