"""The tables by which the service works: steps told, webhooks sent, workers seen, requests repeated, acts recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.base import Base, new_id, utc_now

COUNTED = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up by itself for INTEGER alone


class Job(Base):
    """One grading that was asked for: a submission's first one, or a regrade. Its id is that of the durable workflow.

    `state` is "queued", "grading", "waiting", "done" or "dropped"; until one of the last two it has a `deadline_at`, at
    which the state it is in is over, whatever happens. `turn` counts how often somebody began on it: what comes from an
    earlier turn, or from another worker, is late and counts for nothing. `place` is where it stands in line.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "state", "deadline_at"),
        Index("ix_jobs_in_line", "assignment", "bulk", "state", "place"),
        Index("ix_jobs_begun", "bulk", "started_at"),
    )
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), index=True)
    assignment: Mapped[str] = mapped_column(ForeignKey("assignments.slug"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16), default="run")
    bulk: Mapped[bool] = mapped_column(default=False)
    place: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default="queued")
    worker_id: Mapped[str | None] = mapped_column(String(64), index=True)
    turn: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]


class Event(Base):
    """One step of a submission, in the order in which it came: what status pages and event streams tell."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_told", "submission_id", "id"),)
    id: Mapped[int] = mapped_column(COUNTED, primary_key=True, autoincrement=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(16))
    step: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=utc_now)


class AuditEntry(Base):
    """Who did what to what, and when. Rows are added and never changed; `detail` holds no secret and no answer."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(COUNTED, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(64))
    object: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Webhook(Base):
    """An address that is told of events. `secret` signs what is sent, so it is kept as it is."""

    __tablename__ = "webhooks"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    url: Mapped[str]
    secret: Mapped[str]
    events: Mapped[str]
    created_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    disabled_at: Mapped[datetime | None]


class Delivery(Base):
    """One message to a webhook: how often it was tried, what was answered, and when it is tried next."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_due", "next_at"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(String(64))
    body: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    problem: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    delivered_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]


class WorkerSeen(Base):
    """A process that grades one job at a time: `job_id`. A sweep takes over the work of one that is silent: `seen_at`
    is when it last showed that it lives, by the clock of the database, for those of machines differ.
    """

    __tablename__ = "workers"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    host: Mapped[str]
    job_id: Mapped[str | None] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    stopped_at: Mapped[datetime | None]


class RepeatedRequest(Base):
    """What was answered to a request with an `Idempotency-Key`, so that the same request again gets the same answer."""

    __tablename__ = "repeated_requests"
    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class ComingFile(Base):
    """That a file is about to be stored, noted before it is: where no row comes to name it, this one still knows of it.

    `submission_id` is of what is graded; what is handed in belongs to none yet.
    """

    __tablename__ = "coming_files"
    id: Mapped[int] = mapped_column(COUNTED, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    submission_id: Mapped[str | None] = mapped_column(String(32), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
