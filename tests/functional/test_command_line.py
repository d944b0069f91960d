"""The command line's words, exit statuses and refusals."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.pipeline import private_scratch

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


@pytest.mark.parametrize("command", ["grade", "read"])
def test_a_source_that_is_not_there_is_said_before_anything_is_run(
    run_grader: Run, tmp_path: Path, command: str
) -> None:
    (tmp_path / "work.py").write_text("print(1)\n")
    shown = run_grader(command, "work.py", "mistyped.zip", "gone/", "bad\udcffname")
    assert shown.returncode == 2
    assert "mistyped.zip, gone/, bad\\udcffname" in shown.stderr
    assert shown.stdout == ""
    assert not (tmp_path / "grading").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--jobs", "0"),
        ("--jobs", "two"),
        ("--fail-under", "101"),
        ("--fail-under", "nan"),
        ("--sandbox", "chroot"),
        ("--output", "work.py"),
        ("--output", "/proc/nowhere"),
        ("--assignment", "x" * 300),
        ("--assignment", ""),
        ("--nonsense",),
    ],
)
def test_wrong_options_are_refused_by_name_and_exit_2(run_grader: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "work.py").write_text("print(1)\n")
    shown = run_grader("grade", "work.py", *words)
    assert shown.returncode == 2, shown.stderr
    assert words[0].removeprefix("--") in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize("words", [("one", "two", "--output", "."), ("one", "--output", "one"), ("one", "")])
def test_no_report_is_written_over_a_submission_and_an_empty_source_is_none(
    run_grader: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "executed.ipynb").write_text("the candidate's own")
    shown = run_grader("grade", *words)
    assert shown.returncode == 2, shown.stderr
    assert "Traceback" not in shown.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["executed.ipynb", "executed.ipynb", "one", "two"]


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_a_folder_graded_where_it_lies_does_not_take_in_its_own_reports(run_grader: Run, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("print(1)\n")
    digests = []
    for _ in range(2):
        shown = run_grader("grade", ".", "--sandbox", "bubblewrap", "--json")
        assert shown.returncode == 0, shown.stderr
        digests.append(json.loads(shown.stdout)["submission"]["digest"])
    assert digests[0] == digests[1]


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_json_goes_to_standard_output_alone_and_colours_go_nowhere(run_grader: Run, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("print(1)\n")
    (tmp_path / "odd \x1b]8;;http:x\x1b\\[red]name.py").write_text("raise SystemExit('[bold]no[/bold]')\n")
    sources = sorted(path.name for path in tmp_path.glob("*.py"))
    shown = run_grader("grade", *sources, "--sandbox", "bubblewrap", "--json", "--fail-under", "0")
    assert [form["outcome"] for form in json.loads(shown.stdout)] == ["submission_failed", "completed"]
    assert "2/2" in shown.stderr
    assert "\x1b" not in shown.stdout + shown.stderr
    plain = run_grader("grade", sources[0], "--sandbox", "bubblewrap", NO_COLOR="1", FORCE_COLOR="1")
    assert "\x1b]" not in plain.stdout
    assert "\x1b[3" not in plain.stdout


def test_a_scratch_folder_left_by_a_killed_grader_is_swept_and_a_living_one_kept(tmp_path: Path) -> None:
    (tmp_path / "123-killed" / "run").mkdir(parents=True)
    with private_scratch(tmp_path) as living, private_scratch(tmp_path) as other:
        assert living.is_dir()
        assert other.is_dir()
        assert not (tmp_path / "123-killed").exists()
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


@pytest.mark.sandbox
def test_the_doctor_shows_every_probe_and_its_result_as_text_and_as_json(run_grader: Run, bubblewrap: None) -> None:
    shown = run_grader("doctor", "--sandbox", "bubblewrap", "--json")
    found = json.loads(shown.stdout)
    assert shown.returncode == 0, shown.stderr
    assert (found["chosen"], found["good"]) == ("bubblewrap", True)
    (backend,) = found["backends"]
    assert backend["enforcement"] in ("enforced", "cooperative")
    assert all(probe["passed"] for probe in backend["probes"])
    assert all(probe["title"] in shown.stderr for probe in backend["probes"])


def test_the_doctor_ends_with_3_where_the_chosen_sandbox_cannot_be_used(run_grader: Run, tmp_path: Path) -> None:
    home = str(tmp_path / "empty")
    shown = run_grader("doctor", "--sandbox", "bubblewrap", "--quick", GRADER_HOME=home)
    assert shown.returncode == 3
    assert "grader sandbox build" in shown.stdout
    assert "Traceback" not in shown.stderr
