"""Reports: whole for reviewers, as JSON, as a page and with the evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from sqlalchemy import select

from api.identity import Reader
from api.problems import Problem, answers
from api.reviewed import after_review, known_report, stored_report
from api.routes.assignments import download
from api.routes.invitations import Person
from api.routes.submissions import visible
from api.services import Served, Services
from api.versions import PRIVATE, UNCHANGED, IfNoneMatch, tagged, unchanged
from grader.model import Report
from grader.report import render_html
from grader.report.html import content_security_policy
from grader.report.reviewed import Reviewed
from grader.store.database import reading
from grader.store.reviews import decision_in
from grader.store.tables import StoredReport

router = APIRouter(tags=["reports"])
Which = Annotated[str | None, Query(max_length=32, description="An earlier report's id; without it, the current one.")]
GONE = (
    "identity.missing",
    "identity.forbidden",
    "request.not_found",
    "request.invalid",
    "submission.not_graded",
    "service.unavailable",
)


class ReportLine(BaseModel):
    """One report of a submission, without what it says."""

    id: str
    origin: str = Field(description="`graded`, `rescored`, or `posted` from elsewhere.", examples=["graded"])
    current: bool
    created_at: datetime
    outcome: str = Field(examples=["completed"])
    score: float | None
    low: float | None
    high: float | None


class ReviewedReport(BaseModel):
    """A report beside what reviewers said of it. `report` is in the published schema, as the grader wrote it."""

    submission: str
    report_id: str
    origin: str
    created_at: datetime
    candidate: Person | None = Field(description="Null while it is not to be seen who that is.")
    decision: str | None = Field(examples=["advance"])
    reviewed: Reviewed | None = Field(description="The overrides and the score with them; null without any.")
    report: dict[str, Any]


@router.get(
    "/submissions/{submission_id}/report",
    response_model=ReviewedReport,
    responses={**UNCHANGED, **answers(*GONE)},
)
def get_report(
    served: Served,
    asker: Reader,
    submission_id: str,
    report: Which = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the whole report, with what reviewers judged otherwise beside it. Its ETag is also that of the reviews."""
    with reading(served.engine) as session:
        found = known_report(session, submission_id, asker, report)
    if same := unchanged(if_none_match, found.version):
        return same
    data = served.blobs.get(found.report.blob)
    _, reviewed = after_review(Report.model_validate_json(data), found) if found.reviews else (None, None)
    decision = decision_in(found.reviews)
    shell = ReviewedReport(
        submission=found.submission.id,
        report_id=found.report.id,
        origin=found.report.origin,
        created_at=found.report.created_at,
        candidate=found.person,
        decision=decision.verdict if decision else None,
        reviewed=reviewed,
        report={},
    )
    # the report stands in it as it was stored, byte for byte: read and written again it would cost most of the time
    body = shell.model_dump_json(exclude={"report"}).encode()[:-1] + b',"report":' + data.strip() + b"}"
    return Response(body, media_type="application/json", headers=tagged(found.version))


@router.get(
    "/submissions/{submission_id}/report.json",
    responses={
        200: {"description": "The report, in the published schema.", "content": {"application/json": {}}},
        **UNCHANGED,
        **answers(*GONE),
    },
    response_class=Response,
)
def get_report_file(
    served: Served, asker: Reader, submission_id: str, report: Which = None, if_none_match: IfNoneMatch = None
) -> Response:
    """Download `report.json` as the grader wrote it."""
    with reading(served.engine) as session:
        row = stored_report(session, visible(session, submission_id, asker), report)
    return unchanged(if_none_match, row.digest) or Response(
        served.blobs.get(row.blob), media_type="application/json", headers=tagged(row.digest)
    )


@router.get(
    "/submissions/{submission_id}/report.html",
    responses={**UNCHANGED, **answers(*GONE)},
    response_class=HTMLResponse,
)
def get_report_page(
    served: Served, asker: Reader, submission_id: str, report: Which = None, if_none_match: IfNoneMatch = None
) -> Response:
    """Return the report as a page that runs and loads nothing, with what reviewers judged otherwise before it."""
    with reading(served.engine) as session:
        found = known_report(session, submission_id, asker, report)
    if same := unchanged(if_none_match, found.version):
        return same
    whole = _read(served, found.report)
    _, reviewed = after_review(whole, found)
    policy = f"{content_security_policy()}; frame-ancestors 'none'; sandbox"
    headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", **tagged(found.version)}
    return HTMLResponse(render_html(whole, reviewed, posted=found.report.origin == "posted"), headers=headers)


@router.get(
    "/submissions/{submission_id}/evidence",
    responses={
        200: {"description": "What the report rests on.", "content": {"application/zip": {}}},
        **answers(*GONE),
    },
    response_class=Response,
)
def get_evidence(served: Served, asker: Reader, submission_id: str, report: Which = None) -> Response:
    """Download the evidence as a zip archive: the facts, the notebooks as they ran, and the logs."""
    with reading(served.engine) as session:
        row = stored_report(session, visible(session, submission_id, asker), report)
    if row.evidence_blob is None:
        raise Problem("request.not_found", "No evidence is kept with this report.")
    data = served.blobs.get(row.evidence_blob)
    return download(data, "application/zip", f"evidence-{submission_id[:8]}.zip", **PRIVATE)


@router.get(
    "/submissions/{submission_id}/reports",
    responses=answers("identity.missing", "identity.forbidden", "request.not_found"),
)
def list_reports(served: Served, asker: Reader, submission_id: str) -> list[ReportLine]:
    """List all reports on a submission, the newest first: regrades add one, and none is ever changed."""
    with reading(served.engine) as session:
        submission = visible(session, submission_id, asker)
        query = select(StoredReport).where(StoredReport.submission_id == submission.id)
        rows = session.scalars(query.order_by(StoredReport.created_at.desc(), StoredReport.id.desc())).all()
    return [
        ReportLine(
            id=row.id,
            origin=row.origin,
            current=row.id == submission.report_id,
            created_at=row.created_at,
            outcome=row.outcome,
            score=row.score,
            low=row.low,
            high=row.high,
        )
        for row in rows
    ]


def _read(served: Services, row: StoredReport) -> Report:
    return Report.model_validate_json(served.blobs.get(row.blob))
