"""A service that grades for tests: real workers as processes of their own, on a small assignment."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from small_assignment import GOOD, WORK, make_small
from sqlalchemy import Engine, func, select

from grader.assignment import load_assignment
from grader.jobs.assignments import publish_assignment
from grader.jobs.gone import Undertaker
from grader.jobs.line import Line
from grader.jobs.slots import Slots, worker_command
from grader.jobs.workflow import migrate
from grader.settings import Settings
from grader.store.blobs import open_blobs
from grader.store.database import open_engine, reading, transaction, upgrade
from grader.store.tables import StoredReport, StoredSubmission
from grader.store.tables_of_operation import Event, Job

QUICK = WORK.replace("{how}", GOOD)
SLOW = f"import time\ntime.sleep(12)\n{QUICK}"


@dataclass(frozen=True)
class Service:
    """A database, a line and files; `environment` is what its workers are started with."""

    engine: Engine
    line: Line
    settings: Settings
    environment: dict[str, str]

    def hand_in(self, text: str = QUICK, name: str = "predict.py") -> str:
        """Put a work of one file in line and return the submission's id."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr(name, text)
        blob = open_blobs(self.settings.service_blobs).put(made.getvalue())
        with transaction(self.engine) as session:
            row = StoredSubmission(
                assignment="small", name="work", kind="archive", blob=blob, state="queued", attempt=1
            )
            session.add(row)
            session.flush()
            self.line.join(session, row)
            return row.id

    def state(self, submission: str) -> tuple[str, str]:
        """Return the state and the step of a submission."""
        with reading(self.engine) as session:
            row = session.get_one(StoredSubmission, submission)
            return row.state, row.step

    def jobs(self, submission: str) -> list[Job]:
        """Return the jobs of a submission, in their order."""
        with reading(self.engine) as session:
            return list(session.scalars(select(Job).where(Job.submission_id == submission).order_by(Job.id)))

    def reports(self) -> dict[str, int]:
        """Return how many reports each submission has."""
        with reading(self.engine) as session:
            counted = select(StoredReport.submission_id, func.count()).group_by(StoredReport.submission_id)
            return dict(session.execute(counted).all())

    def told(self, submission: str) -> list[str]:
        """Return what the events of a submission say."""
        with reading(self.engine) as session:
            events = session.scalars(select(Event).where(Event.submission_id == submission).order_by(Event.id))
            return [" ".join(filter(None, (event.state, event.step, event.detail))) for event in events]

    @contextmanager
    def workers(self, count: int = 1, *, noticed: bool = True) -> Iterator[Slots]:
        """Run so many worker processes; they are gone afterwards. Not `noticed`, their end shows by silence alone."""
        shares = [(number % (os.cpu_count() or 1),) for number in range(count)]
        slots = Slots(worker_command(), shares, Undertaker(self.engine, self.line) if noticed else lambda _: None)
        slots.start()
        try:
            yield slots
        finally:
            slots.stop(30)


@contextmanager
def service(database_url: str, blobs: str, folder: Path, monkeypatch: object) -> Iterator[Service]:
    """Yield a service on an empty database, with a small assignment published."""
    home = folder / "home"
    home.mkdir(parents=True)
    (home / "environments").symlink_to(Settings().home / "environments")
    environment = {"GRADER_HOME": str(home), "GRADER_DATABASE_URL": database_url, "GRADER_BLOBS": blobs}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)  # type: ignore[attr-defined]
    settings = Settings()
    engine = open_engine(database_url)
    upgrade(engine)
    migrate(database_url)
    line = Line(database_url)
    with transaction(engine) as session:
        small = load_assignment(make_small(folder / "small"))
        publish_assignment(session, open_blobs(blobs), small)
    yield Service(engine, line, settings, environment)
    line.close()
    engine.dispose()


def wait_for(there: Callable[[], bool], within_s: float = 400.0) -> None:
    """Wait until it is so; the time is only there to end a test that hangs."""
    until = time.monotonic() + within_s
    while not there():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.1)
