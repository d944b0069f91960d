"""Reviews: what people say of a report, added and never changed; the decision is a person's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from api.identity import Asker, Reader, Reviewer
from api.problems import Problem, answers
from api.reviewed import authors_of, known_report
from api.routes.submissions import visible
from api.services import Served, Services
from api.versions import IfMatch, refuse_lost_update, tagged
from grader.model import Report, Verdict
from grader.report.reviewed import criteria_by_id
from grader.store.audit import note
from grader.store.database import reading, transaction
from grader.store.reviews import MOST_CHARACTERS, add_review, reviews_of, version_of
from grader.store.standing import lock_standing
from grader.store.submissions import why_not
from grader.store.tables import Invitation, Review, StoredReport, StoredSubmission

router = APIRouter(tags=["reviews"])


class NewReview(BaseModel):
    """What a reviewer says. An `override` names a criterion and its verdict (null takes earlier overrides back), a
    `decision` has the verdict `advance` or `decline`; a `release` lets the candidate read the result without one.
    """

    kind: Literal["override", "comment", "decision", "release"]
    criterion: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, examples=["data_preparation.preprocessing_leakage"]
    )
    verdict: Verdict | Literal["advance", "decline"] | None = Field(default=None, examples=["met"])
    text: Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)] = Field(
        default="", description="The reason, or the comment.", examples=["The scaler is fitted in the pipeline."]
    )


class ReviewView(BaseModel):
    """One act of a reviewer."""

    id: str
    kind: str
    criterion: str | None
    verdict: str | None
    text: str
    author: str = Field(examples=["Grace Hopper"])
    report_id: str | None = Field(description="The report that was current then.")
    created_at: datetime


@router.get(
    "/submissions/{submission_id}/reviews",
    responses=answers("identity.missing", "identity.forbidden", "request.not_found"),
)
def list_reviews(served: Served, asker: Reader, submission_id: str, response: Response) -> list[ReviewView]:
    """List all that reviewers said of a submission, the oldest first. The ETag is that of its report."""
    with reading(served.engine) as session:
        submission = visible(session, submission_id, asker)
        rows = reviews_of(session, submission.id)
        authors, version = authors_of(session, rows), version_of(session, submission)
    response.headers.update(tagged(version))
    return [_shown(row, authors) for row in rows]


@router.post(
    "/submissions/{submission_id}/reviews",
    status_code=201,
    responses=answers(
        "identity.missing",
        "identity.forbidden",
        "request.cross_site",
        "request.not_found",
        "request.invalid",
        "request.precondition",
        "request.precondition_missing",
        "submission.not_graded",
        "submission.open",
        "service.unavailable",
    ),
)
def review(
    served: Served,
    asker: Reviewer,
    submission_id: str,
    given: NewReview,
    response: Response,
    if_match: IfMatch = None,
) -> ReviewView:
    """Say something of a submission: judge a criterion otherwise, comment, decide, or release the result.

    All but a comment need `If-Match` with the ETag of the report that was read, so that nobody decides on what has
    changed meanwhile. Nothing is changed or deleted: a later override or decision takes the place of an earlier one.
    """
    if given.kind == "override":
        _refuse_unknown(served, asker, submission_id, given.criterion)
    with transaction(served.engine) as session:
        submission = _locked(session, submission_id)
        if given.kind != "comment":
            refuse_lost_update(if_match, version_of(session, submission))
            _refuse_too_early(session, submission, given.kind)
        assert asker.user_id is not None  # a candidate has no scope
        row = Review(
            submission_id=submission.id, report_id=submission.report_id, author_id=asker.user_id, **given.model_dump()
        )
        add_review(session, submission, row)
        note(session, asker.label, f"review.{row.kind}", submission.id, review=row.id, verdict=row.verdict)
        response.headers.update(tagged(version_of(session, submission)))
        return _shown(row, authors_of(session, [row]))


def _locked(session: Session, submission_id: str) -> StoredSubmission:
    found = session.get(StoredSubmission, submission_id)
    lock_standing(session, found.invitation_id if found else None)  # a decision changes it, and who publishes locks so
    row = session.get(StoredSubmission, submission_id, with_for_update=True)
    if row is None or row.state == "erased":
        raise Problem("request.not_found", "There is no such submission.")
    return row


def _refuse_unknown(served: Services, asker: Asker, submission_id: str, criterion: str | None) -> None:
    """Raise Problem where the report judges no such criterion."""
    with reading(served.engine) as session:
        row: StoredReport = known_report(session, submission_id, asker).report
    report = Report.model_validate_json(served.blobs.get(row.blob))
    if criterion not in criteria_by_id(report):
        raise Problem("request.invalid", "criterion: the report judges none of this name.")


def _refuse_too_early(session: Session, submission: StoredSubmission, kind: str) -> None:
    if submission.report_id is None:
        raise Problem("submission.not_graded", hint="Wait for its report.")
    invitation = session.get(Invitation, submission.invitation_id) if submission.invitation_id else None
    if kind == "release" and invitation is not None and why_not(session, invitation) is None:
        hint = "Decide, wait for the deadline, or lower the number of attempts."
        raise Problem("submission.open", hint=hint)


def _shown(row: Review, authors: dict[str, str]) -> ReviewView:
    return ReviewView(
        id=row.id,
        kind=row.kind,
        criterion=row.criterion,
        verdict=row.verdict,
        text=row.text,
        author=authors.get(row.author_id, ""),
        report_id=row.report_id,
        created_at=row.created_at,
    )
