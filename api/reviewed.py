"""A submission's report together with what reviewers said of it: read from the database, and the file only if asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import Asker
from api.problems import Problem
from api.routes.invitations import Person, person_of
from api.routes.submissions import visible
from grader.model import Report
from grader.report.reviewed import OverrideLine, Reviewed, criteria_by_id, reviewed_by
from grader.scoring import with_overrides
from grader.store.reviews import overrides_in, reviews_of, verdicts_in, version_of
from grader.store.tables import Invitation, Review, StoredReport, StoredSubmission, User


@dataclass(frozen=True)
class KnownReport:
    """What the database knows of a report: whose it is, which version, what was said, and by whom."""

    submission: StoredSubmission
    report: StoredReport
    version: str
    reviews: tuple[Review, ...]
    authors: dict[str, str]
    person: Person | None


def known_report(session: Session, submission_id: str, asker: Asker, report_id: str | None = None) -> KnownReport:
    """Return what is known of the current report, or of the one asked for. Raises Problem where there is none."""
    submission = visible(session, submission_id, asker)
    report = stored_report(session, submission, report_id)
    reviews = tuple(reviews_of(session, submission.id))
    invitation = session.get(Invitation, submission.invitation_id) if submission.invitation_id else None
    return KnownReport(
        submission,
        report,
        version_of(session, submission) if report_id is None else f"{report.id}+{version_of(session, submission)}",
        reviews,
        authors_of(session, reviews),
        person_of(session, invitation, asker),
    )


def stored_report(session: Session, submission: StoredSubmission, report_id: str | None = None) -> StoredReport:
    """Return the submission's current report, or another one of it. Raises Problem where there is none."""
    if submission.state == "erased":
        raise Problem("request.not_found", "The submission was erased.")
    if report_id is None and submission.report_id is None:
        raise Problem("submission.not_graded", hint="Follow its events, or ask again later.")
    row = session.get(StoredReport, report_id or submission.report_id)
    if row is None or row.submission_id != submission.id:
        raise Problem("request.not_found", "There is no such report on this submission.")
    return row


def authors_of(session: Session, reviews: Sequence[Review]) -> dict[str, str]:
    """Return who the reviewers are (id -> name)."""
    ids = {review.author_id for review in reviews}
    users = session.scalars(select(User).where(User.id.in_(ids))).all() if ids else ()
    return {user.id: user.name or user.email for user in users}


def after_review(report: Report, found: KnownReport) -> tuple[Report, Reviewed | None]:
    """Return the report with the overrides that hold, and what they are; the report itself and None without any."""
    overrides = overrides_in(found.reviews)
    if not overrides:
        return report, None
    verdicts = verdicts_in(found.reviews)
    after = with_overrides(report, verdicts)
    before = criteria_by_id(report)
    lines = [
        OverrideLine(
            criterion=name,
            title=before[name].title if name in before else name,
            original=before[name].verdict if name in before else None,
            verdict=verdict,
            reason=overrides[name].text,
            author=found.authors.get(overrides[name].author_id, ""),
            at=overrides[name].created_at.isoformat(),
        )
        for name, verdict in verdicts.items()
    ]
    return after, reviewed_by(lines, after)
