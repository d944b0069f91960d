"""The command line's words, exit statuses and refusals."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_help_names_every_command(run_grader: Run) -> None:
    shown = run_grader("--help")
    assert shown.returncode == 0
    for command in ("grade", "read", "rescore", "doctor", "sandbox"):
        assert command in shown.stdout


def test_help_loads_neither_the_records_nor_the_scientific_stack(run_grader: Run) -> None:
    import sys

    heavy = ("pydantic", "numpy", "docker", "jinja2", "nbformat", "rich.live")
    code = f"import sys; import grader.cli.app; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_an_unknown_assignment_is_one_sentence_and_exit_2(run_grader: Run, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("print(1)\n")
    shown = run_grader("grade", "work.py", "--assignment", "nonsense")
    assert shown.returncode == 2
    assert "nonsense" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_without_the_environment_the_grader_refuses_and_says_what_to_run(run_grader: Run, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("open('ran', 'w')\n")
    home = str(tmp_path / "empty")
    shown = run_grader("grade", "work.py", "--sandbox", "bubblewrap", GRADER_HOME=home)
    assert shown.returncode == 3
    assert "grader sandbox build" in shown.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("home", ["relative", "/"])
def test_an_unsafe_home_is_refused_by_name(run_grader: Run, home: str) -> None:
    shown = run_grader("doctor", GRADER_HOME=home)
    assert shown.returncode == 2
    assert "GRADER_HOME" in shown.stderr


def test_read_prints_one_json_line_a_source_and_runs_nothing(run_grader: Run, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("open('ran', 'w')\n")
    (tmp_path / "bad.ipynb").write_text("not json")
    shown = run_grader("read", "work.py", "bad.ipynb", "--jsonl")
    assert shown.returncode == 0, shown.stderr
    first, second = (json.loads(line) for line in shown.stdout.splitlines())
    assert (first["source"], first["outcome"]) == ("work.py", "completed")
    assert first["criteria"]
    assert second["failure"]["code"] == "notebook.invalid"
    assert not (tmp_path / "ran").exists()


def test_rescore_of_a_folder_without_a_report_says_which_file_is_missing(run_grader: Run, tmp_path: Path) -> None:
    shown = run_grader("rescore", str(tmp_path))
    assert shown.returncode == 2
    assert "report.json" in shown.stderr
