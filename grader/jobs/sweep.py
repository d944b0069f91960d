"""Workers that show that they live, and the sweep that takes over what silent ones left: no job waits for the dead."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from grader.jobs.line import QUEUED_FOR
from grader.store.batches import OPEN
from grader.store.clock import databases_clock, databases_now
from grader.store.tables import StoredSubmission
from grader.store.tables_of_operation import Event, Job, WorkerSeen

BEAT_S = 3.0
SILENT_S = 15.0  # of standing still: less than the 30 s within which a job must be taken over, with a sweep's length
MOST_AT_ONCE = 100


def appear(session: Session, worker_id: str, host: str) -> None:
    """Note that a worker has begun."""
    session.add(WorkerSeen(id=worker_id, host=host, seen_at=databases_now(session)))


def beat(session: Session, worker_id: str, job_id: str | None) -> bool:
    """Show that the worker lives and what it is at; False where it was taken for dead, and its job given to another."""
    changed = session.execute(
        update(WorkerSeen)
        .where(WorkerSeen.id == worker_id, WorkerSeen.stopped_at.is_(None))
        .values(seen_at=databases_clock(), job_id=job_id)
    )
    return bool(cast(CursorResult[Any], changed).rowcount)


def bury(session: Session, worker_id: str) -> None:
    """Note that a worker has ended, in order or not; what it was at is in line again."""
    now = databases_now(session)
    session.execute(
        update(WorkerSeen)
        .where(WorkerSeen.id == worker_id, WorkerSeen.stopped_at.is_(None))
        .values(stopped_at=now, job_id=None)
    )
    left = select(Job).where(Job.worker_id == worker_id, Job.state == "grading").order_by(Job.id)
    for job in session.scalars(left.with_for_update()).all():  # one that is being published just now is through
        job.state, job.worker_id, job.deadline_at = "queued", None, now + QUEUED_FOR
        if not job.bulk:
            submission = session.get_one(StoredSubmission, job.submission_id)
            submission.come_to("queued")
            session.add(Event(submission_id=job.submission_id, state="queued", detail="its worker ended"))


def silent(session: Session) -> list[str]:
    """Return the workers that have not shown that they live for too long, by the database's clock.

    It is to be asked only while that clock is steady (`Steadiness`): after a jump all would look silent.
    """
    before = databases_now(session) - timedelta(seconds=SILENT_S)
    return list(
        session.scalars(select(WorkerSeen.id).where(WorkerSeen.stopped_at.is_(None), WorkerSeen.seen_at < before))
    )


def ended(session: Session, worker_ids: Collection[str]) -> list[str]:
    """Return those of the workers that have ended or were taken for dead: one may have taken a job from the line since,
    and be gone before it saw that.
    """
    living = set(session.scalars(select(WorkerSeen.id).where(WorkerSeen.stopped_at.is_(None))))
    return sorted(set(worker_ids) - living)


@dataclass
class Lost:
    """Watches, by this process's own clock, for jobs that their worker is not at."""

    clock: Callable[[], float] = time.monotonic
    _away: dict[str, float] = field(default_factory=dict)

    def jobs(self, session: Session) -> list[str]:
        """Return the jobs that their worker, which lives, has not been at for as long."""
        now = self.clock()
        rows = session.execute(
            select(Job.id, Job.turn, WorkerSeen.job_id)
            .join(WorkerSeen, WorkerSeen.id == Job.worker_id, isouter=True)
            .where(Job.state == "grading")
        ).all()
        away = {f"{job}/{turn}": job for job, turn, at in rows if at != job}
        self._away = {key: self._away.get(key, now) for key in away}
        return [away[key] for key, since in self._away.items() if now - since >= SILENT_S]


def overdue(session: Session) -> list[str]:
    """Return jobs whose state is over by the database's clock: what would never end is ended."""
    late = select(Job.id).where(Job.state.in_(OPEN), Job.deadline_at < databases_now(session)).limit(MOST_AT_ONCE)
    return list(session.scalars(late))
