"""What an evaluation is of: rows held out or those of the fit, folds, windows; and how it is put in words."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from grader.evidence.catalog import role_of
from grader.evidence.cuts import cut_apart
from grader.evidence.rows import RowSets, covered, whole_rows
from grader.evidence.values import Event


def is_held_out(event: Event) -> bool:
    """Tell whether an event scores a model on rows that it was not fitted on."""
    if event.kind != "evaluate" or event.fit is None:
        return False
    return bool(event.rows) and not covered(event.rows, event.fit.rows)


def is_cross_validation(event: Event) -> bool:
    """Tell whether an event fits and scores on parts of its rows: a cross-validation, the fit of a search or of a model
    that tunes itself, or one of Keras that holds a share of them back.
    """
    return event.kind in ("cross_validate", "validate") or is_search(event) or _has_own_folds(event)


def _has_own_folds(event: Event) -> bool:
    """Tell whether a model is fitted that picks its own setting by folds of these rows: `LassoCV`. What is calibrated
    by folds gives no score of them.
    """
    model = event.model if event.kind == "fit" else None
    if model is None or role_of(model.type) != "estimator" or model.type.endswith("CalibratedClassifierCV"):
        return False
    return model.type.endswith("CV")


def is_search(event: Event) -> bool:
    """Tell whether an event is the fit of a search for settings."""
    return event.kind == "fit" and event.model is not None and role_of(event.model.type) == "search"


def trained_on_test(fitted: RowSets, tested: RowSets) -> bool:
    """Tell whether a test part that was set aside is among the rows of a fit: joined again, or split off later."""
    if any(rows.within(f) and "test" in rows.parts(f) for rows in whole_rows(tested) for f in whole_rows(fitted)):
        return True
    joined = len(fitted) > len(tested)  # the training part and the test part, put together again
    return joined and any(rows in fitted and {"test", "slice"} & rows.parts() for rows in tested)


def was_set_aside(event: Event, events: list[Event]) -> bool:
    """Tell whether rows evaluated were cut off by hand, for a fit on others of the same rows, and this fit has all."""
    if event.fit is None:
        return False
    held = [(one, all_) for one in event.rows for all_ in event.fit.rows if one.within(all_) and one != all_]
    learned = [rows for other in events if held and other.kind == "fit" for rows in other.rows]
    return any(rows.within(all_) and cut_apart(one, rows) for one, all_ in held for rows in learned)


def is_part(rows: RowSets) -> bool:
    """Tell whether rows are a test part or a slice, and not just all that there are."""
    return any(one.steps and one.steps[-1][1] in ("test", "slice") for one in rows)


def fold_splits(events: Iterable[Event]) -> set[Hashable]:
    """Return what tells the splits that part rows into folds, one after the other."""
    return {event.key for event in events if event.kind == "split" and event.name.endswith(".split")}


def cut_anew(event: Event, fit: Event) -> bool:
    """Tell whether windows asked about were cut by another call than those learned from: which rows nobody knows."""
    asked, learned = windows_of(event), windows_of(fit)
    return bool(asked and learned) and not asked & learned


def windows_of(event: Event) -> set[Event]:
    """Return what has cut the windows that an event looks at."""
    return {mark.event for mark in event.taints if mark.event.kind == "windows"}


def target_of(event: Event) -> str | None:
    """Return the column that the model which is asked predicts, where it is known."""
    fit = event.fit or event
    return fit.target.column if fit.target else None


def how_asked(event: Event) -> str:
    """Return what is done with the rows that a model is asked about."""
    if event.kind == "validate":
        return "validated on"
    return "cross-validated" if is_cross_validation(event) else "evaluated"


def class_name(event: Event) -> str:
    """Return the class whose method an event is."""
    return event.name.split(".")[-2] if "." in event.name else event.name
