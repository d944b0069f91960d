"""Figures of operation, counted in the database: all processes of a service tell the same, and none has to remember."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from operator import itemgetter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grader.store.clock import databases_now
from grader.store.tables import StoredReport
from grader.store.tables_of_operation import Event, Job, WorkerSeen

NEWEST_EVENTS = 5000  # of which durations are taken: it bounds what a look costs


@dataclass(frozen=True)
class InLine:
    """How many jobs of a kind are in a state, and since when the oldest of them."""

    assignment: str
    kind: str
    bulk: bool
    state: str
    jobs: int
    oldest: datetime


@dataclass(frozen=True)
class Slots:
    """How many worker processes live, and how many of them grade."""

    alive: int
    busy: int


def in_line(session: Session) -> Sequence[InLine]:
    """Return the jobs that are not through, counted by assignment, kind and state."""
    kinds = (Job.assignment, Job.kind, Job.bulk, Job.state)
    counted = select(*kinds, func.count(), func.min(Job.queued_at))
    query = counted.where(Job.state.in_(("queued", "waiting", "grading"))).group_by(*kinds).order_by(*kinds)
    return [InLine(*row) for row in session.execute(query)]


def step_seconds(session: Session) -> dict[str, list[float]]:
    """Return how long the steps among the newest events took, each until another one of its submission began."""
    newest = select(Event.submission_id, Event.step, Event.at).order_by(Event.id.desc()).limit(NEWEST_EVENTS)
    took: dict[str, list[float]] = defaultdict(list)
    for _, told in groupby(sorted(session.execute(newest), key=itemgetter(0, 2)), key=itemgetter(0)):
        begins = [next(same) for _, same in groupby(told, key=itemgetter(1))]  # a step tells each cell that it is at
        for (_, step, at), (_, _, until) in pairwise(begins):
            if step:
                took[step].append((until - at).total_seconds())
    return dict(sorted(took.items()))


def reports_by_outcome(session: Session) -> list[tuple[str, str, int]]:
    """Return (outcome, origin, number) of all reports."""
    kinds = (StoredReport.outcome, StoredReport.origin)
    rows = session.execute(select(*kinds, func.count()).group_by(*kinds).order_by(*kinds))
    return [(outcome, origin, number) for outcome, origin, number in rows]


def slots(session: Session, silent_s: float) -> Slots:
    """Return how many workers have shown themselves within `silent_s` seconds."""
    since = databases_now(session) - timedelta(seconds=silent_s)
    lives = (WorkerSeen.stopped_at.is_(None), WorkerSeen.seen_at > since)
    alive, busy = session.execute(select(func.count(), func.count(WorkerSeen.job_id)).where(*lives)).one()
    return Slots(alive, busy)
