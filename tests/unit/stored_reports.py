"""Stored reports, made as a grading would make them, but for the run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rubric_evidence import hidden, work

from grader.assignment import load_assignment
from grader.model import AssignmentRef, Receipt, Report, RunReport, SubmissionRef
from grader.pipeline import Terms, rescore
from grader.plugins import load_rubric
from grader.report.batch import write_summary
from grader.report.folder import write_folder
from grader.scoring import rubric_digest

CHURN = Path(__file__).resolve().parents[2] / "assignments" / "churn"
CODE = "from sklearn.model_selection import train_test_split\ntrain, test = train_test_split(data)\nmodel.fit(train)\n"


def batch_of(folder: Path, names: Sequence[str], assignment_folder: Path = CHURN) -> Path:
    """Write a batch as a grading would: reports of works that differ, and the ranking."""
    rubric, assignment = load_rubric(), load_assignment(assignment_folder)
    terms = Terms(rubric, rubric_digest(rubric.criteria), assignment.weights, assignment.rubric, assignment.digest)
    reports = []
    for number, name in enumerate(names):
        evidence = work(CODE * (1 + number % 3), has_hidden_data=True, hidden=(hidden(0.1 + number % 9 / 10),))
        blank = report_of(name, AssignmentRef(slug=assignment.slug, version="1", digest=assignment.digest))
        receipt = blank.receipt.model_copy(update={"data_digest": assignment.data_digest})
        made = rescore(blank.model_copy(update={"receipt": receipt}), evidence, terms)
        write_folder(folder / name, made, evidence)
        reports.append((name, made))
    write_summary(folder, reports)
    return folder


def report_of(name: str, assignment: AssignmentRef) -> Report:
    receipt = Receipt(
        grader_version="0", rubric_version="", environment_digest="", data_digest="", seed=0,
        limits=load_assignment(CHURN).limits, run_id=name, finished_at="2026-01-01",
    )  # fmt: skip
    return Report(
        assignment=assignment, submission=SubmissionRef(name=name, digest="", kind="folder", files=1, bytes=1),
        outcome="completed", failure=None, score=None, low=None, high=None, hidden_weight=0, hidden_score=None,
        dimensions=(), hidden=(), run=RunReport(sandbox="none"), questions=(), receipt=receipt,
    )  # fmt: skip
