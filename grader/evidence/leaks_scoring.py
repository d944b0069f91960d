"""Evaluations that cannot say how a model does on new rows: on its training rows, or on a test part chosen by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from grader.evidence.catalog import SEEDS, is_trivial, role_of
from grader.evidence.cuts import drawn_apart
from grader.evidence.leaks_fitting import is_held_out, is_part, trained_on_test, was_set_aside
from grader.evidence.networks import is_network
from grader.evidence.rows import NO_ROWS, Rows, RowSets, covered, whole_rows
from grader.evidence.spans import span_of
from grader.evidence.values import Event, Loop, Model, Place
from grader.model import LeakageFact, Span

_SUPERVISED = {"estimator", "network", "statistical", "pipeline", "search"}
_MOST_SHOWN = 4


def scored_on_training_data(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield evaluations on the very rows of the fit, and say whether the model was scored on others as well."""
    elsewhere = _scored_elsewhere(events)
    for event in events:
        if event.kind != "evaluate" or not _is_of_predictor(event) or event.fit is None or _is_while_learning(event):
            continue
        on_test = trained_on_test(event.fit.rows, event.rows) or was_set_aside(event, events)
        if _knows(event.fit.rows, event.rows) and not on_test:
            beside = event.model is not None and event.model.type in elsewhere
            more = "; a score on other rows stands beside it" if beside else ", and on no others"
            yield LeakageFact(
                kind="scored_on_training_data",
                message=f"The model is scored on rows it was fitted on{more}.",
                spans=(event.fit.span, event.span),
            )


def _is_while_learning(event: Event) -> bool:
    """Tell whether a network is asked in the very loop that it learns in: a running loss is no result."""
    around = {loop.place for loop in event.fit.loops} if event.fit else set()
    return is_network(event.model) and any(loop.place in around for loop in event.loops)


def _knows(fitted: RowSets, scored: RowSets) -> bool:
    """Tell whether rows that are scored are those of the fit, or hold them among others, or begin as they do."""
    if covered(scored, fitted):
        return True
    if covered(fitted, scored):
        return not is_part(scored)
    pairs = ((one, other) for one in scored for other in fitted if one.origin == other.origin)
    return any(one.steps[:-1] == other.steps[:-1] and one.is_start and other.is_start for one, other in pairs)


def _scored_elsewhere(events: list[Event]) -> set[str]:
    """Return the types of the models that are scored on rows which they were not fitted on."""
    scored = (event for event in events if event.kind == "cross_validate" or is_held_out(event))
    return {event.model.type for event in scored if event.model is not None}


def _is_of_predictor(event: Event) -> bool:
    if event.model is None or event.fit is None:
        return False
    role = role_of(event.model.type)  # "" for a class of a library that is not modelled
    return role == "statistical" or (event.fit.target is not None and (role in _SUPERVISED or not role))


@dataclass
class _Trials:
    """What was tried on one test part: an event a fitted model, and the loops that try others."""

    models: dict[Hashable, Event] = field(default_factory=dict)
    loops: dict[Hashable, tuple[Loop, Event]] = field(default_factory=dict)
    chosen: list[Event] = field(default_factory=list)

    def add(self, event: Event, loops: Iterable[Loop]) -> None:
        """Count one evaluation, by the fit it rests on."""
        self.models.setdefault(_tried_as(event), event)
        if covered(whole_rows(event.chosen_on), whole_rows(event.rows)):
            self.chosen.append(event)
        for loop in loops:
            self.loops.setdefault(loop.place, (loop, event))


def multi_test(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield test parts on which several models or settings were tried, where no other rows were kept for the choice."""
    made_in = {event.key: event.loops for event in events if event.kind == "split"}
    in_folds = {event.key for event in events if event.kind == "split" and event.name.endswith(".split")}
    loads = {rows.origin: event.key for event in events if event.kind == "load" for rows in event.rows}
    tried: defaultdict[tuple[RowSets, str], _Trials] = defaultdict(_Trials)
    for event in events:
        if event.kind not in ("evaluate", "choose", "validate") or not _counts(event) or _is_of_fold(event, in_folds):
            continue
        if _is_scored(event) and (_is_test(event) or _is_cut_off(event) or _is_other_file(event, loads)):
            tried[whole_rows(event.rows), _answer(event)].add(event, _trying(event, made_in))
        elif event.kind == "choose" and _is_test(event) and _chooses(event, made_in):
            tried[whole_rows(event.rows), _answer(event)].chosen.append(event)
    for (rows, _), trials in tried.items():
        if not _is_validation_part(rows) and not _has_another_test(events, rows):
            yield from _found(trials)
            yield from _chosen_by_score(rows, trials, events)


def _is_validation_part(rows: RowSets) -> bool:
    """Tell whether rows were split off from a training part: the test part beside it was not spent on the choice."""
    parts = [[part for _, part in one.path if part in ("train", "test")] for one in rows]
    return all(names[:1] == ["train"] for names in parts)


def _is_of_fold(event: Event, in_folds: set[Hashable]) -> bool:
    """Tell whether a loop over folds scores on the part that each fold holds out, or what it has gathered is scored
    behind it: that compares by cross-validation.
    """
    around = (*event.loops, *(event.fit.loops if event.fit else ()))
    is_in_loop = any(loop.folds for loop in around)
    return is_in_loop and all(any(key in in_folds for key, _ in rows.path) for rows in event.rows)


def _answer(event: Event) -> str:
    """Return the column that is predicted, where it is known: models of two targets are not compared."""
    target = event.fit.target if event.fit else None
    return (target.column if target else None) or ""


def _chosen_by_score(rows: RowSets, trials: _Trials, events: list[Event]) -> Iterator[LeakageFact]:
    """Yield what the score on the very rows that are reported on has decided of one model."""
    event = next(iter(trials.models.values()), None)
    if event is None or len(trials.models) > 1:
        return
    spans: tuple[Span, ...]
    if event.fit is not None and covered(whole_rows(event.fit.chosen_on), rows):
        what, spans = "when training stops", (event.fit.span, event.span)
    elif trials.chosen and trials.loops:
        return  # said already
    elif trials.chosen and trials.chosen[0].kind == "choose" and not _asked_further(trials.chosen[0], events):
        what, spans = "which of the models fitted in a loop is kept", (trials.chosen[0].span, event.span)
    elif trials.chosen and trials.chosen[0].kind == "evaluate":
        what, spans = "the threshold that it is reported at", (trials.chosen[0].span,)
    else:
        return
    message = f"The score on the test part decides {what}, and no rows are kept for the result."
    yield LeakageFact(kind="multi_test", message=message, spans=spans)


def _chooses(event: Event, made_in: dict[Hashable, tuple[Loop, ...]]) -> bool:
    """Tell whether a score chooses among the fits of a loop in which the rows stay the same."""
    if event.fit is None or any(loop.folds for loop in event.loops):
        return False
    fitted_in = {loop.place for loop in event.fit.loops} - _drawn_in(event, made_in)
    return any(loop.place in fitted_in for loop in event.loops)


def _asked_further(chosen: Event, events: list[Event]) -> bool:
    """Tell whether anything like the model is asked about rows that are not those of its fit and its choice."""
    own = chosen.rows | (chosen.fit.rows if chosen.fit else NO_ROWS)
    asked = (event for event in events if event.kind in ("evaluate", "predict", "ask"))
    like = (event for event in asked if event.model and chosen.model and event.model.type == chosen.model.type)
    fitted = chosen.fit.rows if chosen.fit else NO_ROWS
    return any(not covered(event.rows, own) and not _drawn_anew(event.rows, fitted) for event in like)


def _drawn_anew(asked: RowSets, fitted: RowSets) -> bool:
    """Tell whether rows were drawn apart from those of a fit, out of the same: some are in both."""
    return any(drawn_apart(rows, learned) for rows in asked for learned in fitted)


def _found(trials: _Trials) -> Iterator[LeakageFact]:
    shown = list(trials.models.values())
    if len(shown) > 1:
        number = len(shown)
        message = f"{number} fitted models are compared on the same test part, and no rows are kept for the one chosen."
        yield LeakageFact(kind="multi_test", message=message, spans=_places(shown))
    elif trials.loops:
        loop, event = next(iter(trials.loops.values()))
        message = "A loop tries settings on the test part, and no rows are kept for the setting chosen."
        yield LeakageFact(kind="multi_test", message=message, spans=(event.span, loop.span))


def _places(events: list[Event]) -> tuple[Span, ...]:
    """Return the first few places, each once; of a function that does it for several, where it is called for each."""
    at_one: defaultdict[Span, list[Event]] = defaultdict(list)
    for event in events:
        at_one[event.span].append(event)
    spans = (_called_at(event, at_one[event.span]) for event in events)
    return tuple(dict.fromkeys(spans))[:_MOST_SHOWN]


def _called_at(event: Event, alike: list[Event]) -> Span:
    """Return the outermost call in which an event differs from others at its place, else the place."""
    for level, site in enumerate(event.callers):
        if any(len(other.callers) > level and other.callers[level][1] is not site[1] for other in alike):
            return span_of(*site)
    return event.span


def _counts(event: Event) -> bool:
    """Tell whether an event tells something of a model that may be chosen: a trivial baseline is only compared with."""
    if event.model is None or not _is_of_predictor(event) or _is_trivial(event.model):
        return False
    losses = (event.model.settings.get(name) for name in ("loss", "objective"))
    return not any(loss is not None and loss.constant == "quantile" for loss in losses)  # each quantile has its own


def _is_trivial(model: Model) -> bool:
    return is_trivial(model.type) or any(part.model and is_trivial(part.model.type) for part in model.parts)


def _tried_as(event: Event) -> Hashable:
    """Return what tells one trial from another: the fit, or the settings and columns where all of them are known.

    Only another seed, or more of the same rows, is no other trial.
    """
    model, fit = event.model, event.fit
    assert model is not None
    settings = {name: value.constant for name, value in model.settings.items() if name not in SEEDS}
    table = fit.features.columns if fit and fit.features else None
    columns = (table.kept, table.dropped) if table else None
    if len(model.parts) != len(model.settings) or None in settings.values() or role_of(model.type) == "network":
        return id(fit or model)
    return model.type, tuple(sorted(settings.items(), key=str)), columns, fit.taints if fit else None


def _trying(event: Event, made_in: dict[Hashable, tuple[Loop, ...]]) -> Iterator[Loop]:
    """Yield the loops that try one setting after another on the same test part."""
    if any(loop.folds for loop in event.loops) or any(
        rows.steps[-1:] and rows.steps[-1][1] == "mask" for rows in event.rows
    ):
        return  # folds, or a condition that may be another one each time
    drawn_in = _drawn_in(event, made_in)
    fitted_in = {loop.place for loop in event.fit.loops} if event.fit else set()
    for loop in event.loops:
        varied = loop.place in {its.place for its in event.varied}
        if loop.place not in drawn_in and varied and (loop.place in fitted_in or event.kind == "evaluate"):
            yield loop


def _drawn_in(event: Event, made_in: dict[Hashable, tuple[Loop, ...]]) -> set[Place]:
    """Return the loops that draw the rows anew each time."""
    return {loop.place for rows in event.rows for key, _ in rows.path for loop in made_in.get(key, ())}


def _has_another_test(events: list[Event], rows: RowSets) -> bool:
    """Tell whether a model was asked about rows that took no part in the trials on `rows`: an outer test part, or rows
    whose answers are not known here.
    """
    asked = [event for event in events if event.kind in ("evaluate", "predict") or _is_asked_anew(event)]
    if any(_is_outer(other, tried, event) for event in asked for other in event.rows for tried in rows):
        return True
    scored = {other.origin for event in asked if event.kind == "evaluate" for other in event.rows}
    scored |= {tried.origin for tried in rows}
    loaded = {made.origin for event in events if event.kind == "load" for made in event.rows}
    ours = {tried.origin for tried in rows}
    for event in asked:
        apart = {other.origin for other in event.rows} & loaded - ours
        if event.kind == "evaluate" and event.fit and apart and {one.origin for one in event.fit.rows} <= ours:
            return True  # a file of its own for the last word
    for event in asked:
        others = {other.origin for other in event.rows} & loaded - ours
        fitted = {one.origin for one in event.fit.rows} if event.fit else set()
        if others and fitted and fitted <= loaded and not fitted & ours and not fitted & others:
            return True  # a third file
    if any(_is_for_others(event, asked, rows) for event in asked if event.kind == "predict"):
        return True
    files = loaded - scored
    of_files = (event for event in asked if event.rows and files.issuperset(map(_file_of, event.rows)))
    fits = (event.fit for event in of_files if event.fit is not None)
    return any(not fit.rows or not files.issuperset(map(_file_of, fit.rows)) for fit in fits)


def _file_of(rows: Rows) -> Hashable:
    """Return where rows come from in the end: those of a table of groups from the rows that were grouped."""
    match rows.origin:
        case ("groups", frozenset() as grouped) if len(grouped) == 1:
            return _file_of(next(iter(grouped)))
    return rows.origin


def _is_for_others(predicted: Event, asked: list[Event], tried: RowSets) -> bool:
    """Tell whether a model predicts rows of files that were put together, of which no answer is ever looked at."""
    known = [event.rows for event in asked if event.kind == "evaluate"]
    known += [tried, predicted.fit.rows if predicted.fit else NO_ROWS]
    met = any(covered(rows, predicted.rows) or covered(predicted.rows, rows) for rows in known)
    return predicted.fit is not None and len({one.origin for one in predicted.rows}) > 1 and not met


def _is_asked_anew(event: Event) -> bool:
    """Tell whether a network is called on rows that it does not learn from."""
    return event.kind == "ask" and event.fit is not None and not covered(event.rows, event.fit.rows)


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
    return asked.fit is not None and not covered(frozenset({other}), asked.fit.rows)


def _is_other_half(other: Rows, tried: Rows) -> bool:
    """Tell whether a test part was cut in two, of which these are the first half and those the second."""
    pairs = enumerate(zip(other.path, tried.path, strict=False))
    parted = next((place for place, (one, two) in pairs if one != two), None)
    if parted is None or not any(part == "test" for _, part in other.path[:parted]):
        return False
    (its, first), (key, second) = other.path[parted], tried.path[parted]
    return its == key and (first, second) == ("train", "test")


def _is_scored(event: Event) -> bool:
    """Tell whether a score is shown: also that of a network on the rows that its fit validates on."""
    if event.kind == "validate":
        return event.fit is not None and event.model is not None and role_of(event.model.type) == "network"
    return event.kind == "evaluate"


def _is_other_file(event: Event, loads: dict[Hashable, Hashable]) -> bool:
    """Tell whether a model is scored on rows of another file than those it was fitted on."""
    asked = {loads.get(rows.origin) for rows in event.rows}
    fitted = {loads.get(rows.origin) for rows in event.fit.rows} if event.fit else set()
    return bool(asked and fitted) and None not in asked | fitted and not asked & fitted


def _is_cut_off(event: Event) -> bool:
    """Tell whether a model is scored on rows that were cut by hand from those it was fitted on: by their place, or both
    by conditions, from the same ones.
    """
    if not _is_scored(event) or event.fit is None:
        return False
    fitted = event.fit.rows
    before = {(rows.origin, rows.steps[:-1]) for rows in fitted if rows.steps and rows.steps[-1][1] == "mask"}
    steps = [(rows.origin, rows.steps) for rows in event.rows]
    cut = all(
        path and (path[-1][1] == "slice" or (path[-1][1] == "mask" and (origin, path[:-1]) in before))
        for origin, path in steps
    )
    same = {rows.origin for rows in event.rows} <= {rows.origin for rows in fitted}
    return cut and same and not covered(event.rows, fitted) and not covered(fitted, event.rows)


def _is_test(event: Event) -> bool:
    """Tell whether rows are the test part of a split, or what another split has left of one for testing."""
    paths = [[part for _, part in one.path] for one in whole_rows(event.rows)]
    if any(parts[-1:] == ["test"] for parts in paths):
        return True
    rest = any(parts[-1:] == ["train"] and "test" in parts for parts in paths)
    return rest and event.fit is not None and not covered(event.rows, event.fit.rows)
