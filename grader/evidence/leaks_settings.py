"""Whether it was by their result on the test part that settings were chosen, and not models, a threshold or nothing."""

from __future__ import annotations

from collections.abc import Iterable

from grader.evidence.evaluations import is_held_out
from grader.evidence.rows import RowSets, covered, whole_rows
from grader.evidence.values import Event, Loop


def chosen_by_test(tried: Iterable[tuple[Loop, Event]], rows: RowSets, events: list[Event]) -> bool:
    """Tell whether a loop has fitted a model anew with each setting, and only its score on `rows` is there to choose
    one by.
    """
    return any(_is_fitted_anew(loop, event) and not _has_another_score(loop, rows, events) for loop, event in tried)


def stopped_by_test(scored: Iterable[Event], rows: RowSets) -> bool:
    """Tell whether the score on `rows` has decided when the training of a model stops that is scored on them."""
    return any(event.fit is not None and covered(whole_rows(event.fit.chosen_on), rows) for event in scored)


def _is_fitted_anew(loop: Loop, event: Event) -> bool:
    return event.fit is not None and loop.place in {around.place for around in event.fit.loops}


def _has_another_score(loop: Loop, rows: RowSets, events: list[Event]) -> bool:
    """Tell whether the loop scores its models on folds too, or on rows that are neither those tested nor learned."""
    inside = (event for event in events if any(around.place == loop.place for around in event.loops))
    return any(
        event.kind == "cross_validate" or (is_held_out(event) and not covered(whole_rows(event.rows), rows))
        for event in inside
    )
