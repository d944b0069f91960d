"""Results on rows that were surely set apart from those of the fit: by a split, as another file, or by a cut by hand.

Leakage is not seen where nothing is known to be shared. Here it must be known that nothing is, for this is praised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from grader.evidence.cuts import cut_apart
from grader.evidence.flow import Flow
from grader.evidence.rows import Rows
from grader.evidence.values import Event
from grader.model import HeldOutFact
from grader.model.evidence import SetApart

MAX_HELD_OUT = 200
MAX_TEXT = 200


def find_held_out(flow: Flow) -> tuple[HeldOutFact, ...]:
    """Return every result on rows that its model was surely not fitted on, each place once."""
    found: dict[tuple[str, int | None, int | None], HeldOutFact] = {}
    loads = [event for events in flow.events for event in events if event.kind == "load"]
    files = {rows.origin: event for event in loads for rows in event.rows}
    for events in flow.events:
        for fact in _results(events, files):
            found.setdefault((fact.span.path, fact.span.cell, fact.span.line), fact)
    return tuple(found.values())[:MAX_HELD_OUT]


def _results(events: Iterable[Event], files: dict[Any, Event]) -> Iterator[HeldOutFact]:
    for event in events:
        if event.kind != "evaluate" or event.fit is None or not event.rows or not event.fit.rows:
            continue
        ways = [_apart(tested, fitted, files) for tested in event.rows for fitted in event.fit.rows]
        if all(ways):
            by, cut = ways[0] or ("split", "")
            yield HeldOutFact(span=event.span, by=by, cut=cut[:MAX_TEXT], in_time=_in_time(event.fit))


def _in_time(fit: Event) -> bool:
    """Tell whether a fit learns from rows in the order of time: a model of statsmodels was made with its own."""
    features, parts = fit.features, fit.model.parts if fit.model is not None else ()
    return any(value is not None and value.in_time is not None for value in (features, *parts))


def _apart(one: Rows, other: Rows, files: dict[Any, Event]) -> tuple[SetApart, str] | None:
    """Return how it is known that two sets share no row, with the condition that tells them apart; None where it is
    not known.
    """
    if one.origin != other.origin:
        loads = files.get(one.origin), files.get(other.origin)
        if loads[0] is None or loads[1] is None or loads[0].key == loads[1].key:
            return None
        return "file", ""
    return cut_apart(one, other)
