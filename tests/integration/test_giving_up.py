"""Our side fails: the work is tried again, then given up with a report, and no try leaves a file that nobody names."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from grading import Service, service, wait_for
from sqlalchemy import select, text

from grader.cli.slot import Silent
from grader.jobs.assignments import LocalAssignments
from grader.jobs.erasing import erase
from grader.jobs.spans import NoSpans
from grader.jobs.steps import Steps
from grader.store.base import utc_now
from grader.store.blobs import open_blobs
from grader.store.database import reading, transaction
from grader.store.invitations import invite
from grader.store.tables import StoredSubmission
from grader.store.tables_of_operation import Job, WorkerSeen
from grader.wiring import grading_parts


@pytest.fixture
def serving(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> Iterator[Service]:
    with service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        yield running


@contextmanager
def steps_of(serving: Service) -> Iterator[Steps]:
    """Yield the steps as a worker of this process would do them."""
    blobs, settings = open_blobs(serving.settings.service_blobs), serving.settings

    def abandon() -> NoReturn:
        pytest.fail("the turn is over")

    with grading_parts(settings, sandbox="bubblewrap", listener=Silent(), allow_local_git=False) as parts:
        local = LocalAssignments(settings.home / "assignments", blobs)
        cancel = threading.Event()
        yield Steps(serving.engine, blobs, serving.line, parts, local, "here", (0,), cancel, abandon, NoSpans())


def files(serving: Service) -> set[str]:
    return {path.name for path in Path(serving.settings.service_blobs).rglob("*") if path.is_file()}


def test_each_try_that_failed_leaves_nothing_and_the_last_a_report_that_can_be_erased(serving: Service) -> None:
    before = files(serving)
    submission = serving.hand_in()
    handed_in = files(serving)
    with transaction(serving.engine) as session:
        made = invite(session, "small", "Ada Lovelace", "ada@example.org", None, 1)
        session.get_one(StoredSubmission, submission).invitation_id = made.invitation.id
    with steps_of(serving) as steps:
        for number in (1, 2):
            steps.rescue(serving.jobs(submission)[-1].id)
            assert [job.state for job in serving.jobs(submission)] == ["dropped"] * number + ["waiting"]
            assert files(serving) == handed_in
        steps.rescue(serving.jobs(submission)[-1].id)
    assert serving.reports() == {submission: 1}
    with reading(serving.engine) as session:
        row = session.get_one(StoredSubmission, submission)
        assert (row.state, row.outcome, row.attempt) == ("published", "infrastructure_failed", None)
    assert len(files(serving)) == len(handed_in) + 2
    blobs = open_blobs(serving.settings.service_blobs)
    assert erase(serving.engine, blobs, serving.line, made.candidate.id, "test") is not None
    assert files(serving) == before


def test_a_job_that_a_worker_took_after_it_was_given_up_for_dead_is_taken_over(serving: Service) -> None:
    submission = serving.hand_in()
    table = "workflow_status" if serving.engine.dialect.name == "sqlite" else "dbos.workflow_status"
    with transaction(serving.engine) as session:
        session.add(WorkerSeen(id="dead", host="gone", stopped_at=utc_now()))
        session.execute(text(f"UPDATE {table} SET status = 'PENDING', executor_id = 'dead'"))
    with serving.workers(1):
        wait_for(lambda: serving.reports() == {submission: 1})
    with reading(serving.engine) as session:
        assert session.scalars(select(Job.turn)).one() == 1
