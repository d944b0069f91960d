"""The tables of the service: people, assignments, and what candidates hand in.

Times are UTC. Ids are random and say nothing; lists are ordered by `created_at` and then id. A row of `reviews`
and `reports` is never changed once it is written.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.base import Base, new_id, utc_now


class User(Base):
    """Somebody who signs in: a reviewer, an author or an admin. `password` is an argon2 hash, None with OIDC alone.

    `subject` is what the company's own provider of identities, `issuer`, calls them, bound at the first sign-in there.
    """

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(String(16))
    password: Mapped[str | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Token(Base):
    """A secret that somebody shows, kept as its hash alone: an API token, a session, or a candidate's invitation.

    `scopes` are words with blanks between. `hint` is the beginning, by which its owner tells it from others.
    """

    __tablename__ = "tokens"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(default="")
    hint: Mapped[str] = mapped_column(String(24), default="")
    scopes: Mapped[str] = mapped_column(default="")
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    invitation_id: Mapped[str | None] = mapped_column(ForeignKey("invitations.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class StoredAssignment(Base):
    """An assignment as its authors published it: `blob` holds the whole folder, from which every worker grades, and
    `packet` what candidates get.
    """

    __tablename__ = "assignments"
    slug: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str]
    title: Mapped[str]
    track: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    data_digest: Mapped[str] = mapped_column(String(64))
    blob: Mapped[str]
    packet: Mapped[str | None]
    brief: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default=utc_now)
    closed_at: Mapped[datetime | None]


class Candidate(Base):
    """A person who is invited. What identifies them stands here alone, so that erasing it erases them."""

    __tablename__ = "candidates"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    erased_at: Mapped[datetime | None]


class Invitation(Base):
    """A candidate's leave to hand in for an assignment: until when, and how often. `deadline` includes extensions."""

    __tablename__ = "invitations"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    assignment: Mapped[str] = mapped_column(ForeignKey("assignments.slug"), index=True)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), index=True)
    attempts: Mapped[int]
    deadline: Mapped[datetime | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    decided_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class BoundRepository(Base):
    """The repository on GitHub whose runs may hand in for an invitation: by its ids, which nobody else can get."""

    __tablename__ = "bound_repositories"
    __table_args__ = (Index("ix_bound_repositories_ids", "repository_id", "owner_id"),)
    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitations.id"), primary_key=True)
    repository_id: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[str] = mapped_column(String(20))
    bound_at: Mapped[datetime] = mapped_column(default=utc_now)


class GithubRun(Base):
    """A run of GitHub Actions that signed in, as GitHub told of it. Its `jti` is good once.

    `token_id` is what it was let in with, `submission_id` what it handed in: the commit `sha`, in `folder`.
    """

    __tablename__ = "github_runs"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    jti: Mapped[str] = mapped_column(String(64), unique=True)
    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitations.id"), index=True)
    token_id: Mapped[str | None] = mapped_column(ForeignKey("tokens.id"), unique=True)
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submissions.id"), index=True)
    repository_id: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[str] = mapped_column(String(20))
    repository: Mapped[str]
    sha: Mapped[str] = mapped_column(String(64))
    folder: Mapped[str] = mapped_column(default="")
    ref: Mapped[str]
    event: Mapped[str] = mapped_column(String(40))
    run_id: Mapped[str] = mapped_column(String(20))
    run_attempt: Mapped[str] = mapped_column(String(20))
    workflow_ref: Mapped[str]
    actor: Mapped[str]
    actor_id: Mapped[str] = mapped_column(String(20))
    runner: Mapped[str] = mapped_column(String(50))
    visibility: Mapped[str] = mapped_column(String(20), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class GithubAnswer(Base):
    """What the App tells GitHub of an invitation's submissions: that there is something new, and where its comment is.

    `changes` counts what has changed. `claim` is who tells it just now, until `claimed_until`; `tries` counts those
    that failed since the last change, `next_at` is when it is told next, and None where it is told or given up.
    """

    __tablename__ = "github_answers"
    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitations.id"), primary_key=True)
    changes: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")
    issue: Mapped[int | None] = mapped_column(BigInteger)
    comment_id: Mapped[int | None] = mapped_column(BigInteger)
    comment_digest: Mapped[str] = mapped_column(String(64), default="")


class GithubCheck(Base):
    """The check run on the commit of a submission: which one it is, and the digest of what it was told last.

    `folder` is where in the repository the paths of its report begin.
    """

    __tablename__ = "github_checks"
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    folder: Mapped[str] = mapped_column(default="")
    check_run_id: Mapped[int | None] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64), default="")


class StoredSubmission(Base):
    """One thing handed in, and where it has come to. The figures are the current report's, for lists and rankings.

    `attempt` counts the invitation's submissions that count; one that failed on our side has none. `state` is "queued",
    "grading", "waiting" to be tried again, "published", or "erased". What `stands` is its candidate's last that counts.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        Index("ix_submissions_listed", "assignment", "created_at", "id"),
        Index("ix_submissions_ranked", "assignment", "outcome", "stands", "score", "id"),
        Index("ix_submissions_invitation", "invitation_id", "state", "created_at"),
        Index("ix_submissions_state", "state", "created_at", "id"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    assignment: Mapped[str] = mapped_column(ForeignKey("assignments.slug"))
    invitation_id: Mapped[str | None] = mapped_column(ForeignKey("invitations.id"))
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    blob: Mapped[str | None] = mapped_column(index=True)  # which others need is asked as one is erased
    address: Mapped[str | None]
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    attempt: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(16))
    step: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    report_id: Mapped[str | None] = mapped_column(String(32))
    outcome: Mapped[str | None] = mapped_column(String(32))
    failure_code: Mapped[str | None] = mapped_column(String(64))
    score: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    stands: Mapped[bool] = mapped_column(default=False, server_default=false())

    def come_to(self, state: str) -> None:
        """Note the state that it has come to, at no step of it yet."""
        self.state, self.step, self.detail = state, "", ""


class StoredReport(Base):
    """One report on a submission: the JSON and the evidence are blobs. `job_id` is its grading's own, so that the same
    grading delivered twice is one report.
    """

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("submission_id", "job_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    job_id: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(16))
    blob: Mapped[str] = mapped_column(index=True)
    evidence_blob: Mapped[str | None] = mapped_column(index=True)
    digest: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(32))
    score: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Review(Base):
    """One act of a reviewer, never changed: an override of a criterion, a comment, or the decision."""

    __tablename__ = "reviews"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    report_id: Mapped[str | None] = mapped_column(ForeignKey("reports.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(16))
    criterion: Mapped[str | None]
    verdict: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Batch(Base):
    """A regrade in bulk: what was asked, by whom, and of which submissions: `chosen` is what they were chosen by."""

    __tablename__ = "batches"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    assignment: Mapped[str] = mapped_column(ForeignKey("assignments.slug"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    asked_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    cancelled_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class BatchItem(Base):
    """One submission of a batch, with the report it had and the one it got.

    `state` is "left", "done", "failed" on our side, or "dropped". `changes` is what is different between the reports,
    None where they cannot be compared.
    """

    __tablename__ = "batch_items"
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    before_id: Mapped[str | None] = mapped_column(ForeignKey("reports.id"))
    after_id: Mapped[str | None] = mapped_column(ForeignKey("reports.id"))
    state: Mapped[str] = mapped_column(String(16), default="left")
    changed: Mapped[bool] = mapped_column(default=False)
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    problem: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
