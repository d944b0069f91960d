"""What the service forgets after a time, with the steps of gradings that are over, and the files that no row names.

A file that no report took in is known by the step that came to it, or by the note that it would come: it goes first.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select
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
from grader.store.tables_of_operation import ComingFile, Job

MOST_AT_ONCE = 100  # each is asked for its steps


def forget_some(engine: Engine, blobs: Blobs, line: Line, keep: timedelta, most: int = MOST_AT_ONCE) -> bool:
    """Delete some of what is older than `keep` by the database's clock; return whether there was any.

    Raises InfrastructureError.
    """
    with reading(engine) as session:
        before = databases_now(session) - keep
    cleared = [clear_some(engine, keep), _forget_steps(engine, blobs, line, before, most)]
    return _forget_coming(engine, blobs, before, most) or any(cleared)


def _forget_steps(engine: Engine, blobs: Blobs, line: Line, before: datetime, most: int) -> bool:
    kept = {job: line.kept_by(job) for job in line.ended_before(before, most)}
    if not kept:
        return False
    with reading(engine) as session:  # mostly all are named by rows, and nobody has to wait
        named = shared(session, set().union(*kept.values()), ())
        belongs_to = dict(session.execute(select(Job.id, Job.submission_id).where(Job.id.in_(kept))).all())
    through = [job for job, keys in kept.items() if _are_gone(engine, blobs, belongs_to.get(job), keys - named, before)]
    line.delete(through)
    return bool(through)


def _forget_coming(engine: Engine, blobs: Blobs, before: datetime, most: int) -> bool:
    """Forget that files were to come: rows name them by now, or whoever stored them was interrupted, and they go."""
    with reading(engine) as session:
        old = select(ComingFile).where(ComingFile.at < before).order_by(ComingFile.at).limit(most)
        rows = list(session.scalars(old))
        named = shared(session, {row.key for row in rows}, ())
    through = [row.id for row in rows if _are_gone(engine, blobs, row.submission_id, {row.key} - named, before)]
    if through:
        with transaction(engine) as session:
            session.execute(delete(ComingFile).where(ComingFile.id.in_(through)))
    return bool(through)


def _are_gone(engine: Engine, blobs: Blobs, submission_id: str | None, keys: Collection[str], before: datetime) -> bool:
    """Delete files that no row names; False where a job of their submission may yet come to them."""
    if not keys:
        return True
    with transaction(engine) as session:
        if submission_id is not None and _is_at_work(session, submission_id):
            return False
        delete_unneeded_in(session, blobs, keys, coming_since=before)
    return True


def _is_at_work(session: Session, submission_id: str) -> bool:
    """Return whether the submission is being graded; until the transaction ends nobody can ask for that."""
    session.get(StoredSubmission, submission_id, with_for_update=True)
    at_work = select(Job.id).where(Job.submission_id == submission_id, Job.state.in_(OPEN)).limit(1)
    return session.scalar(at_work) is not None
