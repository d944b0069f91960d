"""One worker process of `grader serve` and `grader worker`, which start it: `python -m grader.cli.slot CPUS ID`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from datetime import timedelta
from types import FrameType

from sqlalchemy import Engine

from grader.cli.github import app_of
from grader.errors import GraderError
from grader.github.answers import Answers
from grader.jobs.told import log_to_stderr
from grader.jobs.tracing import spans_of
from grader.jobs.worker import Worker
from grader.settings import Settings, read_settings
from grader.store.blobs import Blobs, open_blobs
from grader.store.database import open_engine
from grader.wiring import grading_parts


class Silent:
    """A ProgressListener for parts that are shared: each grading gets one of its own."""

    def step(self, source: str, step: str, detail: str = "") -> None:
        """Hear nothing."""


def answers_of(settings: Settings, engine: Engine, blobs: Blobs) -> Answers | None:
    """Return what tells GitHub, as the App that the operator has set; None without one. Raises UsageError."""
    app = app_of(settings)
    return None if app is None else Answers(engine, blobs, app, settings.public_url.rstrip("/"))


def main(cpus: str, worker_id: str) -> int:
    """Work on `cpus` as `worker_id` until SIGTERM; return the exit status, with which the process is to end at once."""
    leaving = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        leaving.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    log_to_stderr()
    try:
        settings, spans = read_settings(), spans_of("grader-worker", worker_id)
        with grading_parts(settings, sandbox=settings.sandbox, listener=Silent(), allow_local_git=False) as parts:
            engine, blobs = open_engine(settings.service_database), open_blobs(settings.service_blobs)
            Worker(
                settings.service_database,
                engine,
                blobs,
                parts,
                settings.home,
                tuple(int(cpu) for cpu in cpus.split(",")),
                leaving,
                worker_id,
                spans,
                timedelta(days=settings.keep_days),
                settings.private_hosts,
                answers_of(settings, engine, blobs),
            ).run()
        spans.close()
    except GraderError as error:
        logging.getLogger(__name__).error("%s %s", error.message, error.hint)
        return error.exit_status
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1], sys.argv[2])
    sys.stderr.flush()
    os._exit(status)  # a step that was handed back may still have a thread
