"""Rows that are learned from and tested: copies, windows, parts that hold others, and draws out of the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence.catalog import role_of
from grader.evidence.cuts import drawn_apart
from grader.evidence.evaluations import (
    class_name,
    cut_anew,
    fold_splits,
    how_asked,
    is_cross_validation,
    is_part,
    is_search,
    trained_on_test,
    was_set_aside,
    windows_of,
)
from grader.evidence.rows import DRAWN, covered
from grader.evidence.seen_before import is_learned_from, seen_before
from grader.evidence.values import Event
from grader.model import LeakageFact


def overlap(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield resampling before the split, and models whose training rows hold the rows they are tested on."""
    yield from _resampled(events)
    for event, taint, in_training in seen_before(events, ("fit",)):
        in_folds = is_cross_validation(event) or any(loop.folds for loop in event.loops)
        if is_search(taint.event) and not in_folds and not in_training:
            message = f"{class_name(taint.event)} searched settings on all rows, and some are {how_asked(event)} later."
            yield LeakageFact(kind="overlap", message=message, spans=(taint.event.span, event.span))
    folds = fold_splits(events)
    for event in events:
        if event.kind == "validate" and event.fit is not None and _is_learned_too(event, event.fit):
            message = "The rows that the fit is validated on are among those that it learns from."
            yield LeakageFact(kind="overlap", message=message, spans=(event.span,))
        if event.kind != "evaluate" or event.fit is None:
            continue
        if windows := _split_windows(event, event.fit):
            message = "Windows that overlap were split at random: what is tested stands in windows learned from."
            yield LeakageFact(kind="overlap", message=message, spans=(windows.span, event.span))
            continue
        if trained_on_test(event.fit.rows, event.rows) or was_set_aside(event, events):
            message = "The model was fitted on rows that hold the test part it is evaluated on."
        elif covered(event.fit.rows, event.rows) and not covered(event.rows, event.fit.rows) and is_part(event.rows):
            message = "The model is evaluated on rows that hold the part it was fitted on."
        elif drawn_apart(event.rows, event.fit.rows, folds):
            message = "The rows evaluated were drawn apart from those of the fit, out of the same: some are in both."
        elif _cut_twice(event, events):
            message = "The rows evaluated were cut so that they begin before those of the fit end: some are in both."
        else:
            continue
        yield LeakageFact(kind="overlap", message=message, spans=(event.fit.span, event.span))


def _resampled(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield resampling of which something is learned and something evaluated: not that of a test part by itself."""
    for event, taint, in_training in seen_before(events, ("resample",)):
        if is_learned_from(event, taint):
            yield LeakageFact(
                kind="overlap",
                message=f"{_copies(taint.event, in_training)} before some of them are {how_asked(event)}.",
                spans=(taint.event.span, event.span),
                in_training=in_training,
            )


def _is_learned_too(event: Event, fit: Event) -> bool:
    """Tell whether rows that a fit is validated on are surely learned from."""
    return covered(event.rows, fit.rows) and not cut_anew(event, fit)


def _split_windows(event: Event, fit: Event) -> Event | None:
    """Return what cut the windows that a random split has put on both sides, None where there are none."""
    learned = windows_of(fit)
    for mark in sorted(event.taints, key=lambda mark: mark.event.order):
        if set(mark.event.loops) & set(event.loops):
            continue  # each window is split by itself
        steps = {step for rows in event.rows for s in mark.rows if rows.within(s) for step in rows.path[len(s.path) :]}
        drawn = {key for key, part in steps if part == "test" and isinstance(key, tuple) and key[0] == DRAWN}
        if mark.event in learned and any((key, "train") in rows.path for rows in fit.rows for key in drawn):
            return mark.event
    return None


def _cut_twice(event: Event, events: list[Event]) -> bool:
    """Tell whether the numbers of two slices overlap, and not for windows that look back from the first row tested."""
    if event.fit is None or event.model is None or role_of(event.model.type) not in ("estimator", "pipeline", "search"):
        return False
    overlapping = any(rows.overlaps(fitted) for rows in event.rows for fitted in event.fit.rows)
    return overlapping and not any(other.kind == "window" for other in events)


def _copies(event: Event, in_training: bool) -> str:
    if event.model is not None:
        return f"{class_name(event)} resampled {'the whole training part' if in_training else 'all rows'}"
    return f"{event.name.rpartition('.')[2]} made copies of rows"
