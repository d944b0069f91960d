"""Archives and notebooks with bytes changed at random: a failure with a code, or a graded report, never another end."""

from __future__ import annotations

import gzip
import io
import json
import random
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from answering import AnsweringSandbox, SameProcessReader, Silent
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.assignment import load_assignment
from grader.errors import FAILURE_CODES
from grader.model.failure_class import failure_class
from grader.pipeline import Parts, grade
from grader.plugins import load_criteria
from grader.report import render_html, render_markdown, report_json

ROOT = Path(__file__).resolve().parents[2]
CHURN = ROOT / "assignments" / "churn"
NOTEBOOK = CHURN / "examples" / "decent" / "churn.ipynb"
Run = Callable[..., subprocess.CompletedProcess[str]]
CHANGES = st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=4)


def valid(kind: str) -> bytes:
    """Return a good submission of that kind; an archive's members are not compressed, so that a change reaches them."""
    if kind == "ipynb":
        return NOTEBOOK.read_bytes()
    strong = CHURN / "examples" / "strong"
    files = {str(path.relative_to(strong)): path.read_bytes() for path in sorted(strong.rglob("*.*")) if path.is_file()}
    data = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(data, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(fileobj=data, mode="w") as archive:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return data.getvalue()


def damaged(kind: str, changes: list[tuple[int, int]]) -> bytes:
    """Return it with those bytes changed."""
    data = bytearray(valid(kind))
    for place, value in changes:
        data[place % len(data)] = value
    return gzip.compress(bytes(data)) if kind == "tar.gz" else bytes(data)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """Intake, plan, deal, scoring, rubric and report as they are; only the run is made up."""
    return Parts(AnsweringSandbox(), SameProcessReader(), load_criteria(), tmp_path_factory.mktemp("scratch"), Silent())


@pytest.mark.parametrize(("kind", "examples"), [("zip", 60), ("tar.gz", 80), ("ipynb", 60)])
def test_any_damaged_submission_is_graded_or_fails_with_a_code(
    kind: str, examples: int, parts: Parts, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assignment = load_assignment(CHURN)
    folder = tmp_path_factory.mktemp("damaged")
    ended = set()

    @settings(max_examples=examples, deadline=None, derandomize=True, database=None)
    @given(changes=CHANGES)
    def check(changes: list[tuple[int, int]]) -> None:
        path = folder / f"work.{kind}"
        path.write_bytes(damaged(kind, changes))
        report = grade(str(path), "work", assignment, parts, (0,), threading.Event()).report
        ended.add(report.outcome)
        if report.failure:
            assert report.failure.code in FAILURE_CODES
            assert failure_class(report.failure.code) != "infrastructure", report.failure
        assert json.loads(report_json(report))["outcome"] == report.outcome
        assert render_html(report)
        assert render_markdown(report)
        assert list(parts.scratch.iterdir()) == []

    check()
    assert ended == {"submission_failed", "completed"}, "some are still good and some are not"


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_damaged_notebooks_are_really_run(run_grader: Run, tmp_path: Path) -> None:
    chance = random.Random(20260101)
    for number in range(6):
        changes = [(chance.randrange(2**20), chance.randrange(32, 127)) for _ in range(2)]
        (tmp_path / f"work-{number}.ipynb").write_bytes(damaged("ipynb", changes))
    sources = [str(path) for path in sorted(tmp_path.glob("*.ipynb"))]
    words = ("--assignment", str(CHURN), "--sandbox", "bubblewrap", "--jobs", "2", "--output", "out")
    done = run_grader("grade", *sources, *words)
    assert (done.returncode, "Traceback" in done.stderr + done.stdout) == (0, False), done.stdout + done.stderr
    reports = [json.loads(path.read_text()) for path in (tmp_path / "out").glob("*/report.json")]
    assert len(reports) == len(sources)
    assert {report["outcome"] for report in reports} >= {"submission_failed"}
