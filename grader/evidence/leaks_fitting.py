"""What was fitted, computed or resampled on rows that are evaluated later."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from grader.evidence.catalog import role_of
from grader.evidence.cuts import cut_apart, drawn_apart
from grader.evidence.rows import DRAWN, Rows, RowSets, covered, whole_rows
from grader.evidence.significance import ANSWERS, PERMUTED, TESTS, is_of_other_columns
from grader.evidence.unseen import UNSEEN
from grader.evidence.values import Event, Model, Taint
from grader.model import LeakageFact

_SCALING = {"transformer", "imputer", "vectoriser", "selector"}  # fitted anew, each means another thing by its numbers
_LEARNED = {  # what a step that is no estimator has computed
    "fillna": "the value that fills gaps",
    "arithmetic": "a statistic that values are scaled by",
    "qcut": "the edges of bins",
    "cut": "the edges of bins",
    "rank": "a rank",
    **dict.fromkeys(("corr", "corrwith"), "a correlation that columns are picked by"),
    PERMUTED: "an importance that columns are picked by",
    "scale": "the scale that values are put on",
    **dict.fromkeys(TESTS, "a test of significance that columns are picked by"),
}


def preprocessing(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield each transformer or statistic that saw rows which are evaluated (or cross-validated) later."""
    for event, taint, in_training in _seen_before(events, ("fit", "fill", "resample")):
        if _is_search(taint.event) or _only_copies(taint.event):
            continue
        what = _capital(_what(taint.event))
        which = "computed on the whole training part" if in_training else _on_which(taint)
        yield LeakageFact(
            kind="preprocessing",
            message=f"{what} was {which}, and some of these rows are {_how(event)} later.",
            spans=(taint.event.span, event.span),
            in_training=in_training,
        )


def overlap(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield resampling before the split, and models whose training rows hold the rows they are tested on."""
    for event, taint, in_training in _seen_before(events, ("resample",)):
        yield LeakageFact(
            kind="overlap",
            message=f"{_copies(taint.event, in_training)} before some of them are {_how(event)}.",
            spans=(taint.event.span, event.span),
            in_training=in_training,
        )
    for event, taint, in_training in _seen_before(events, ("fit",)):
        in_folds = is_cross_validation(event) or any(loop.folds for loop in event.loops)
        if _is_search(taint.event) and not in_folds and not in_training:
            yield LeakageFact(
                kind="overlap",
                message=f"{_class_name(taint.event)} searched settings on all rows, and some are {_how(event)} later.",
                spans=(taint.event.span, event.span),
            )
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
        elif drawn_apart(event.rows, event.fit.rows):
            message = "The rows evaluated were drawn apart from those of the fit, out of the same: some are in both."
        elif _cut_twice(event, events):
            message = "The rows evaluated were cut so that they begin before those of the fit end: some are in both."
        else:
            continue
        yield LeakageFact(kind="overlap", message=message, spans=(event.fit.span, event.span))


def _seen_before(events: list[Event], kinds: tuple[str, ...]) -> list[tuple[Event, Taint, bool]]:
    """Return each culprit of these kinds once, with the first event that what it has seen is asked about, and whether
    that is inside the training part: one on rows that the model has not been fitted on, if there is any.
    """
    held_out = {rows for event in events if event.kind in ("evaluate", "predict") for rows in event.rows}
    asked = [event for event in events if event.kind in ("evaluate", "predict") and _asks_others(event)]
    by_group = {event.key for event in events if event.kind == "split" and "Group" in event.name}
    found: dict[Event, tuple[Event, Taint, bool]] = {}
    settled: set[Event] = set()
    for event in events:
        if event.kind == "validate" and any(_has_last_word(other, event) for other in asked):
            continue
        for taint, of_fit in sorted(_marks_on(event), key=lambda pair: (pair[0].event.order, pair[0].event.name)):
            culprit = taint.event
            if culprit.kind not in kinds or culprit in settled or _only_target(event, taint):
                continue
            if is_of_other_columns(culprit, _target_of(event)):
                continue
            if _only_copies(culprit) and not _is_learned_from(event, taint):
                continue
            if _only_copies(culprit) and event.fit is not None and _keeps_together(event, by_group):
                continue
            cut_off = is_cross_validation(event) and _is_training_part(taint.rows, held_out)
            if not cut_off and (_leaks(event, taint.rows, of_fit=of_fit) or _refitted(event, taint)):
                if culprit not in found or found[culprit][2] or is_held_out(event):
                    found[culprit] = event, taint, False
                    if is_held_out(event) or is_cross_validation(event):
                        settled.add(culprit)
            elif culprit not in found and _leaks_in_training(event, taint.rows):
                found[culprit] = event, taint, True
    return list(found.values())


def may_have_seen(event: Event) -> bool:
    """Tell whether what is not known may have learned from rows that an event asks about, so that none is followed."""
    return any(
        taint.event.kind == UNSEEN and _leaks(event, taint.rows, of_fit=of_fit) for taint, of_fit in _marks_on(event)
    )


def _marks_on(event: Event) -> list[tuple[Taint, bool]]:
    """Return each mark on what an event asks about, and whether only the fit before it carries that mark."""
    of_fit = event.fit.taints - event.taints if event.fit else frozenset()
    return [*((taint, False) for taint in event.taints), *((taint, True) for taint in of_fit)]


def is_held_out(event: Event) -> bool:
    """Tell whether an event scores a model on rows that it was not fitted on."""
    if event.kind != "evaluate" or event.fit is None:
        return False
    return bool(event.rows) and not covered(event.rows, event.fit.rows)


def _asks_others(event: Event) -> bool:
    """Tell whether a model is asked about rows that it was not fitted on."""
    return event.fit is None or not covered(event.rows, event.fit.rows)


def _keeps_together(event: Event, by_group: set[Hashable]) -> bool:
    """Tell whether rows were told from others by their values alone, or by their group: copies stay together then."""
    steps = {step for rows in event.rows for step in rows.steps}
    return not any(part == "slice" or (part in ("test", "train") and key not in by_group) for key, part in steps)


def _has_last_word(asked: Event, validated: Event) -> bool:
    """Tell whether a model is asked about other rows than it was validated on: of that file, or with answers."""
    files = {rows.origin for rows in validated.rows}
    same = asked.kind == "evaluate" or any(rows.origin in files for rows in asked.rows)
    everything = asked.fit is not None and covered(asked.fit.rows, asked.rows)
    return asked.model is validated.model and same and not everything and not covered(asked.rows, validated.rows)


def _is_training_part(rows: RowSets, held_out: set[Rows]) -> bool:
    """Tell whether rows were cut by hand from those that models are asked about: their folds only compare models."""
    return all(
        "slice" in _parts(one) and any(one.origin == other.origin and _apart(one, other) for other in held_out)
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
    if any(r.reached_by(s) and (parts & _parts(r, s) or "test" in _parts(s)) for r in event.rows for s in whole):
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
    return any(s.in_training and "test" in _parts(rows, s) for rows, s in pairs)


def _refitted(event: Event, taint: Taint) -> bool:
    """Tell whether a transformer was fitted anew on the rows that a model is asked about, apart from its training."""
    learner, seen = taint.event.model, taint.rows
    if event.kind not in ("evaluate", "predict") or learner is None or not _scales(learner):
        return False
    fitted = event.fitted
    return bool(fitted) and covered(event.rows, seen) and not covered(fitted, seen) and not covered(event.rows, fitted)


def _scales(learner: Model) -> bool:
    """Tell whether what a transformer gives means another thing when it is fitted anew: it, or a part of it, scales."""
    role = role_of(learner.type)
    return role in _SCALING or (
        role == "pipeline" and any(part.model and _scales(part.model) for part in learner.parts)
    )


def is_cross_validation(event: Event) -> bool:
    """Tell whether an event fits and scores on parts of its rows: a cross-validation, the fit of a search or of a model
    that tunes itself, or one of Keras that holds a share of them back.
    """
    return event.kind in ("cross_validate", "validate") or _is_search(event) or _has_own_folds(event)


def _has_own_folds(event: Event) -> bool:
    """Tell whether a model is fitted that picks its own setting by folds of these rows: `LassoCV`. What is calibrated
    by folds gives no score of them.
    """
    model = event.model if event.kind == "fit" else None
    if model is None or role_of(model.type) != "estimator" or model.type.endswith("CalibratedClassifierCV"):
        return False
    return model.type.endswith("CV")


def _is_search(event: Event) -> bool:
    return event.kind == "fit" and event.model is not None and role_of(event.model.type) == "search"


def _cut_by_hand(event: Event, seen: list[Rows]) -> bool:
    """Tell whether a model was fitted on some of the rows seen together, and is asked about others of them."""
    fitted = event.fitted
    files = {rows.origin for rows in seen}
    trained = [(rows, s) for rows in fitted for s in seen if rows.within(s)]
    asked = [(rows, s) for rows in event.rows for s in seen if rows.within(s)]
    if event.kind == "predict" and len(files) < 2 and not any("slice" in _parts(*pair) for pair in asked):
        return False
    if {rows.origin for rows in event.rows} - files:
        return False  # cut from files that were put together, and perhaps none of those seen
    return any(_apart(rows, other) for rows, _ in asked for other, _ in trained) and not covered(event.rows, fitted)


def _is_learned_too(event: Event, fit: Event) -> bool:
    """Tell whether rows that a fit is validated on are surely learned from."""
    return covered(event.rows, fit.rows) and not cut_anew(event, fit)


def cut_anew(event: Event, fit: Event) -> bool:
    """Tell whether windows asked about were cut by another call than those learned from: which rows nobody knows."""
    asked, learned = _windows_of(event), _windows_of(fit)
    return bool(asked and learned) and not asked & learned


def _windows_of(event: Event) -> set[Event]:
    """Return what has cut the windows that an event looks at."""
    return {mark.event for mark in event.taints if mark.event.kind == "windows"}


def _split_windows(event: Event, fit: Event) -> Event | None:
    """Return what cut the windows that a random split has put on both sides, None where there are none."""
    learned = _windows_of(fit)
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


def _apart(first: Rows, second: Rows) -> bool:
    return not first.within(second) and not second.within(first)


def _parts(rows: Rows, within: Rows | None = None) -> set[str]:
    """Return the names of the parts on the way from the rows `within` (or from the very beginning) to `rows`."""
    return {part for _, part in rows.path[(within and rows.shared_with(within)) or 0 :]}


def trained_on_test(fitted: RowSets, tested: RowSets) -> bool:
    """Tell whether a test part that was set aside is among the rows of a fit: joined again, or split off later."""
    if any(rows.within(f) and "test" in _parts(rows, f) for rows in whole_rows(tested) for f in whole_rows(fitted)):
        return True
    joined = len(fitted) > len(tested)  # the training part and the test part, put together again
    return joined and any(rows in fitted and {"test", "slice"} & _parts(rows) for rows in tested)


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


def _only_target(event: Event, taint: Taint) -> bool:
    """Tell whether what was computed concerns the target column alone, or may do so."""
    fit, target = event.fit or event, _target_of(event)
    if taint.maybe and (target is None or target.startswith("#")):
        return True
    if fit.features is not None and fit.features.column == target:
        return False  # a series that is predicted from its own past
    return target is not None and taint.columns == frozenset({target})


def _target_of(event: Event) -> str | None:
    """Return the column that the model which is asked predicts, where it is known."""
    fit = event.fit or event
    return fit.target.column if fit.target else None


def _on_which(taint: Taint) -> str:
    again = any("test" in _parts(rows) for rows in taint.rows)
    return "computed on the test part itself" if again else "computed on all rows"


def _how(event: Event) -> str:
    if event.kind == "validate":
        return "validated on"
    return "cross-validated" if is_cross_validation(event) else "evaluated"


def _copies(event: Event, in_training: bool) -> str:
    if event.model is not None:
        return f"{_class_name(event)} resampled {'the whole training part' if in_training else 'all rows'}"
    return f"{event.name.rpartition('.')[2]} made copies of rows"


def _only_copies(event: Event) -> bool:
    """Tell whether resampling repeats rows as they are; SMOTE and its like compute new ones from all they see."""
    return event.kind == "resample" and (event.model is None or event.model.type.endswith(".RandomOverSampler"))


def _is_learned_from(event: Event, copies: Taint) -> bool:
    """Tell whether the model that is asked has learned from copies too, and not only from rows that have none."""
    if event.fit is None:  # not known, but copies were split after they were made
        return is_cross_validation(event) or any("test" in _parts(r, s) for r in event.rows for s in copies.rows)
    return is_cross_validation(event) or any(mark.event is copies.event for mark in event.fit.taints)


def _what(event: Event) -> str:
    if event.model is not None and event.name.rpartition(".")[2] in ANSWERS:
        return f"a choice of columns by {_class_name(event)}"
    if event.model is not None:
        return _class_name(event)
    return _LEARNED.get(event.name.rpartition(".")[2], "a statistic that goes into a feature")


def _class_name(event: Event) -> str:
    return event.name.split(".")[-2] if "." in event.name else event.name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
