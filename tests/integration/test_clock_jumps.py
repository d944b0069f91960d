"""Clocks that jump or are wrong, for real: libfaketime gives the database server or a worker another time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from clocks import ONLY_THE_WALL_CLOCK, by_file, faked, set_clock
from grading import SLOW, Service, service, wait_for
from postgres import Server

from grader.store.clock import databases_now
from grader.store.database import reading


@pytest.fixture
def offset(tmp_path: Path) -> Iterator[Path]:
    """Yield a file of how far the database's clock is off; its user can read it."""
    file = Path("/tmp") / f"grader-clock-{os.getpid()}"
    file.write_text("+0")
    file.chmod(0o644)
    yield file
    file.unlink()


@pytest.fixture
def serving(offset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> Iterator[Service]:
    with (
        Server.started(environment=by_file(offset)) as server,
        service(server.new_database(), str(tmp_path / "blobs"), tmp_path, monkeypatch) as running,
    ):
        yield running


def jump(serving: Service, offset: Path, to: str) -> timedelta:
    """Set the database's clock off by `to`, such as "+2h", and return how far it has moved."""
    with reading(serving.engine) as session:
        before = databases_now(session)
    set_clock(offset, to)
    with reading(serving.engine) as session:
        return databases_now(session) - before


@pytest.mark.parametrize(("to", "hours"), [("+2h", 2), ("-2h", -2)])
def test_a_jump_of_the_databases_clock_takes_no_work_from_who_is_at_it(
    serving: Service, offset: Path, to: str, hours: int
) -> None:
    submission = serving.hand_in(SLOW)
    with serving.workers(2):
        wait_for(lambda: serving.state(submission) == ("grading", "sandbox"))
        moved = jump(serving, offset, to)
        assert abs(moved - timedelta(hours=hours)) < timedelta(minutes=5)
        wait_for(lambda: serving.reports() == {submission: 1})
    (job,) = serving.jobs(submission)
    assert (job.state, job.turn, job.failures) == ("done", 1, 0)


def test_after_a_jump_the_dead_are_found_all_the_same(serving: Service, offset: Path) -> None:
    submission = serving.hand_in(SLOW)
    with serving.workers(2, noticed=False) as slots:
        wait_for(lambda: serving.state(submission) == ("grading", "sandbox"))
        first = serving.jobs(submission)[0].worker_id
        jump(serving, offset, "+2h")
        os.kill(process_of(first, slots.processes()), signal.SIGKILL)
        wait_for(lambda: serving.reports() == {submission: 1})
    (job,) = serving.jobs(submission)
    assert (job.turn, job.worker_id != first) == (2, True)


def process_of(worker: str | None, processes: list[int]) -> int:
    """Return which of the processes was begun as that worker."""
    (found,) = (pid for pid in processes if str(worker).encode() in Path(f"/proc/{pid}/cmdline").read_bytes())
    return found


def test_a_worker_whose_own_clock_is_days_off_ends_no_others_work(
    serving: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = serving.hand_in(SLOW)
    with serving.workers(1):
        wait_for(lambda: serving.state(submission) == ("grading", "sandbox"))
        with monkeypatch.context() as patched:
            for name, value in (faked() | ONLY_THE_WALL_CLOCK | {"FAKETIME": "+30d"}).items():
                patched.setenv(name, value)
            other = serving.workers(1)
            other.__enter__()
        later = serving.hand_in()
        try:
            wait_for(lambda: serving.reports() == {submission: 1, later: 1})
        finally:
            other.__exit__(None, None, None)
    assert [(job.turn, job.failures) for job in serving.jobs(submission)] == [(1, 0)]
