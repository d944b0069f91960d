"""What the service forgets after a time, with the steps of gradings that are over, and the files that those alone name.

A file that a step came to, and that no report took in, is known by that step alone: it has to go before it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from grader.jobs.line import Line
from grader.store.batches import OPEN
from grader.store.blobs import Blobs
from grader.store.clearing import clear_some
from grader.store.clock import databases_now
from grader.store.database import reading, transaction
from grader.store.erasing import shared
from grader.store.holding import delete_unneeded_in
from grader.store.tables import StoredSubmission
from grader.store.tables_of_operation import Job

MOST_AT_ONCE = 100  # each is asked for its steps


def forget_some(engine: Engine, blobs: Blobs, line: Line, keep: timedelta, most: int = MOST_AT_ONCE) -> bool:
    """Delete some of what is older than `keep` by the database's clock; return whether there was any.

    Raises InfrastructureError.
    """
    cleared = clear_some(engine, keep)
    with reading(engine) as session:
        before = databases_now(session) - keep
    kept = {job: line.kept_by(job) for job in line.ended_before(before, most)}
    if not kept:
        return cleared
    with reading(engine) as session:  # mostly all are named by rows, and nobody has to wait
        named = shared(session, set().union(*kept.values()), ())
    through = [job for job, keys in kept.items() if _are_gone(engine, blobs, job, keys - named)]
    line.delete(through)
    return cleared or bool(through)


def _are_gone(engine: Engine, blobs: Blobs, job_id: str, keys: Collection[str]) -> bool:
    """Delete files that only a job's steps name; False where another job of its submission may yet come to them."""
    if not keys:
        return True
    with transaction(engine) as session:
        if _is_at_work(session, job_id):
            return False
        delete_unneeded_in(session, blobs, keys)
    return True


def _is_at_work(session: Session, job_id: str) -> bool:
    """Return whether the job's submission is being graded; until the transaction ends nobody can ask for that."""
    job = session.get(Job, job_id)
    if job is None:
        return False
    session.get(StoredSubmission, job.submission_id, with_for_update=True)
    at_work = select(Job.id).where(Job.submission_id == job.submission_id, Job.state.in_(OPEN)).limit(1)
    return session.scalar(at_work) is not None
