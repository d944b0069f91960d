"""Chaos: workers are killed every few seconds and databases restarted, and each submission ends with one report."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from grading import Service, service, wait_for
from postgres import Server
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from grader.errors import InfrastructureError
from grader.store.database import reading
from grader.store.tables import StoredReport, StoredSubmission
from grader.store.tables_of_operation import Job

MANY = int(os.environ.get("GRADER_CHAOS", "4"))  # with GRADER_CHAOS=60 this is the chaos that the service must survive
DISTURBED = 4 if MANY < 60 else 10_000  # the short form has an end on a slow machine, too
KILL_EVERY_S = 6.0


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """Yield a PostgreSQL server that this test alone may restart."""
    with Server.started() as server:
        yield server


def published(running: Service) -> int:
    """Return how many are through; none while the database is away."""
    done = select(func.count()).select_from(StoredSubmission).where(StoredSubmission.state == "published")
    try:
        with reading(running.engine) as session:
            return session.scalar(done) or 0
    except (InfrastructureError, DBAPIError):
        return 0


def more_than(running: Service, before: int) -> bool:
    return published(running) > before or before == MANY


def check_that_none_was_lost(running: Service) -> None:
    with reading(running.engine) as session:
        reports = session.execute(
            select(StoredSubmission.id, StoredSubmission.outcome, func.count(StoredReport.id))
            .join(StoredReport, isouter=True)
            .group_by(StoredSubmission.id, StoredSubmission.outcome)
        ).all()
        assert len(reports) == MANY
        assert {(outcome, count) for _, outcome, count in reports} == {("completed", 1)}
        unfinished = select(func.count()).select_from(Job).where(Job.state.in_(("queued", "grading", "waiting")))
        assert session.scalar(unfinished) == 0


def until_all_are_published(running: Service, disturb: Callable[[int], None]) -> None:
    """Disturb every few seconds until all is done; patience there is only for a test that hangs."""
    began, number = time.monotonic(), 0
    while published(running) < MANY:
        assert time.monotonic() - began < 60 * 15, "it does not come to an end"
        time.sleep(KILL_EVERY_S)
        if number < DISTURBED:
            disturb(number)
        number += 1


def test_workers_are_killed_and_the_database_is_restarted_twice(
    own_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None
) -> None:
    with service(own_server.new_database(), str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        for _ in range(MANY):
            running.hand_in()

        def disturb(number: int) -> None:
            if number in (1, 3):
                own_server.restart()
            elif alive := slots.processes():
                kill(alive[number % 3 % len(alive)])

        with running.workers(3) as slots:
            until_all_are_published(running, disturb)
        check_that_none_was_lost(running)


def test_the_service_on_sqlite_is_killed_and_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None
) -> None:
    with service(f"sqlite:///{tmp_path / 'grader.db'}", str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        for _ in range(MANY):
            running.hand_in()
        serving = begin_serving()
        for number in itertools.count():
            wait_for(partial(more_than, running, published(running)), 600)
            if published(running) == MANY:
                break
            if number < min(5, DISTURBED):
                for process in (serving.pid, *children_of(serving.pid)):
                    kill(process)
                serving.wait()
                serving = begin_serving()
        serving.terminate()
        assert serving.wait(120) == 0
        check_that_none_was_lost(running)


def children_of(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # a thread that has ended meanwhile
            found += map(int, task.read_text().split())
    return found


def kill(process: int) -> None:
    """Kill a process, which may have ended by itself: with the one that began it, for one."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def begin_serving() -> subprocess.Popen[bytes]:
    from ports import free_port

    command = [str(Path(sys.executable).parent / "grader"), "serve", "--port", str(free_port()), "--slots", "2"]
    return subprocess.Popen(command, start_new_session=True)
