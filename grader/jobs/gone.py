"""What a worker that has ended left: put back in line at once by whoever saw it end."""

from __future__ import annotations

import logging

from sqlalchemy import Engine

from grader.errors import InfrastructureError
from grader.jobs.line import Line
from grader.jobs.patience import patiently
from grader.jobs.sweep import bury
from grader.store.database import transaction

WITHIN_S = 30.0

log = logging.getLogger(__name__)


class Undertaker:
    """Puts the work of ended workers back in line; where the database is away for long, a sweep will."""

    def __init__(self, engine: Engine, line: Line) -> None:
        self._engine, self._line = engine, line

    def __call__(self, worker_id: str) -> None:
        """See to what `worker_id` left."""
        try:
            patiently(lambda: self._see_to(worker_id), WITHIN_S)
        except InfrastructureError as error:
            log.warning("what worker %s left is taken over later: %s", worker_id, error.message)

    def _see_to(self, worker_id: str) -> None:
        self._line.take_over(worker_id)
        with transaction(self._engine) as session:
            bury(session, worker_id)
