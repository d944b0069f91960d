"""The child process that reads: its answer, and what becomes of a file that harms it."""

from __future__ import annotations

from pathlib import Path

from grader.evidence import SubprocessCodeReader, read_facts
from grader.model import FileEntry, Submission


def submission(root: Path) -> Submission:
    paths = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    files = tuple(FileEntry(path=path, bytes=0, sha256="") for path in paths)
    return Submission(name="work", digest="0", kind="folder", files=files, bytes=0, root=root)


def test_the_child_says_the_same_as_reading_here(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("import pandas as pd\ndf = pd.read_csv('données.csv')\n")
    (tmp_path / "README.md").write_text("Wörk")
    facts = SubprocessCodeReader().read(submission(tmp_path))
    assert facts == read_facts(tmp_path, ["README.md", "work.py"])
    assert facts.failure == ""


def test_an_empty_submission_gives_empty_facts(tmp_path: Path) -> None:
    assert SubprocessCodeReader().read(submission(tmp_path)).failure == ""


def test_code_that_is_never_done_is_stopped_and_said(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("len([])\n" * 20_000)
    facts = SubprocessCodeReader(wall_s=0.05).read(submission(tmp_path))
    assert facts.failure == "Reading the code took longer than 0.05 seconds and was stopped."


def test_too_much_memory_is_a_failure_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "work.ipynb").write_text('{"cells": [' + "[]," * 9_000_000 + "[]]}")
    facts = SubprocessCodeReader(memory_bytes=200 * 1024**2).read(submission(tmp_path))
    assert "more than 200 MB" in facts.failure
    assert facts.sources == ()


def test_deeply_nested_code_is_survived(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = " + "(" * 5_000 + ")" * 5_000)
    (tmp_path / "b.py").write_text("x = 1" + " + 1" * 20_000)
    (tmp_path / "c.py").write_text("x = a" + ".b()" * 3_000)
    (tmp_path / "d.py").write_text("len([])\n")
    facts = SubprocessCodeReader().read(submission(tmp_path))
    assert facts.failure == ""
    assert "len" in [call.name for call in facts.calls]


def test_a_submission_cannot_lend_its_own_modules_to_the_reader(tmp_path: Path) -> None:
    (tmp_path / "ast.py").write_text("raise SystemExit(9)\n")
    (tmp_path / "json.py").write_text("raise SystemExit(9)\n")
    facts = SubprocessCodeReader().read(submission(tmp_path))
    assert facts.failure == ""
    assert [call.name for call in facts.calls] == ["SystemExit", "SystemExit"]
