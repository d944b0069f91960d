"""Durable grading: real workers, killed and told to leave, and every submission ends with one report."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from grading import QUICK, SLOW, Service, service, wait_for
from warm_bench import notebook

from grader.store.database import reading
from grader.store.tables import StoredSubmission


@pytest.fixture
def serving(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> Iterator[Service]:
    with service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        yield running


def test_what_is_in_line_is_graded_and_its_steps_are_told(serving: Service) -> None:
    good, broken = serving.hand_in(), serving.hand_in("raise SystemExit('no')")
    with serving.workers(2):
        wait_for(lambda: serving.reports() == {good: 1, broken: 1})
    with reading(serving.engine) as session:
        assert session.get_one(StoredSubmission, good).outcome == "completed"
        assert (session.get_one(StoredSubmission, good).score or 0) > 0
        assert session.get_one(StoredSubmission, broken).outcome == "submission_failed"
    told = serving.told(good)
    assert told[0] == "queued"
    assert "grading sandbox predict.py" in told
    assert told[-1] == "published completed"


def test_the_cell_that_is_being_run_is_told(serving: Service) -> None:
    cells = ("import time", "time.sleep(6)", QUICK)  # it is looked for twice a second
    submission = serving.hand_in(notebook(*cells), name="work.ipynb")
    with serving.workers(1):
        wait_for(lambda: serving.reports() == {submission: 1})
    assert "grading sandbox work.ipynb, cell 2 of 3" in serving.told(submission)
    assert serving.told(submission)[-1] == "published completed"


@pytest.mark.parametrize("noticed", [True, False], ids=["seen to end", "fallen silent"])
def test_a_worker_that_is_killed_is_followed_by_another_one(serving: Service, noticed: bool) -> None:
    submission = serving.hand_in(SLOW)
    with serving.workers(1, noticed=noticed) as slots:
        wait_for(lambda: serving.state(submission) == ("grading", "sandbox"))
        first = serving.jobs(submission)[0].worker_id
        os.kill(slots.processes()[0], signal.SIGKILL)
        wait_for(lambda: serving.reports() == {submission: 1})
    (job,) = serving.jobs(submission)
    assert (job.state, job.turn) == ("done", 2)
    assert job.worker_id != first


def test_a_worker_that_is_told_to_leave_hands_back_what_it_is_at(serving: Service) -> None:
    submission = serving.hand_in(f"import time\ntime.sleep(60)\n{SLOW}")
    with serving.workers(1) as slots:
        wait_for(lambda: serving.state(submission) == ("grading", "sandbox"))
        slots.stop(60)
    (job,) = serving.jobs(submission)
    assert (job.state, job.worker_id, job.turn) == ("queued", None, 1)
    assert submission not in serving.reports()
    assert [job.id] == serving.line.waiting()
