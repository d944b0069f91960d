"""What GitHub is told of, as the database has it: the commits of an invitation, and how their submissions stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.model import Report, Verdict
from grader.plugins import built_in_criteria
from grader.report.candidate import CandidateReport, for_candidate
from grader.report.candidate_markdown import HandedIn
from grader.scoring import with_overrides
from grader.store.blobs import Blobs
from grader.store.reviews import is_released, reviews_of, verdicts_in
from grader.store.tables import (
    BoundRepository,
    GithubAnswer,
    GithubCheck,
    GithubRun,
    Invitation,
    StoredAssignment,
    StoredReport,
    StoredSubmission,
)


@dataclass(frozen=True)
class Commit:
    """A commit that was handed in. `folder` is where its report's paths begin; `check_run_id` and `digest` are what
    GitHub was told last.
    """

    handed: HandedIn
    sha: str
    folder: str
    started_at: datetime | None
    finished_at: datetime | None
    report_blob: str | None
    verdicts: Mapping[str, Verdict]
    check_run_id: int | None
    digest: str


@dataclass(frozen=True)
class Facts:
    """An invitation's commits, the oldest first, in the repository that is bound to it; and where the comment is."""

    invitation_id: str
    repository_id: str
    owner_id: str
    assignment: str
    title: str
    commits: tuple[Commit, ...]
    issue: int | None
    comment_id: int | None
    comment_digest: str


def facts_of(session: Session, invitation_id: str) -> Facts | None:
    """Return what is to be told of an invitation; None where no repository is bound to it any more."""
    bound, row = session.get(BoundRepository, invitation_id), session.get(GithubAnswer, invitation_id)
    if bound is None or row is None:
        return None
    assignment = session.get_one(StoredAssignment, session.get_one(Invitation, invitation_id).assignment)
    query = (
        select(GithubCheck, StoredSubmission, GithubRun)
        .join(StoredSubmission, StoredSubmission.id == GithubCheck.submission_id)
        .join(GithubRun, GithubRun.submission_id == StoredSubmission.id)
        # whoever owned it then: the commits moved along where it was transferred, and its new owner was named
        .where(GithubRun.invitation_id == invitation_id, GithubRun.repository_id == bound.repository_id)
        .order_by(StoredSubmission.created_at, StoredSubmission.id, GithubRun.created_at)
    )
    commits = {sub.id: _commit(session, check, sub, run) for check, sub, run in session.execute(query)}
    return Facts(
        invitation_id=invitation_id,
        repository_id=bound.repository_id,
        owner_id=bound.owner_id,
        assignment=assignment.slug,
        title=assignment.title,
        commits=tuple(commits.values()),
        issue=row.issue,
        comment_id=row.comment_id,
        comment_digest=row.comment_digest,
    )


def result_of(commit: Commit, blobs: Blobs) -> CandidateReport | None:
    """Return what the candidate may read of the result; None while it is not released. Raises InfrastructureError."""
    if commit.report_blob is None or not commit.handed.is_released:
        return None
    return as_candidate(Report.model_validate_json(blobs.get(commit.report_blob)), commit.verdicts)


def as_candidate(report: Report, verdicts: Mapping[str, Verdict]) -> CandidateReport:
    """Return what the candidate may read of a report, with what reviewers judged otherwise."""
    return for_candidate(with_overrides(report, verdicts), built_in_criteria(), verdicts)


def handed_in(session: Session, row: StoredSubmission) -> HandedIn:
    """Return a submission as its candidate knows it."""
    return HandedIn(
        id=row.id,
        attempt=row.attempt,
        state=row.state,
        outcome=row.outcome,
        failure_code=row.failure_code,
        is_released=is_released(session, row),
    )


def _commit(session: Session, check: GithubCheck, row: StoredSubmission, run: GithubRun) -> Commit:
    report = session.get(StoredReport, row.report_id) if row.report_id else None
    return Commit(
        handed=handed_in(session, row),
        sha=run.sha,
        folder=check.folder,
        started_at=row.started_at,
        finished_at=row.finished_at,
        report_blob=report.blob if report else None,
        verdicts=verdicts_in(reviews_of(session, row.id)),
        check_run_id=check.check_run_id,
        digest=check.digest,
    )
