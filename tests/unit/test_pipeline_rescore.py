"""Rescoring writes the whole of the new score into the report, the reason for none included."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.rescore import rescore_command
from grader.errors import UsageError
from grader.model import Evidence, Limits, Receipt, Report, RunReport, Span, SubmissionRef
from grader.pipeline import Terms, rescore
from grader.plugins import Criterion, Rubric, met, needs_human
from grader.report.folder import read_folder, write_folder

RECEIPT = Receipt(
    grader_version="0",
    rubric_version="0",
    environment_digest="",
    data_digest="",
    seed=0,
    limits=Limits(),
    run_id="0",
    finished_at="",
)
REPORT = Report(
    assignment=None,
    submission=SubmissionRef(name="work", digest="", kind="folder", files=1, bytes=1),
    outcome="completed",
    failure=None,
    score=None,
    low=None,
    high=None,
    hidden_weight=0,
    hidden_score=None,
    dimensions=(),
    hidden=(),
    run=RunReport(sandbox="bubblewrap"),
    questions=(),
    receipt=RECEIPT,
)


def test_a_report_that_loses_its_score_says_why_and_one_that_gains_it_no_longer_does() -> None:
    good = met("", evidence=[Span(path="a.py", line=1)])
    clear = Criterion("evaluation.clear", "", 1, lambda _: good, "")
    unclear = Criterion("evaluation.unclear", "", 1, lambda _: needs_human(""), "")
    lost = rescore(REPORT, Evidence(), Terms(Rubric((unclear,)), "1" * 64, None))
    assert lost.score is None
    assert lost.unscored_reason
    gained = rescore(lost, Evidence(), Terms(Rubric((clear,)), "2" * 64, None))
    assert gained.score == 100
    assert gained.unscored_reason is None
    assert (gained.receipt.rubric_version, gained.receipt.rubric_digest) == ("2" * 12, "2" * 64)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    write_folder(tmp_path / "stored", REPORT, Evidence())
    return tmp_path / "stored"


def test_a_report_of_another_schema_is_refused(stored: Path) -> None:
    text = (stored / "report.json").read_text()
    (stored / "report.json").write_text(text.replace('"schema_version": "1.0"', '"schema_version": "9.9"'))
    with pytest.raises(UsageError, match=r"schema version '9\.9'"):
        read_folder(stored)


def test_evidence_with_a_result_that_is_no_number_is_refused(stored: Path) -> None:
    fields = ("value", "low", "high", "baseline", "reference", "normalised_low", "normalised_high", "rows", "missing")
    numbers = ", ".join(f'"{name}": 1' for name in fields)
    hidden = f'{{"hidden": [{{"suite": "iid", "metric": "mae", "normalised": NaN, {numbers}}}]}}'
    (stored / "evidence.json").write_text(hidden)
    with pytest.raises(UsageError, match=r"hidden\.0\.normalised"):
        read_folder(stored)


def test_a_report_that_cannot_be_written_again_is_said_in_a_sentence(
    stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (stored / "report.html").unlink()
    (stored / "report.html").mkdir()
    assert rescore_command([stored], None) == 3
    assert "could not be written" in capsys.readouterr().err
