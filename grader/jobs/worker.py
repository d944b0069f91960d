"""One worker: a process that takes jobs from the line one at a time, shows that it lives, and watches the others."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NoReturn, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from grader.errors import InfrastructureError
from grader.github.answers import Answers
from grader.jobs.assignments import LocalAssignments
from grader.jobs.deliveries import Deliveries
from grader.jobs.forgetting import forget_some
from grader.jobs.line import Line
from grader.jobs.spans import Spans
from grader.jobs.steps import Steps
from grader.jobs.sweep import BEAT_S, SILENT_S, Lost, appear, beat, bury, ended, overdue, silent
from grader.jobs.workflow import Executor
from grader.pipeline import Parts
from grader.rounds import in_rounds
from grader.store.blobs import Blobs
from grader.store.clock import Steadiness
from grader.store.database import transaction

T = TypeVar("T")
SANDBOX_GONE_S = 5.0
CLEAR_EVERY_S = 3600.0
TURN_OVER = 75  # EX_TEMPFAIL: another process is to take this one's place

log = logging.getLogger(__name__)


@dataclass
class Worker:
    """Grades with `parts` on `cpu_ids` what is in line in the database at `url`, until `leaving` is set.

    Meanwhile it tells webhooks what they are to be told, also those on `private_hosts`, and GitHub, where there are
    `answers` to it; and it deletes what is older than `keep` and of no more use.
    `grace_s` is how long it may take then to finish what it is at; after that it is handed back.
    """

    url: str
    engine: Engine
    blobs: Blobs
    parts: Parts
    home: Path
    cpu_ids: tuple[int, ...]
    leaving: threading.Event
    id: str
    spans: Spans
    keep: timedelta
    private_hosts: frozenset[str] = frozenset()
    answers: Answers | None = None
    grace_s: int = 20
    _cancel: threading.Event = field(default_factory=threading.Event)
    _job: str | None = None
    _clear_at: float = 0.0
    _trusted: bool = False
    _idle: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work until `leaving` is set, and leave nothing half done that nobody goes on with.

        A thread of this process may be in the middle of a step then: end the process without waiting for it.
        """
        self._idle.set()
        line = Line(self.url)
        steps = Steps(
            self.engine,
            self.blobs,
            line,
            self.parts,
            LocalAssignments(self.home / "assignments", self.blobs),
            self.id,
            self.cpu_ids,
            self._cancel,
            self._abandon,
            self.spans,
        )
        self._stored(lambda session: appear(session, self.id, socket.gethostname()))
        executor, steady = Executor(self.url, self.id), Steadiness(settling_s=SILENT_S)
        executor.start(steps, self._begun)
        # beside the beat: what answers slowly must not make this worker look dead, nor hide that another one is
        telling = {"deliveries": Deliveries(self.engine, self.private_hosts), "answers": self.answers}
        for name, one in telling.items():
            if one is not None:
                threading.Thread(target=one.run, args=(self.leaving,), name=name, daemon=True).start()
        tidying = threading.Thread(target=self._tidy, args=(steps, line), name="tidying", daemon=True)
        tidying.start()
        while not self.leaving.wait(BEAT_S):
            try:
                self._beat()
                self._trusted = self._stored(steady.holds)
                self._take_over(line)
            except InfrastructureError as error:
                log.warning("%s", error.message)
        self._leave(executor, line)
        tidying.join(SANDBOX_GONE_S)

    def _beat(self) -> None:
        if not self._stored(lambda session: beat(session, self.id, self._job)):
            log.error("worker %s was taken for dead: it ends, and another one begins", self.id)
            self._abandon()

    def _take_over(self, line: Line) -> None:
        at_work = line.workers_at_work()
        gone = self._stored(lambda session: ended(session, at_work)) if at_work else ()
        for worker in (*gone, *(self._stored(silent) if self._trusted else ())):
            log.warning("worker %s is silent: its job is taken over", worker)
            line.take_over(worker)
            self._bury(worker)

    def _tidy(self, steps: Steps, line: Line) -> None:
        lost = Lost()

        def tidy() -> bool:
            self._tidy_once(lost, steps, line)
            return False  # a round is all that there is to do

        in_rounds(self.leaving, BEAT_S, tidy, "what others left could not be seen to")

    def _tidy_once(self, lost: Lost, steps: Steps, line: Line) -> None:
        trusted = self._trusted
        for job in (*self._stored(lost.jobs), *(self._stored(overdue) if trusted else ())):
            log.warning("job %s would never end: it is ended", job)
            steps.rescue(job)
        self.parts.sandbox.sweep()
        if trusted and time.monotonic() >= self._clear_at:  # a few at a time: other writers do not wait long
            some = forget_some(self.engine, self.blobs, line, self.keep)
            self._clear_at = 0.0 if some else time.monotonic() + CLEAR_EVERY_S

    def _leave(self, executor: Executor, line: Line) -> None:
        """Finish what is at work if that is soon done; else hand it back."""
        self._idle.wait(self.grace_s)
        executor.stop()
        line.take_over(self.id)
        self._bury(self.id)
        self._cancel.set()
        self._idle.wait(SANDBOX_GONE_S)

    def _bury(self, worker: str) -> None:
        self._stored(lambda session: bury(session, worker))

    def _begun(self, job_id: str | None) -> None:
        if job_id is not None and self.leaving.is_set():
            threading.Event().wait()  # it is handed back as this process ends
        self._job = job_id
        if job_id is None:
            self._idle.set()
        else:
            self._idle.clear()
            self._cancel.clear()

    def _abandon(self) -> NoReturn:
        """End the process in the middle of a step, of which nothing is to be kept; sandboxes are taken down before."""
        self._cancel.set()
        try:
            self.parts.sandbox.close()
        finally:
            sys.stderr.flush()
            os._exit(TURN_OVER)

    def _stored(self, act: Callable[[Session], T]) -> T:
        with transaction(self.engine) as session:
            return act(session)
