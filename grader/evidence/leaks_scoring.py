"""Evaluations that cannot say how a model does on new rows: on training rows alone, or on a test part chosen by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.evidence.catalog import role_of
from grader.evidence.values import Event, Loop, RowSets, covered
from grader.model import LeakageFact

_SUPERVISED = {"estimator", "network", "statistical", "pipeline"}


def has_held_out_evaluation(events: Iterable[Event]) -> bool:
    """Tell whether anything was, or may have been, evaluated on rows that it was not fitted on."""
    return any(_held_out(event) for event in events)


def _held_out(event: Event) -> bool:
    if event.kind == "cross_validate":
        return True
    if event.kind == "fit" and event.model and role_of(event.model.type) == "search":
        return True
    if event.kind != "evaluate":
        return False
    known = event.fit is not None and bool(event.rows) and bool(event.fit.rows)
    return not known or (event.fit is not None and not covered(event.rows, event.fit.rows))


def scored_on_training_data(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield evaluations on the very rows of the fit; only to be asked where nothing was evaluated otherwise."""
    for event in events:
        fit, model = event.fit, event.model
        if event.kind != "evaluate" or fit is None or model is None or role_of(model.type) not in _SUPERVISED:
            continue
        supervised = fit.target is not None or role_of(model.type) == "statistical"
        if supervised and covered(event.rows, fit.rows) and not _is_test(event.rows - fit.rows):
            yield LeakageFact(
                kind="scored_on_training_data",
                message="The model is evaluated only on rows it was fitted on, which says nothing about new rows.",
                spans=(fit.span, event.span),
            )


def multi_test(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield loops that try parameters or thresholds on a test part which is then reported on as well."""
    tried: dict[tuple[object, RowSets], tuple[Loop, Event]] = {}
    for event in events:
        if event.kind in ("evaluate", "predict") and _is_test(event.rows):
            for loop in event.varied.intersection(event.loops):
                if not any(its.folds for its in event.loops):
                    tried.setdefault((loop.place, event.rows), (loop, event))
    for (_, rows), (loop, event) in tried.items():
        final = next((later for later in events if _reports(later, event, loop, rows)), None)
        if final is not None and not _has_another_test(events, rows):
            yield LeakageFact(
                kind="multi_test",
                message="A loop tries settings on the test part, and the result is reported on the same test part.",
                spans=(event.span, loop.span, final.span),
            )


def _reports(later: Event, tried: Event, loop: Loop, rows: RowSets) -> bool:
    same = later.model is tried.model or (later.model and tried.model and later.model.type == tried.model.type)
    outside = all(its.place != loop.place for its in later.loops) and later.order > tried.order
    return later.kind == "evaluate" and outside and later.rows == rows and bool(same)


def _has_another_test(events: list[Event], rows: RowSets) -> bool:
    tests = (event.rows for event in events if event.kind == "evaluate" and _is_test(event.rows))
    return any(not covered(other, rows) and not covered(rows, other) for other in tests)


def _is_test(rows: RowSets) -> bool:
    return any(part == "test" for item in rows for _, part in item.path[-1:])
