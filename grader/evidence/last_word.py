"""Whether rows were kept for the last word: what else models are asked about than the part that trials were made on."""

from __future__ import annotations

from collections.abc import Hashable

from grader.evidence.cuts import drawn_apart
from grader.evidence.rows import GROUPED, Rows, RowSets, covered, whole_rows
from grader.evidence.values import Event


def has_last_word(events: list[Event], rows: RowSets, last: int) -> bool:
    """Tell whether a model was asked about rows that took no part in the trials on `rows`: an outer test part, rows
    whose answers are not known here, or others that are scored after the `last` of the trials.
    """
    asked = [event for event in events if event.kind in ("evaluate", "predict") or _is_asked_anew(event)]
    first = next((event.order for event in events if event.kind == "fit"), 0)
    asked = [event for event in asked if event.model is not None or event.order > first]  # nothing was tried before
    if any(_is_outer(other, tried, event) for event in asked for other in whole_rows(event.rows) for tried in rows):
        return True
    loaded = {made.origin for event in events if event.kind == "load" for made in event.rows}
    if any(_is_scored_after(event, rows, last, events, loaded) for event in asked):
        return True
    scored = {_file_of(other) for event in asked if event.kind == "evaluate" for other in event.rows}
    scored |= {_file_of(tried) for tried in rows}
    ours = {tried.origin for tried in rows}
    if any(_is_of_own_file(event, ours, loaded) for event in asked):
        return True
    if any(_is_for_others(event, asked, rows) for event in asked if event.kind == "predict"):
        return True
    files = loaded - scored
    of_files = (event for event in asked if event.rows and files.issuperset(map(_file_of, event.rows)))
    return any(_is_fitted_elsewhere(event, files) for event in of_files)


def _is_of_own_file(event: Event, ours: set[Hashable], loaded: set[Hashable]) -> bool:
    """Tell whether a model of the file that trials were made on is scored on another, or is asked about a third one."""
    others = {other.origin for other in event.rows} & loaded - ours
    if not others or event.fit is None:
        return False
    fitted = {one.origin for one in event.fit.rows}
    if event.kind == "evaluate" and fitted <= ours:
        return True
    return bool(fitted) and fitted <= loaded and not fitted & (ours | others)


def _is_scored_after(event: Event, tried: RowSets, last: int, events: list[Event], loaded: set[Hashable]) -> bool:
    """Tell whether rows are scored after that are none of those tried or learned from, as far as anybody knows; of a
    model that is not known, `models[best]`, whether they are asked about.
    """
    if event.order <= last or not event.rows or any(loop.folds for loop in event.loops):
        return False
    if event.kind != "evaluate" and event.model is not None:
        return False
    whole, learned = whole_rows(event.rows), _learned_by(event, events)
    if covered(whole, tried) or covered(tried, whole) or covered(event.rows, learned) or covered(learned, event.rows):
        return False
    if not all(_may_be_apart(one, other, loaded) for one in whole for other in tried):
        return False
    return not drawn_apart(event.rows, tried)


def _may_be_apart(one: Rows, other: Rows, loaded: set[Hashable]) -> bool:
    """Tell whether two sets of rows of one origin may share none, or are of two files."""
    if one.origin != other.origin:
        return {one.origin, other.origin} <= loaded
    return not one.reached_by(other)


def _learned_by(event: Event, events: list[Event]) -> RowSets:
    """Return the rows of the fit behind what is asked; of a model that is not known, those of any fit before."""
    if event.fit is not None:
        return event.fit.rows
    return frozenset(
        rows for other in events if other.kind == "fit" and other.order < event.order for rows in other.rows
    )


def _is_fitted_elsewhere(event: Event, files: set[Hashable]) -> bool:
    """Tell whether what is asked has learned from other files, or is not known: `models[best]`, one out of a file."""
    if event.fit is None:
        return event.model is None
    return not event.fit.rows or not files.issuperset(map(_file_of, event.fit.rows))


def _file_of(rows: Rows) -> Hashable:
    """Return where rows come from in the end: those of a table of groups from the rows that were grouped."""
    match rows.origin:
        case (name, frozenset() as grouped) if name == GROUPED and len(grouped) == 1:
            return _file_of(next(iter(grouped)))
        case ("element", Rows() as whole) | ("item", Rows() as whole, _):
            return _file_of(whole)
    return rows.origin


def _is_for_others(predicted: Event, asked: list[Event], tried: RowSets) -> bool:
    """Tell whether a model predicts rows of files that were put together, of which no answer is ever looked at."""
    known = [event.rows for event in asked if event.kind == "evaluate"]
    known += [tried, predicted.fitted]
    met = any(covered(rows, predicted.rows) or covered(predicted.rows, rows) for rows in known)
    is_asked = predicted.fit is not None or predicted.model is None
    return is_asked and len({one.origin for one in predicted.rows}) > 1 and not met


def _is_asked_anew(event: Event) -> bool:
    """Tell whether a network is called on rows that it does not learn from, as far as is known."""
    return (
        event.kind == "ask" and (event.model is None or event.fit is not None) and not covered(event.rows, event.fitted)
    )


def _is_outer(other: Rows, tried: Rows, asked: Event) -> bool:
    """Tell whether `other` is the test part of a split in whose training part `tried` was made, or the other half of
    a test part that was cut in two.
    """
    if other.origin != tried.origin:
        return False
    held_out = {key for key, part in other.path if part == "test"}
    if any(key in held_out and part == "train" for key, part in tried.path):
        return True
    if any(loop.folds for loop in asked.loops) or not _is_other_half(other, tried):
        return False  # a fold of the training part has no last word
    return asked.fit is not None and not covered(frozenset({other}), whole_rows(asked.fit.rows))


def _is_other_half(other: Rows, tried: Rows) -> bool:
    """Tell whether a test part was cut in two, of which these are the first half and those the second."""
    pairs = enumerate(zip(other.path, tried.path, strict=False))
    parted = next((place for place, (one, two) in pairs if one != two), None)
    if parted is None or not any(part == "test" for _, part in other.path[:parted]):
        return False
    (its, first), (key, second) = other.path[parted], tried.path[parted]
    return its == key and (first, second) == ("train", "test")
