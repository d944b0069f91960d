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
from functools import cache
from pathlib import Path

import pytest
from answering import AnsweringSandbox, SameProcessReader, Silent
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plain_churn import copy_plain_churn, plain_churn

from grader.errors import FAILURE_CODES
from grader.model.failure_class import failure_class
from grader.pipeline import Parts, grade
from grader.plugins import load_criteria
from grader.report import render_html, render_markdown, report_json

ROOT = Path(__file__).resolve().parents[2]
CHURN = ROOT / "assignments" / "churn"
NOTEBOOK = CHURN / "examples" / "decent" / "churn.ipynb"
Run = Callable[..., subprocess.CompletedProcess[str]]
EXAMPLES = 200  # in all
CHANGES = st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=4)


@cache
def valid(kind: str) -> bytes:
    """Return a good submission of that kind: a notebook, a zip with its members stored or deflated, or a plain tar."""
    if kind == "ipynb":
        return NOTEBOOK.read_bytes()
    strong = CHURN / "examples" / "strong"
    files = {str(path.relative_to(strong)): path.read_bytes() for path in sorted(strong.rglob("*.*")) if path.is_file()}
    data = io.BytesIO()
    if kind == "tar":
        with tarfile.open(fileobj=data, mode="w") as archive:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    else:
        method = zipfile.ZIP_DEFLATED if kind == "deflated zip" else zipfile.ZIP_STORED
        with zipfile.ZipFile(data, "w") as packed:
            for name, content in files.items():
                packed.writestr(zipfile.ZipInfo(name), content, method)
    return data.getvalue()


def changed(data: bytes, changes: list[tuple[int, int]]) -> bytes:
    """Return `data` with those bytes changed."""
    made = bytearray(data)
    for place, value in changes:
        made[place % len(made)] = value
    return bytes(made)


# name: how the file ends, and its bytes with some changed; those of a tar before or after they are packed
DAMAGED: dict[str, tuple[str, Callable[[list[tuple[int, int]]], bytes]]] = {
    "stored zip": ("zip", lambda changes: changed(valid("stored zip"), changes)),
    "deflated zip": ("zip", lambda changes: changed(valid("deflated zip"), changes)),
    "tar inside": ("tar.gz", lambda changes: gzip.compress(changed(valid("tar"), changes), mtime=0)),
    "gzip stream": ("tar.gz", lambda changes: changed(gzip.compress(valid("tar"), mtime=0), changes)),
    "notebook": ("ipynb", lambda changes: changed(valid("ipynb"), changes)),
}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """Intake, plan, deal, scoring, rubric and report as they are; only the run is made up."""
    return Parts(AnsweringSandbox(), SameProcessReader(), load_criteria(), tmp_path_factory.mktemp("scratch"), Silent())


@pytest.mark.parametrize("kind", DAMAGED)
def test_any_damaged_submission_is_graded_or_fails_with_a_code(
    kind: str, parts: Parts, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assignment = plain_churn()
    folder = tmp_path_factory.mktemp("damaged")
    ending, damaged = DAMAGED[kind]
    ended = set()

    @settings(max_examples=EXAMPLES // len(DAMAGED), deadline=None, derandomize=True, database=None)
    @given(changes=CHANGES)
    @example(changes=[])  # without any, it is a good work
    def check(changes: list[tuple[int, int]]) -> None:
        path = folder / f"work.{ending}"
        path.write_bytes(damaged(changes))
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
    assert ended == {"submission_failed", "completed"}, "damage does harm, and what is whole stays good"


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_damaged_notebooks_are_really_run(run_grader: Run, tmp_path: Path) -> None:
    chance = random.Random(20260101)
    for number in range(6):
        changes = [(chance.randrange(2**20), chance.randrange(32, 127)) for _ in range(2)]
        (tmp_path / f"work-{number}.ipynb").write_bytes(changed(valid("ipynb"), changes))
    sources = [str(path) for path in sorted(tmp_path.glob("*.ipynb"))]
    churn = copy_plain_churn(tmp_path / "assignment" / "churn")
    words = ("--assignment", str(churn), "--sandbox", "bubblewrap", "--jobs", "2", "--output", "out")
    done = run_grader("grade", *sources, *words)
    assert (done.returncode, "Traceback" in done.stderr + done.stdout) == (0, False), done.stdout + done.stderr
    reports = [json.loads(path.read_text()) for path in (tmp_path / "out").glob("*/report.json")]
    assert len(reports) == len(sources)
    assert {report["outcome"] for report in reports} >= {"submission_failed"}
