"""Results that were followed from where their rows are loaded: only these can show that nothing leaks.

An empty list of leaks may also mean that the flow was lost on the way, so praise rests on what is returned here.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator

from grader.evidence.catalog import role_of
from grader.evidence.cuts import drawn_apart
from grader.evidence.evaluations import fold_splits, is_search
from grader.evidence.flow import Flow
from grader.evidence.leaks_target import filled_by_target
from grader.evidence.rows import GROUPED, RowSets, covered, published_whole
from grader.evidence.seen_before import may_have_seen
from grader.evidence.values import OTHERS, Event, Value
from grader.model import Call, FollowedFact, Span
from grader.model.evidence import LeakageKind

MAX_FOLLOWED = 200
_FILE = re.compile(r"([^'\"/\\]+\.\w{2,10})['\"]")
_LEARNING = ("fit", "search")
_PARTS = ("train", "test")
_PREDICTORS = {"estimator", "network", "pipeline", "search"}


def find_followed(flow: Flow, calls: Iterable[Call]) -> tuple[FollowedFact, ...]:
    """Return every result and fit in which leakage of a kind would have been seen, each place once a kind.

    What the work itself has written and loads again was followed where it is known which table was written there: its
    rows are those that another program has loaded. What does nothing for the work shows nothing of it.
    """
    known = list(calls)
    again, idle = _loaded_again(known, flow), _idle(known)
    found: dict[tuple[str, str, int | None, int | None], FollowedFact] = {}
    loads = (event for events in flow.events for event in events if event.kind == "load" and event.span not in again)
    loaded = frozenset(rows.origin for event in loads for rows in event.rows)
    for events in flow.events:
        folds = fold_splits(events)
        for event in events:
            for kind, span in _of_event(event, loaded, folds) if event.span not in idle else ():
                place = (kind, span.path, span.cell, span.line)
                found.setdefault(place, FollowedFact(kind=kind, span=span))
    return tuple(found.values())[:MAX_FOLLOWED]


def _idle(calls: list[Call]) -> set[Span]:
    """Return where a model is fitted but for show."""
    learning = [call for call in calls if call.kind in _LEARNING]
    return {call.span for call in learning if call.idle} - {call.span for call in learning if not call.idle}


def _loaded_again(calls: list[Call], flow: Flow) -> list[Span]:
    """Return where files are loaded that the work has written; what a program writes that loads nothing, by itself or
    by its modules, are data like any others.
    """
    loads = [call for call in calls if call.kind == "load"]
    programs = [events for events in flow.events if any(event.kind == "load" for event in events)]
    loading = {event.span.path for events in programs for event in events} | {call.span.path for call in loads}
    saves = (call for call in calls if call.kind == "save" and call.span.path in loading)
    written = {name for call in saves for name in _files_of(call)}
    return [call.span for call in loads if written.intersection(_files_of(call))]


def _files_of(call: Call) -> list[str]:
    """Return the names of files, without their folders, that the call's arguments spell out."""
    return [name for text in (*call.positional, *call.keywords.values()) for name in _FILE.findall(text)]


def _of_event(event: Event, loaded: frozenset[object], folds: set[Hashable]) -> Iterator[tuple[LeakageKind, Span]]:
    is_seen = not may_have_seen(event)
    searches = is_search(event) and event.features is not None
    if (event.kind == "cross_validate" or searches) and _from(event.rows, loaded):
        if is_seen:
            yield "preprocessing", event.span
            yield "overlap", event.span
        yield "scored_on_training_data", event.span
    if event.kind == "evaluate" and event.fit is not None and _held_out(event.rows, event.fit.rows, loaded):
        if is_seen:
            yield "preprocessing", event.span
            yield "overlap", event.span
        yield "multi_test", event.span
        if not drawn_apart(event.rows, event.fit.rows, folds):
            yield "scored_on_training_data", event.span
    known = event.kind == "fit" or (event.kind == "predict" and event.fit is not None)
    if known and not event.taints and _through_split(event.rows, loaded):
        yield "preprocessing", event.span
        yield "overlap", event.span
    if event.kind in ("fit", "cross_validate") and _without_target(event):
        yield "target", event.span


def _from(rows: RowSets, loaded: frozenset[object]) -> bool:
    return bool(rows) and all(_is_from(item.origin, loaded) for item in rows)


def _is_from(origin: object, loaded: frozenset[object]) -> bool:
    """Tell whether rows come from a load: as they are, or as groups of such rows."""
    match origin:
        case (name, frozenset() as grouped) if name == GROUPED:
            return _from(grouped, loaded)
    return published_whole(origin) in loaded


def _through_split(rows: RowSets, loaded: frozenset[object]) -> bool:
    """Tell whether the rows are one part of a split, known from their loading on."""
    return _from(rows, loaded) and all(item.path and item.path[-1][1] in _PARTS for item in rows)


def _held_out(tested: RowSets, fitted: RowSets, loaded: frozenset[object]) -> bool:
    """Tell whether both row sets are known from their loading on, and none tested is one fitted."""
    return (
        _from(tested, loaded) and _from(fitted, loaded) and not covered(tested, fitted) and not covered(fitted, tested)
    )


def _without_target(event: Event) -> bool:
    if event.model is None or role_of(event.model.type) not in _PREDICTORS:
        return False
    features, target = event.features, event.target
    if features is None or target is None or target.column is None:
        return False
    if features.columns is None or target.columns is None or features.columns.base != target.columns.base:
        return False
    if _is_other_column(features, target.column):
        return True
    return features.columns.lacks(target.column) and filled_by_target(event, surely=False) is None


def _is_other_column(features: Value, target: str) -> bool:
    """Tell whether the features are made of one column alone, a text say, and this not of the target."""
    name = features.column
    if not name or name == target or features.columns is None or features.made_of != frozenset({name}):
        return False
    return features.columns.sources(name).isdisjoint((target, OTHERS))
