"""What a model learns of the time after the rows it predicts: a random split of rows in time, and later values."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence.rows import covered
from grader.evidence.values import Event, in_order
from grader.model import LeakageFact


def temporal(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield random splits of rows that the work itself brought into the order of time, and features from later rows."""
    evaluated = [event for event in events if event.kind == "evaluate"]
    for event in events:
        parts = event.kind in ("split", "cross_validate") or (event.kind == "rest" and _is_tested(event, evaluated))
        if parts and event.in_time is not None and event.shuffled:
            yield LeakageFact(
                kind="temporal",
                message="Rows in the order of time are split at random, so later rows train for earlier ones.",
                spans=(event.in_time.span, event.span),
            )
        if event.kind in ("fit", "cross_validate") and event.model is not None:
            yield from _from_later(event)


def _is_tested(rest: Event, evaluated: list[Event]) -> bool:
    """Tell whether the rows that a draw has left are those that a result is computed on."""
    return rest.in_time is not None and any(covered(event.rows, rest.rows) for event in evaluated)


def _from_later(event: Event) -> Iterator[LeakageFact]:
    target = event.target.column if event.target else None
    if event.features is None or event.target is None:
        return
    for taint in in_order(event.features.taints):
        unsure = taint.maybe and (target is None or target.startswith("#"))  # it may be what is predicted itself
        if taint.event.kind == "future" and taint.columns and target not in taint.columns and not unsure:
            yield LeakageFact(
                kind="temporal",
                message=f"The feature {min(taint.columns)!r} holds values of later rows.",
                spans=(taint.event.span, event.span),
            )
