"""Rescoring writes the whole of the new score into the report, the reason for none included."""

from __future__ import annotations

from grader.model import Evidence, Limits, Receipt, Report, RunReport, Span, SubmissionRef
from grader.pipeline import rescore
from grader.plugins import Criterion, met, needs_human

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
    lost = rescore(REPORT, Evidence(), None, (unclear,))
    assert lost.score is None
    assert lost.unscored_reason
    gained = rescore(lost, Evidence(), None, (clear,))
    assert gained.score == 100
    assert gained.unscored_reason is None
