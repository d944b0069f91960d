"""The steps of gradings that are over do not heap up, no file goes with them that somebody needs, and none is left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from grading import Service, service, wait_for
from sqlalchemy import func, select, text

from grader.jobs.erasing import erase
from grader.jobs.forgetting import forget_some
from grader.jobs.turns import begin
from grader.store.blobs import key_of, open_blobs
from grader.store.database import reading, transaction
from grader.store.holding import expect_blob
from grader.store.invitations import invite
from grader.store.tables import Batch, StoredReport, StoredSubmission, User
from grader.store.tables_of_operation import ComingFile, Job

KEEP = timedelta(days=30)
TABLES = ("workflow_status", "operation_outputs", "workflow_input", "workflow_output")


@pytest.fixture
def graded(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> Iterator[Service]:
    with service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        submissions = {running.hand_in(), running.hand_in("raise SystemExit('no')")}
        with running.workers(1):
            wait_for(lambda: running.reports().keys() == submissions)
        yield running


def named(table: str, serving: Service) -> str:
    return table if serving.engine.dialect.name == "sqlite" else f"dbos.{table}"


def job_of(serving: Service, submission: str) -> str:
    (job,) = serving.jobs(submission)
    return job.id


def let_pass(serving: Service, job: str, age: timedelta) -> None:
    """Have the job's workflow ended so long ago."""
    query = (
        f"UPDATE {named('workflow_status', serving)} SET completed_at = completed_at - :age WHERE workflow_uuid = :job"
    )
    with transaction(serving.engine) as session:
        session.execute(text(query), {"age": int(age.total_seconds() * 1000), "job": job})


def leave_a_file(serving: Service, job: str) -> str:
    """Leave what a try leaves that counted for nothing: a file that only a step names."""
    key = open_blobs(serving.settings.service_blobs).put(b"of a worker that was taken for dead")
    columns = "workflow_uuid, function_id, function_name, output, serialization, retention_timestamp"
    table = named("operation_outputs", serving)
    query = f"INSERT INTO {table} ({columns}) VALUES (:job, 99, 'run', :kept, 'plain_json', 0)"
    with transaction(serving.engine) as session:
        session.execute(text(query), {"job": job, "kept": json.dumps({"value": key})})
    return key


def rows(serving: Service, job: str) -> int:
    """Return how many rows there are of a job's workflow."""
    counts = (f"SELECT count(*) FROM {named(table, serving)} WHERE workflow_uuid = :job" for table in TABLES)
    with reading(serving.engine) as session:
        return sum(session.execute(text(query), {"job": job}).scalar_one() for query in counts)


def forget(serving: Service) -> bool:
    blobs = open_blobs(serving.settings.service_blobs)
    return forget_some(serving.engine, blobs, serving.line, KEEP)


def files(serving: Service) -> set[str]:
    return {path.name for path in Path(serving.settings.service_blobs).rglob("*") if path.is_file()}


def test_what_ended_long_ago_goes_and_all_that_somebody_needs_stays(graded: Service) -> None:
    old, young = (job_of(graded, submission) for submission in sorted(graded.reports()))
    before, left = files(graded), leave_a_file(graded, old)
    let_pass(graded, old, KEEP + timedelta(hours=1))
    let_pass(graded, young, KEEP - timedelta(hours=1))
    assert forget(graded)
    assert (rows(graded, old), rows(graded, young) > 0) == (0, True)
    assert left not in files(graded)
    assert files(graded) == before
    assert not forget(graded)
    with reading(graded.engine) as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 2
        assert session.scalar(select(func.count()).select_from(StoredReport)) == 2


def test_who_is_erased_afterwards_leaves_no_file(graded: Service) -> None:
    with transaction(graded.engine) as session:
        made = invite(session, "small", "Ada Lovelace", "ada@example.org", None, 2)
        for row in session.scalars(select(StoredSubmission)):
            row.invitation_id = made.invitation.id
    for submission in graded.reports():
        leave_a_file(graded, job_of(graded, submission))
        let_pass(graded, job_of(graded, submission), KEEP + timedelta(hours=1))
    assert forget(graded)
    blobs = open_blobs(graded.settings.service_blobs)
    assert erase(graded.engine, blobs, graded.line, made.candidate.id, "test") is not None
    assert len(files(graded)) == 1  # the assignment


def test_while_a_submission_is_graded_again_nothing_of_it_goes(graded: Service) -> None:
    submission = min(graded.reports())
    first = job_of(graded, submission)
    left = leave_a_file(graded, first)
    let_pass(graded, first, KEEP + timedelta(hours=1))
    with transaction(graded.engine) as session:
        user = User(email="author@example.org", role="author")
        session.add(user)
        session.flush()
        batch = Batch(assignment="small", kind="score", reason="", asked_by=user.id)
        session.add(batch)
        session.flush()
        row = session.get_one(StoredSubmission, submission)
        again = graded.line.join(session, row, kind="score", batch_id=batch.id).id
    assert not forget(graded)
    assert rows(graded, first) > 0
    assert left in files(graded)
    with transaction(graded.engine) as session:
        turn = begin(session, again, "a-worker")
        assert turn is not None
        session.get_one(Job, again).state = "done"
    assert forget(graded)
    assert left not in files(graded)
    assert rows(graded, again) > 0


def noted_long_ago(serving: Service) -> None:
    """Have each file that was noted to be coming been noted too long ago."""
    with transaction(serving.engine) as session:
        for row in session.scalars(select(ComingFile)):
            row.at -= KEEP + timedelta(hours=1)


def coming(serving: Service) -> int:
    with reading(serving.engine) as session:
        return session.scalar(select(func.count()).select_from(ComingFile)) or 0


def expect(serving: Service, data: bytes, submission: str | None = None) -> str:
    """Note a file and store it, as whoever is interrupted then."""
    blobs, key = open_blobs(serving.settings.service_blobs), key_of(data)
    with transaction(serving.engine) as session:
        expect_blob(session, key, submission)
    return blobs.put(data)


def test_a_file_that_no_row_came_to_name_goes_after_a_time_and_those_that_one_names_stay(graded: Service) -> None:
    before = files(graded)
    left = expect(graded, b"handed in as the database went away")
    assert not forget(graded)
    assert left in files(graded)
    noted_long_ago(graded)
    young = expect(graded, b"handed in just now")
    assert forget(graded)
    assert files(graded) == before | {young}
    assert coming(graded) == 1


def test_a_file_that_is_sent_again_just_now_stays(graded: Service) -> None:
    first = expect(graded, b"sent twice")
    noted_long_ago(graded)
    assert expect(graded, b"sent twice") == first
    assert forget(graded)
    assert first in files(graded)


def test_what_an_interrupted_worker_left_of_somebody_who_is_erased_goes_too(graded: Service) -> None:
    with transaction(graded.engine) as session:
        made = invite(session, "small", "Ada Lovelace", "ada@example.org", None, 2)
        for row in session.scalars(select(StoredSubmission)):
            row.invitation_id = made.invitation.id
    left = expect(graded, b"of theirs", min(graded.reports()))
    blobs = open_blobs(graded.settings.service_blobs)
    done = erase(graded.engine, blobs, graded.line, made.candidate.id, "test")
    assert done is not None
    assert left not in files(graded)
    assert len(files(graded)) == 1  # the assignment
