"""The line in which submissions wait to be graded: joined in the caller's transaction, so what is stored is queued."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from dbos import DBOSClient, EnqueueOptions
from sqlalchemy import Engine, func, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grader.errors import InfrastructureError
from grader.jobs.names import APPLICATION, QUEUE, VERSION, WORKFLOW
from grader.jobs.serializer import PlainJson
from grader.store.clock import databases_now
from grader.store.tables import StoredSubmission
from grader.store.tables_of_operation import Event, Job

BEHIND_ALL = 1_000_000_000  # bulk work begins where nothing that somebody waits for is left
KEY = re.compile(r"[0-9a-f]{64}")
QUEUED_FOR = timedelta(days=7)
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
SCHEMA = "dbos"  # of the durable workflows' tables, on PostgreSQL


class Line:
    """Puts jobs into the queue of the database at `url`, which has the durable workflows' tables too."""

    def __init__(self, url: str) -> None:
        self._client = DBOSClient(
            system_database_url=url,
            serializer=PlainJson(),
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def join(
        self,
        session: Session,
        submission: StoredSubmission,
        *,
        kind: str = "run",
        batch_id: str | None = None,
        failures: int = 0,
        delay_s: float = 0.0,
    ) -> Job:
        """Add a job for `submission` and return it; one that belongs to a batch waits behind all that do not.

        It exists when, and only when, the caller's transaction is kept.
        """
        bulk = batch_id is not None
        job = Job(
            id=_next_id(submission.id, _jobs_of(session, [submission.id])),
            submission_id=submission.id,
            assignment=submission.assignment,
            batch_id=batch_id,
            kind=kind,
            bulk=bulk,
            place=_place(session, submission.assignment, bulk=bulk),
            state="waiting" if delay_s else "queued",
            failures=failures,
            deadline_at=databases_now(session) + timedelta(seconds=delay_s) + QUEUED_FOR,
        )
        session.add(job)
        if not bulk:
            submission.come_to(job.state)
            session.add(Event(submission_id=submission.id, state=job.state))
        session.flush()
        self._enqueue(session, job, delay_s)
        return job

    def join_all(self, session: Session, submissions: Sequence[StoredSubmission], kind: str, batch_id: str) -> None:
        """Add a job for each of these submissions of one assignment, in their order, for a batch: as `join` does, but
        asked and written at once, as other writers wait meanwhile.
        """
        if not submissions:
            return
        assignment, until = submissions[0].assignment, databases_now(session) + QUEUED_FOR
        before, first = _jobs_of(session, [row.id for row in submissions]), _place(session, assignment, bulk=True)
        jobs = [
            Job(
                id=_next_id(row.id, before),
                submission_id=row.id,
                assignment=assignment,
                batch_id=batch_id,
                kind=kind,
                bulk=True,
                place=place,
                deadline_at=until,
            )
            for place, row in enumerate(submissions, first)
        ]
        session.add_all(jobs)
        session.flush()
        for job in jobs:
            self._enqueue(session, job)

    def _enqueue(self, session: Session, job: Job, delay_s: float = 0.0) -> None:
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": job.id,
            "app_version": VERSION,
            "priority": job.place + (BEHIND_ALL if job.bulk else 0),
        }
        if delay_s:
            options["delay_seconds"] = delay_s
        self._client.enqueue_in_transaction(session, options, job.id)

    def waiting(self) -> list[str]:
        """Return the ids of the jobs that may be begun now, in the order in which they will be."""
        found = self._client.list_queued_workflows(queue_name=QUEUE, status="ENQUEUED", load_input=False)
        found.sort(key=lambda job: (job.priority or 0, job.created_at or 0))
        return [job.workflow_id for job in found]

    def leave(self, *job_ids: str) -> None:
        """Take jobs out of the queue, or stop them being recovered. Call it after the transaction that dropped them."""
        with _reached():
            self._client.cancel_workflows(list(job_ids))

    def kept_by(self, job_id: str) -> set[str]:
        """Return the keys of blobs that the finished steps of a job came to, also of tries that counted for nothing."""
        with _reached():
            steps = self._client.list_workflow_steps(job_id)
        found: set[str] = set()
        for step in steps:
            output = step["output"]
            values = output.values() if isinstance(output, dict) else (output,)
            found |= {value for value in values if isinstance(value, str) and KEY.fullmatch(value)}
        return found

    def ended_before(self, then: datetime, most: int) -> list[str]:
        """Return at most so many jobs whose durable workflow ended before then, and is still kept."""
        with _reached():
            found = self._client.list_workflows(
                status=list(ENDED),
                completed_before=then.isoformat(),
                limit=most,
                load_input=False,
                load_output=False,
            )
        return [job.workflow_id for job in found]

    def delete(self, jobs: Collection[str]) -> None:
        """Delete what is kept of the durable workflows of these jobs, which have ended."""
        with _reached():
            self._client.delete_workflows(list(jobs))

    def forget(self, jobs: Collection[str], at_work: Collection[str]) -> None:
        """Stop these jobs, and forget them but for those at work, whose worker notes yet that they are over."""
        with _reached():
            self._client.cancel_workflows(list(jobs))
            self._client.delete_workflows([job for job in jobs if job not in at_work])

    def workers_at_work(self) -> set[str]:
        """Return the workers that have taken a job from the line, and have neither ended it nor been relieved of it."""
        with _reached():
            found = self._client.list_workflows(
                status="PENDING", queue_name=QUEUE, app_version=VERSION, load_input=False, load_output=False
            )
        return {job.executor_id for job in found if job.executor_id}

    def take_over(self, worker_id: str) -> None:
        """Put the jobs of a worker that is gone back in line; the steps that it finished are kept."""
        tables = self._client._sys_db  # private: for another executor's jobs there is no public way
        with _reached():
            for pending in tables.get_pending_workflows(worker_id, VERSION):
                tables.reenqueue_for_recovery(pending.workflow_id, [worker_id], QUEUE)

    def close(self) -> None:
        """Let the connections go."""
        self._client.destroy()


@contextmanager
def _reached() -> Iterator[None]:
    """Turn what the durable workflows' own connection raises into InfrastructureError."""
    try:
        yield
    except DBAPIError as error:
        raise InfrastructureError("infrastructure.database", "The database could not be reached.") from error


def has_tables(engine: Engine) -> bool:
    """Return whether the durable workflows' own tables are there."""
    schema = None if engine.dialect.name == "sqlite" else SCHEMA
    return bool(inspect(engine).has_table("workflow_status", schema=schema))


def _jobs_of(session: Session, submission_ids: Collection[str]) -> dict[str, int]:
    """Return how many jobs each of these submissions has had; those with none are left out."""
    counted = select(Job.submission_id, func.count()).where(Job.submission_id.in_(submission_ids))
    return dict(session.execute(counted.group_by(Job.submission_id)).all())


def _next_id(submission_id: str, before: dict[str, int]) -> str:
    return f"{submission_id}-{before.get(submission_id, 0) + 1}"


def _place(session: Session, assignment: str, *, bulk: bool) -> int:
    """Return the next place for a job of `assignment`: one behind its own last one in line, and not before the last
    that was begun. So each assignment's jobs are begun in turn with those of the others, however many it has.

    It is start-time fair queueing (Goyal, Vin and Cheng, 1996) with equal weights and lengths.
    """
    begun = session.scalar(
        select(Job.place).where(Job.bulk == bulk, Job.started_at.is_not(None)).order_by(Job.started_at.desc()).limit(1)
    )
    in_line = session.scalar(
        select(func.max(Job.place)).where(
            Job.assignment == assignment, Job.bulk == bulk, Job.state.in_(("queued", "waiting"))
        )
    )
    return max(begun or 0, in_line or 0) + 1
