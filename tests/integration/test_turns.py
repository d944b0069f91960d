"""Jobs in line and turns at them: fair between assignments, and what comes late counts for nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from grader.jobs.line import Line
from grader.jobs.sweep import SILENT_S, Lost, appear, beat, bury, overdue, silent
from grader.jobs.turns import Made, Turn, begin, drop, publish, tell
from grader.jobs.workflow import migrate
from grader.store.base import utc_now
from grader.store.database import transaction, upgrade
from grader.store.tables import Batch, StoredAssignment, StoredReport, StoredSubmission, User
from grader.store.tables_of_operation import Job, WorkerSeen


def made(outcome: str = "completed", score: float | None = 70.0) -> Made:
    return Made("blob", "evidence", "digest", outcome, None, score, score, score)


@pytest.fixture
def line(database_url: str, empty_engine: Engine) -> Iterator[Line]:
    upgrade(empty_engine)
    migrate(database_url)
    line = Line(database_url)
    yield line
    line.close()


def hand_in(engine: Engine, line: Line, assignment: str = "churn", *, batch: bool = False) -> str:
    """Put a submission in line and return its job's id."""
    with transaction(engine) as session:
        if session.get(StoredAssignment, assignment) is None:
            about = {"version": "1", "title": "", "track": "", "digest": "", "data_digest": "", "blob": "", "brief": ""}
            session.add(StoredAssignment(slug=assignment, **about))
            session.flush()
        batch_id = None
        if batch:
            user = User(email=f"{utc_now().timestamp()}@example.org", role="admin")
            session.add(user)
            session.flush()
            asked = Batch(assignment=assignment, kind="run", reason="", asked_by=user.id)
            session.add(asked)
            session.flush()
            batch_id = asked.id
        submission = StoredSubmission(assignment=assignment, name="", kind="archive", state="queued", attempt=1)
        session.add(submission)
        session.flush()
        return line.join(session, submission, batch_id=batch_id).id


def turn_at(engine: Engine, job: str, worker: str) -> Turn:
    with transaction(engine) as session:
        turn = begin(session, job, worker)
    assert turn is not None
    return turn


def test_each_assignment_has_its_turn_however_many_one_has(empty_engine: Engine, line: Line) -> None:
    many = [hand_in(empty_engine, line, "churn") for _ in range(4)]
    turn_at(empty_engine, many[0], "a")
    few = [hand_in(empty_engine, line, "digits") for _ in range(2)]
    with transaction(empty_engine) as session:
        places = dict(session.execute(select(Job.id, Job.place)).all())
    assert places[few[0]] <= places[many[1]] < places[many[2]] < places[many[3]]
    assert places[few[1]] <= places[many[2]]


def test_bulk_work_waits_behind_what_somebody_waits_for(empty_engine: Engine, line: Line) -> None:
    bulk = hand_in(empty_engine, line, batch=True)
    one = hand_in(empty_engine, line)
    waiting = line.waiting()
    assert waiting.index(one) < waiting.index(bulk)


def test_a_result_that_comes_late_is_refused(empty_engine: Engine, line: Line) -> None:
    job = hand_in(empty_engine, line)
    first = turn_at(empty_engine, job, "a")
    second = turn_at(empty_engine, job, "b")
    with transaction(empty_engine) as session:
        assert not tell(session, first, "collect", "")
        assert publish(session, first, made(score=1.0)) is None
        assert publish(session, second, made(score=70.0)) is not None
        assert publish(session, second, made(score=70.0)) is None
    with transaction(empty_engine) as session:
        assert session.scalar(select(func.count()).select_from(StoredReport)) == 1
        assert session.scalars(select(StoredSubmission.score)).one() == 70.0
        assert begin(session, job, "c") is None


def test_our_failure_costs_no_attempt_and_hides_no_earlier_report(empty_engine: Engine, line: Line) -> None:
    job = hand_in(empty_engine, line)
    with transaction(empty_engine) as session:
        turn = begin(session, job, "a")
        assert turn is not None
        publish(session, turn, made("infrastructure_failed", None))
        submission = session.get_one(StoredSubmission, turn.submission_id)
        assert (submission.state, submission.attempt, submission.score) == ("published", None, None)


def test_a_dropped_job_is_followed_by_another_one(empty_engine: Engine, line: Line) -> None:
    turn = turn_at(empty_engine, hand_in(empty_engine, line), "a")
    with transaction(empty_engine) as session:
        job = drop(session, turn)
        assert job is not None
        again = line.join(session, session.get_one(StoredSubmission, turn.submission_id), failures=1, delay_s=30)
        assert (again.state, again.id) == ("waiting", f"{turn.submission_id}-2")
    assert again.id not in line.waiting()


def test_a_worker_that_is_silent_is_found_and_what_it_still_sends_counts_for_nothing(
    empty_engine: Engine, line: Line
) -> None:
    turn = turn_at(empty_engine, hand_in(empty_engine, line), "dead")
    with transaction(empty_engine) as session:
        for worker in ("dead", "alive"):
            appear(session, worker, "host")
            assert beat(session, worker, None)
        assert silent(session) == []
        session.get_one(WorkerSeen, "dead").seen_at -= timedelta(seconds=SILENT_S + 2)
        session.flush()
        assert silent(session) == ["dead"]
        bury(session, "dead")
        assert silent(session) == []
        assert not beat(session, "dead", None)
        assert session.get_one(Job, turn.job_id).state == "queued"
        assert publish(session, turn, made()) is None


def test_a_job_that_its_living_worker_lost_is_found(empty_engine: Engine, line: Line) -> None:
    now = [0.0]
    lost = Lost(clock=lambda: now[0])
    job = hand_in(empty_engine, line)
    turn_at(empty_engine, job, "busy")
    with transaction(empty_engine) as session:
        appear(session, "busy", "host")
        beat(session, "busy", job)
        assert lost.jobs(session) == []
        beat(session, "busy", None)
        assert lost.jobs(session) == []
        now[0] += SILENT_S
        assert lost.jobs(session) == [job]


def test_no_job_waits_for_ever(empty_engine: Engine, line: Line) -> None:
    job = hand_in(empty_engine, line)
    with transaction(empty_engine) as session:
        assert overdue(session) == []
        session.get_one(Job, job).deadline_at = utc_now() - timedelta(seconds=1)
    with transaction(empty_engine) as session:
        assert overdue(session) == [job]


def test_what_is_published_while_its_worker_is_taken_for_dead_stays_published(empty_engine: Engine, line: Line) -> None:
    turn = turn_at(empty_engine, hand_in(empty_engine, line), "slow")
    burying = threading.Thread(target=lambda: _bury(empty_engine, "slow"))
    with transaction(empty_engine) as session:
        appear(session, "slow", "host")
    with transaction(empty_engine) as session:
        assert publish(session, turn, made()) is not None
        burying.start()
        burying.join(1.0)
    burying.join()
    with transaction(empty_engine) as session:
        assert session.get_one(Job, turn.job_id).state == "done"
        assert session.get_one(StoredSubmission, turn.submission_id).state == "published"
        assert begin(session, turn.job_id, "another") is None


def _bury(engine: Engine, worker: str) -> None:
    with transaction(engine) as session:
        bury(session, worker)
