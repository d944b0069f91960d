"""Workers that show that they live, and the sweep that takes over what silent ones left: no job waits for the dead."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from grader.jobs.line import QUEUED_FOR
from grader.jobs.turns import OPEN
from grader.store.base import utc_now
from grader.store.tables import StoredSubmission
from grader.store.tables_of_operation import Event, Job, WorkerSeen

BEAT_S = 3.0
SILENT_S = 15.0  # of standing still: less than the 30 s within which a job must be taken over, with a sweep's length
MOST_AT_ONCE = 100


def appear(session: Session, worker_id: str, host: str) -> None:
    """Note that a worker has begun."""
    session.add(WorkerSeen(id=worker_id, host=host))


def beat(session: Session, worker_id: str, job_id: str | None) -> bool:
    """Show that the worker lives and what it is at; False where it was taken for dead, and its job given to another."""
    changed = session.execute(
        update(WorkerSeen)
        .where(WorkerSeen.id == worker_id, WorkerSeen.stopped_at.is_(None))
        .values(beats=WorkerSeen.beats + 1, job_id=job_id, seen_at=utc_now())
    )
    return bool(cast(CursorResult[Any], changed).rowcount)


def bury(session: Session, worker_id: str) -> None:
    """Note that a worker has ended, in order or not; what it was at is in line again."""
    now = utc_now()
    session.execute(
        update(WorkerSeen)
        .where(WorkerSeen.id == worker_id, WorkerSeen.stopped_at.is_(None))
        .values(stopped_at=now, job_id=None)
    )
    for job in session.scalars(select(Job).where(Job.worker_id == worker_id, Job.state == "grading")):
        job.state, job.worker_id, job.deadline_at = "queued", None, now + QUEUED_FOR
        if not job.bulk:
            submission = session.get_one(StoredSubmission, job.submission_id)
            submission.state, submission.step = "queued", ""
            session.add(Event(submission_id=job.submission_id, state="queued", detail="its worker ended"))


@dataclass
class Sweep:
    """Watches the others' beats by this process's own clock."""

    worker_id: str
    clock: Callable[[], float] = time.monotonic
    _heard: dict[str, tuple[int, float]] = field(default_factory=dict)
    _away: dict[str, float] = field(default_factory=dict)

    def silent(self, session: Session) -> list[str]:
        """Return the workers that have stood still for too long."""
        now = self.clock()
        alive = session.execute(
            select(WorkerSeen.id, WorkerSeen.beats).where(
                WorkerSeen.stopped_at.is_(None), WorkerSeen.id != self.worker_id
            )
        ).all()
        heard = {worker: self._heard.get(worker, (-1, now)) for worker, _ in alive}
        self._heard = {worker: heard[worker] if heard[worker][0] == beats else (beats, now) for worker, beats in alive}
        return [worker for worker, (_, since) in self._heard.items() if now - since >= SILENT_S]

    def lost(self, session: Session) -> list[str]:
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
    """Return jobs whose state is over: what would never end is ended."""
    late = select(Job.id).where(Job.state.in_(OPEN), Job.deadline_at < utc_now()).limit(MOST_AT_ONCE)
    return list(session.scalars(late))
