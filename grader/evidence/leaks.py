"""Leakage: rows that are evaluated later, used before. Judged from the events of a walk; unknown accuses nobody."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence.flow import Flow
from grader.evidence.leaks_choosing import multi_test
from grader.evidence.leaks_fitting import preprocessing
from grader.evidence.leaks_overlap import overlap
from grader.evidence.leaks_scoring import Scored, scored_in, scored_on_training_data
from grader.evidence.leaks_target import target_among_features, target_encoded
from grader.evidence.leaks_time import temporal
from grader.evidence.values import Event
from grader.model import LeakageFact

MAX_LEAKS = 60


def find_leaks(flow: Flow) -> tuple[LeakageFact, ...]:
    """Return every leak found, each place once, in the order of the programs."""
    found: dict[tuple[str, object], LeakageFact] = {}
    work = scored_in([event for events in flow.events[: flow.programs] for event in events])
    for events in flow.events:
        for leak in _of_program(events, work):
            found.setdefault((leak.kind, _place(leak)), leak)
            if len(found) >= MAX_LEAKS:
                return tuple(found.values())
    return tuple(found.values())


def _of_program(events: list[Event], work: Scored) -> Iterator[LeakageFact]:
    yield from preprocessing(events)
    yield from overlap(events)
    yield from multi_test(events)
    yield from target_among_features(events)
    yield from target_encoded(events)
    yield from temporal(events)
    yield from scored_on_training_data(events, work)


def _place(leak: LeakageFact) -> tuple[str, int | None, int | None]:
    span = leak.spans[0]
    return span.path, span.cell, span.line
