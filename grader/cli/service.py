"""`grader serve` and `grader worker`: the service, and more hands for it."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console

from grader.cli.batch import cpu_shares
from grader.cli.database import prepare_database
from grader.cli.github import app_of
from grader.errors import InfrastructureError, UsageError
from grader.jobs.gone import Undertaker
from grader.jobs.line import Line
from grader.jobs.slots import Slots, worker_command
from grader.jobs.told import log_to_stderr
from grader.jobs.tracing import are_traces_wanted
from grader.report.formats import count
from grader.sandbox import find_environment
from grader.settings import Settings, read_settings
from grader.store.database import open_engine

LEAVE_WITHIN_S = 40.0
APPLICATION = "api.app:application"
HTTP = "api.heads:PatientHttp"


def serve_command(host: str, port: int, slots: int) -> int:
    """Serve the API and pages at `host`:`port`, and grade in `slots` processes; return the exit status."""
    import uvicorn

    settings = read_settings()
    are_traces_wanted(os.environ)  # what is wrong with that is said here, and not by each worker
    app_of(settings)
    _check_port(host, port)
    prepare_database(settings)
    log_to_stderr()
    Console(stderr=True).print(
        f"The service is at http://{host}:{port} and grades in {count(slots, 'slot')}. Ctrl-C ends it."
    )
    config = uvicorn.Config(
        APPLICATION,
        factory=True,
        http=HTTP,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)  # the server raises again what ended it: workers come after
    with grading_in(slots, settings):
        uvicorn.Server(config).run()
    return 0


def worker_command_line(slots: int) -> int:
    """Grade in `slots` processes what is in line, until SIGTERM or Ctrl-C; return the exit status."""
    settings = read_settings()
    are_traces_wanted(os.environ)
    app_of(settings)
    prepare_database(settings)
    log_to_stderr()
    ended = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    Console(stderr=True).print(
        f"Grading in {count(slots, 'slot')}. Ctrl-C ends it: what is not done in time is handed back."
    )
    with grading_in(slots, settings):
        ended.wait()
    return 0


@contextmanager
def grading_in(slots: int, settings: Settings) -> Iterator[None]:
    """Keep so many worker processes while inside; they share the processors that this process may use."""
    if slots == 0:
        yield
        return
    _warn_without_environment(settings)
    engine, line = open_engine(settings.service_database), Line(settings.service_database)
    shares = cpu_shares(sorted(os.sched_getaffinity(0)), slots)
    running = Slots(worker_command(), shares, Undertaker(engine, line))
    running.start()
    try:
        yield
    finally:
        running.stop(LEAVE_WITHIN_S)
        line.close()
        engine.dispose()


def _warn_without_environment(settings: Settings) -> None:
    """Say at once what each work would fail on; Docker has the environment in its image."""
    if settings.sandbox == "docker":
        return
    try:
        find_environment(settings.home)
    except InfrastructureError as error:
        warning = f"Warning: {error.message} Without it only Docker runs works. {error.hint}"
        Console(stderr=True).print(warning, markup=False, highlight=False, soft_wrap=True)


def _check_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise UsageError(
            f"{host}:{port} cannot be listened at: {error.strerror}.",
            hint="Choose another --port, or end what uses it.",
        ) from error
