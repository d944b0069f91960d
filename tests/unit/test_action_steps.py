"""What the Action's steps write for the runner, text by text, and what they do where a runner restricts sandboxes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from action_runner import ROOT, obeyed, outputs_in, told
from commands import add_summary, commands_stopped, error, say, set_output
from failures import annotate_not_met
from inputs import PATIENCE_S, Inputs, read_submit
from namespaces import allow
from preflight import annotate

HOSTILE = "50% done\r\n::set-output name=outcome::completed\n##[add-mask]x, file=b:c\u202e\x1b[31m"


def test_an_annotation_comes_out_at_the_runner_as_it_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    error(HOSTILE, title=HOSTILE, file="a,b:c\n.py", line=3)
    (command,) = obeyed(capsys.readouterr().out)
    seen = HOSTILE.replace("\u202e", "\ufffd").replace("\x1b", "\ufffd")
    assert (command.name, command.text) == ("error", seen)
    assert command.properties == {"file": "a,b:c\n.py", "line": "3", "title": seen}


def test_it_is_written_as_githubs_toolkit_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    error("100%\nof it: a,b", title="x:y,z", file="a b.py", line=7)
    assert capsys.readouterr().out == "::error file=a b.py,line=7,title=x%3Ay%2Cz::100%25%0Aof it: a,b\n"


def test_a_line_without_its_file_and_nothing_at_all_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    error("no place", line=7)
    assert capsys.readouterr().out == "::error::no place\n"


def test_a_text_of_any_length_becomes_a_short_annotation(capsys: pytest.CaptureFixture[str]) -> None:
    error("x" * 10**6)
    assert len(capsys.readouterr().out) < 5000


def test_what_is_printed_while_commands_are_stopped_is_text_also_without_a_last_newline(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with commands_stopped():
        print(f"{HOSTILE}\n::stop-commands::mine\n::mine::\n::warning::x", end="")
    error("ours")
    assert [command.text for command in obeyed(capsys.readouterr().out)] == ["ours"]


def test_an_empty_patience_is_the_one_that_is_documented(tmp_path: Path) -> None:
    given = {"GITHUB_WORKSPACE": str(tmp_path), "INPUT_SERVER": "https://grading.example.org", "INPUT_WAIT": "true"}
    assert read_submit(given | {"INPUT_PATIENCE": ""}).patience == PATIENCE_S
    assert read_submit(given | {"INPUT_PATIENCE": "0"}).patience == 0
    assert float(told(ROOT)["inputs"]["patience"]["default"]) == PATIENCE_S


def test_a_line_that_holds_words_of_the_work_is_one_line_and_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    say("running a.py")
    assert capsys.readouterr().out == "running a.py\n"
    say(f"running {HOSTILE}")
    said = capsys.readouterr().out
    assert obeyed(said) == []
    assert [line for line in said.splitlines() if line.startswith("running")] == [
        "running 50% done ::set-output name=outcome::completed ##[add-mask]x, file=b:c\ufffd\ufffd[31m"
    ]


def test_an_output_of_several_lines_is_one_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    set_output("outcome", "a\nother<<end\nb\nend\nother=c")
    set_output("second", "d")
    assert outputs_in((tmp_path / "output").read_text()) == {
        "outcome": "a\nother<<end\nb\nend\nother=c",
        "second": "d",
    }


def test_a_summary_is_added_to_what_stands_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    add_summary("## A\n")
    add_summary("## é\n")
    assert (tmp_path / "summary").read_text(encoding="utf-8") == "## A\n## é\n"


def annotated(repository: Path, work: Path, capsys: pytest.CaptureFixture[str], **failure: object) -> dict[str, str]:
    told = {"code": "run.failed", "message": "It failed.", "hint": "", "cell": None, "line": 2, **failure}
    annotate({"failure": told, "checks": []}, Inputs(work, work, repository))
    (command,) = obeyed(capsys.readouterr().out)
    return command.properties


def test_a_work_that_lies_in_one_folder_is_annotated_in_that_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine" / "ada" / "src").mkdir(parents=True)
    (tmp_path / "mine" / "ada" / "src" / "a.py").write_text("")
    assert annotated(tmp_path, tmp_path / "mine", capsys, path="src/a.py")["file"] == "mine/ada/src/a.py"


def test_a_repository_that_is_checked_out_into_a_folder_is_annotated_by_its_own_paths(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """GitHub looks for the file in the repository, whatever the folder is called that the runner has it in."""
    checkout = tmp_path / "checkout"
    (checkout / ".git").mkdir(parents=True)
    (checkout / "src").mkdir()
    (checkout / "src" / "a.py").write_text("")
    assert annotated(tmp_path, checkout / "src", capsys, path="a.py")["file"] == "src/a.py"
    assert annotated(tmp_path, checkout, capsys, path="src/a.py")["file"] == "src/a.py"


def test_a_file_that_the_repository_does_not_hold_is_no_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert annotated(tmp_path, tmp_path, capsys, path="gone.py") == {"title": "run.failed"}
    assert annotated(tmp_path, tmp_path, capsys, path=None) == {"title": "run.failed"}


def test_what_was_not_met_is_annotated_at_its_line_and_a_cell_by_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.py", "b.ipynb"):
        (tmp_path / name).write_text("")

    def judged(verdict: str, reviewed: bool = False, **place: object) -> dict[str, object]:
        span = {"path": "a.py", "cell": None, "line": 3, **place}
        said = {"title": "A criterion", "reason": "It leaks.", "advice": "Split first."}
        return {"verdict": verdict, "reviewed": reviewed, "evidence": [span], **said}

    told = [
        judged("met"),
        judged("not_met", reviewed=True),
        judged("not_met", line=None),
        judged("not_met", path="no.py"),
    ]
    told += [judged("not_met"), judged("not_met", path="b.ipynb", cell=1, line=2)]
    annotate_not_met({"dimensions": [{"criteria": told}]}, tmp_path, tmp_path)
    at_line, at_cell = obeyed(capsys.readouterr().out)
    assert (at_line.name, at_line.text) == ("warning", "It leaks. Split first.")
    assert at_line.properties == {"file": "a.py", "line": "3", "title": "A criterion"}
    assert (at_cell.text, at_cell.properties["file"]) == ("Cell 2, line 2: It leaks. Split first.", "b.ipynb")
    assert "line" not in at_cell.properties
    annotate_not_met({"dimensions": [{"criteria": [judged("not_met")] * 30}]}, tmp_path, tmp_path)
    assert len(obeyed(capsys.readouterr().out)) == 10, "GitHub shows no more"


def test_a_table_that_is_missing_is_annotated_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checks = [
        {"id": "run", "file": None, "passed": True, "found": "It took 2 s."},
        {"id": "outputs", "file": "batches.csv", "passed": False, "found": "It was not written."},
    ]
    annotate({"failure": None, "checks": checks}, Inputs(tmp_path, tmp_path, tmp_path))
    (command,) = obeyed(capsys.readouterr().out)
    assert (command.properties, command.text) == ({"title": "batches.csv"}, "It was not written.")


@pytest.fixture
def sudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a sudo on PATH that only notes what it is asked for, and return the file of its notes."""
    (tmp_path / "bin").mkdir()
    program, notes = tmp_path / "bin" / "sudo", tmp_path / "asked"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{notes}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return notes


def test_namespaces_that_are_restricted_are_allowed_and_that_is_said(
    tmp_path: Path, sudo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "setting").write_text("1\n")
    allow(tmp_path / "setting")
    assert sudo.read_text() == "-n sysctl --quiet --write kernel.apparmor_restrict_unprivileged_userns=0\n"
    assert "kernel.apparmor_restrict_unprivileged_userns=0" in capsys.readouterr().out


@pytest.mark.parametrize("setting", ["0\n", None])
def test_nothing_is_changed_where_they_are_not_restricted(tmp_path: Path, sudo: Path, setting: str | None) -> None:
    if setting is not None:
        (tmp_path / "setting").write_text(setting)
    allow(tmp_path / "setting")
    assert not sudo.exists()


def test_a_runner_that_allows_no_sudo_is_told_of_and_goes_on(
    tmp_path: Path, sudo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bin" / "sudo").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "setting").write_text("1\n")
    allow(tmp_path / "setting")
    assert "That was not allowed" in capsys.readouterr().out
