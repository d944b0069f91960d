"""Which steps have learned from rows that are evaluated, or cross-validated, later."""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping

from grader.evidence.catalog import role_of
from grader.evidence.cuts import Condition
from grader.evidence.evaluations import is_cross_validation, is_held_out, target_of
from grader.evidence.rows import Rows, RowSets, covered
from grader.evidence.significance import is_of_other_columns
from grader.evidence.unseen import UNSEEN
from grader.evidence.values import Event, Model, Taint

_SCALING = {"transformer", "imputer", "vectoriser", "selector"}  # fitted anew, each means another thing by its numbers


def seen_before(events: list[Event], kinds: tuple[str, ...]) -> list[tuple[Event, Taint, bool]]:
    """Return each culprit of these kinds once, with the first event that what it has seen is asked about, and whether
    that is inside the training part: one on rows that the model has not been fitted on, if there is any.
    """
    held_out = {rows for event in events if event.kind in ("evaluate", "predict") for rows in event.rows}
    asked = [event for event in events if event.kind in ("evaluate", "predict") and _asks_others(event)]
    of_others = {mark.event for event in asked if event.kind == "evaluate" for mark in _from_elsewhere(event)}
    by_group = (event for event in events if event.kind == "split" and "Group" in event.name)
    split_by = {event.key: event.by for event in by_group}
    loads = {rows.origin for event in events if event.kind == "load" for rows in event.rows}
    found: dict[Event, tuple[Event, Taint, bool]] = {}
    settled: set[Event] = set()
    for event in events:
        if event.kind == "validate" and any(_has_last_word(other, event) for other in asked):
            continue
        for taint, of_fit in sorted(_marks_on(event), key=lambda pair: (pair[0].event.order, pair[0].event.name)):
            culprit = taint.event
            if culprit.kind not in kinds or culprit in settled or _is_excused(event, taint, split_by):
                continue
            cut_off = is_cross_validation(event) and (culprit in of_others or _is_training_part(taint.rows, held_out))
            if not cut_off and (_leaks(event, taint.rows, of_fit=of_fit) or _refitted(event, taint, loads)):
                if culprit not in found or found[culprit][2] or is_held_out(event):
                    found[culprit] = event, taint, False
                    if is_held_out(event) or is_cross_validation(event):
                        settled.add(culprit)
            elif culprit not in found and _leaks_in_training(event, taint.rows):
                found[culprit] = event, taint, True
    return list(found.values())


def may_have_seen(event: Event) -> bool:
    """Tell whether what is not known may have learned from rows that an event asks about, so that none is followed."""
    marks = [(taint.rows, of_fit) for taint, of_fit in _marks_on(event) if taint.event.kind == UNSEEN]
    return any(_leaks(event, rows, of_fit=of_fit) or _leaks_in_training(event, rows) for rows, of_fit in marks)


def _marks_on(event: Event) -> list[tuple[Taint, bool]]:
    """Return each mark on what an event asks about, and whether only the fit before it carries that mark."""
    of_fit = event.fit.taints - event.taints if event.fit else frozenset()
    learned = {taint.event for taint in event.fit.taints} if event.fit else set()
    # What only tells which of the rows are asked about, a slice to look at, say, the model has not learned from.
    own = (taint for taint in event.taints if not taint.picks or event.fit is None or taint.event in learned)
    return [*((taint, False) for taint in own), *((taint, True) for taint in of_fit)]


def _asks_others(event: Event) -> bool:
    """Tell whether a model is asked about rows that it was not fitted on."""
    return event.fit is None or not covered(event.rows, event.fit.rows)


def _is_excused(event: Event, taint: Taint, split_by: Mapping[Hashable, frozenset[str]]) -> bool:
    """Tell whether a mark tells nothing of other rows here: it is the target's, that of other columns, of groups that
    are kept whole, or of copies that are not learned from or stay on one side.
    """
    culprit = taint.event
    if _only_target(event, taint) or is_of_other_columns(culprit, target_of(event)):
        return True
    if culprit.by and _parted_by(event, culprit.by, split_by):
        return True
    if not only_copies(culprit):
        return False
    return not is_learned_from(event, taint) or (event.fit is not None and _keeps_together(event, split_by))


def _parted_by(event: Event, columns: frozenset[str], split_by: Mapping[Hashable, frozenset[str]]) -> bool:
    """Tell whether the rows of a fit and those asked about were told apart by these columns: no group is on both sides,
    nor does what is computed within each.
    """
    pairs = [(one, other) for one in event.rows for other in event.fitted]
    return bool(pairs) and all(columns & _column_between(one, other, split_by) for one, other in pairs)


def _column_between(one: Rows, other: Rows, split_by: Mapping[Hashable, frozenset[str]]) -> frozenset[str]:
    """Return the column by which two sets of rows part, none where that is not known."""
    steps = zip(one.steps, other.steps, strict=False)
    key = next((mine[0] for mine, its in steps if mine != its), None)
    if key in split_by:
        return split_by[key]
    match key:
        case ("cut", Condition(column=str(name))) | ("cut", ("not", Condition(column=str(name)))):
            return frozenset({name})
    return frozenset()


def encodes_target(event: Event, culprit: Event) -> bool:
    """Tell whether a step has put a statistic by group of the very column that the model asked predicts into another:
    a target encoding.
    """
    return bool(culprit.of) and culprit.of == target_of(event)


def _keeps_together(event: Event, by_group: Mapping[Hashable, frozenset[str]]) -> bool:
    """Tell whether rows were told from others by their values alone, or by their group: copies stay together then."""
    steps = {step for rows in event.rows for step in rows.steps}
    return not any(part == "slice" or (part in ("test", "train") and key not in by_group) for key, part in steps)


def _has_last_word(asked: Event, validated: Event) -> bool:
    """Tell whether a model is asked about other rows than it was validated on: of that file, or with answers."""
    files = {rows.origin for rows in validated.rows}
    same = asked.kind == "evaluate" or any(rows.origin in files for rows in asked.rows)
    everything = asked.fit is not None and covered(asked.fit.rows, asked.rows)
    return asked.model is validated.model and same and not everything and not covered(asked.rows, validated.rows)


def _from_elsewhere(event: Event) -> list[Taint]:
    """Return the marks on rows that a result is computed of which were learned from rows of other files alone."""
    files = {rows.origin for rows in event.rows}
    if event.fit is None or not files:
        return []
    return [mark for mark, _ in _marks_on(event) if mark.rows and files.isdisjoint(rows.origin for rows in mark.rows)]


def _is_training_part(rows: RowSets, held_out: set[Rows]) -> bool:
    """Tell whether rows were cut by hand from those that models are asked about: their folds only compare models."""
    return all(
        "slice" in one.parts() and any(one.origin == other.origin and _apart(one, other) for other in held_out)
        for one in rows
    )


def _leaks(event: Event, seen: RowSets, *, of_fit: bool = False) -> bool:
    # What was fitted on the training part of a split has not seen its test part; folds cut from it are another matter.
    whole = [rows for rows in seen if not rows.in_training]
    if is_cross_validation(event):
        return any(r.reached_by(s) and not r.in_training for r in event.rows for s in whole)
    if event.kind not in ("evaluate", "predict"):
        return False
    parts = {"test", "train"} if event.kind == "evaluate" and not of_fit else {"test"}
    if any(r.reached_by(s) and (parts & r.parts(s) or "test" in s.parts()) for r in event.rows for s in whole):
        return True
    return _cut_by_hand(event, whole)


def _leaks_in_training(event: Event, seen: RowSets) -> bool:
    """Tell whether folds, or a validation part, are cut from rows that were seen together: the whole training part, or
    some that were cut off by hand. No test part is touched, but what is measured within is too good.
    """
    is_folds = is_cross_validation(event) and event.kind != "validate"
    if is_folds and any(rows.reached_by(s) for rows in event.rows for s in seen):
        return True
    pairs = ((rows, s) for rows in event.rows for s in seen if is_held_out(event) and rows.reached_by(s))
    return any(s.in_training and "test" in rows.parts(s) for rows, s in pairs)


def _refitted(event: Event, taint: Taint, loads: Container[Hashable]) -> bool:
    """Tell whether a transformer was fitted anew on the rows that a model is asked about, apart from its training: rows
    that were loaded, or parted from those of the training; what a service is sent is evaluated nowhere.
    """
    learner, seen = taint.event.model, taint.rows
    if event.kind not in ("evaluate", "predict") or learner is None or not _scales(learner):
        return False
    fitted = event.fitted
    origins = {rows.origin for rows in fitted}
    if event.kind == "predict" and not any(rows.origin in loads or rows.origin in origins for rows in event.rows):
        return False
    return bool(fitted) and covered(event.rows, seen) and not covered(fitted, seen) and not covered(event.rows, fitted)


def _scales(learner: Model) -> bool:
    """Tell whether what a transformer gives means another thing when it is fitted anew: it, or a part of it, scales."""
    role = role_of(learner.type)
    return role in _SCALING or (
        role == "pipeline" and any(part.model and _scales(part.model) for part in learner.parts)
    )


def _cut_by_hand(event: Event, seen: list[Rows]) -> bool:
    """Tell whether a model was fitted on some of the rows seen together, and is asked about others of them."""
    fitted = event.fitted
    files = {rows.origin for rows in seen}
    trained = [(rows, s) for rows in fitted for s in seen if rows.within(s)]
    asked = [(rows, s) for rows in event.rows for s in seen if rows.within(s)]
    if event.kind == "predict" and len(files) < 2 and not any("slice" in pair[0].parts(pair[1]) for pair in asked):
        return False
    if {rows.origin for rows in event.rows} - files:
        return False  # cut from files that were put together, and perhaps none of those seen
    return any(_apart(rows, other) for rows, _ in asked for other, _ in trained) and not covered(event.rows, fitted)


def _apart(first: Rows, second: Rows) -> bool:
    return not first.within(second) and not second.within(first)


def _only_target(event: Event, taint: Taint) -> bool:
    """Tell whether what was computed concerns the target column alone, or may do so."""
    fit, target = event.fit or event, target_of(event)
    if taint.maybe and (target is None or target.startswith("#")):
        return True
    if fit.features is not None and fit.features.column == target:
        return False  # a series that is predicted from its own past
    return target is not None and taint.columns == frozenset({target})


def only_copies(event: Event) -> bool:
    """Tell whether resampling repeats rows as they are; SMOTE and its like compute new ones from all they see."""
    return event.kind == "resample" and (event.model is None or event.model.type.endswith(".RandomOverSampler"))


def is_learned_from(event: Event, copies: Taint) -> bool:
    """Tell whether the model that is asked has learned from copies, or rows made of others, too, and not only from rows
    that have none.
    """
    if event.fit is None:  # not known, but copies were split after they were made
        return is_cross_validation(event) or any("test" in r.parts(s) for r in event.rows for s in copies.rows)
    return is_cross_validation(event) or any(mark.event is copies.event for mark in event.fit.taints)
