"""Test parts that a choice was made by: of models, settings, thresholds or epochs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from grader.evidence.catalog import SEEDS, is_trivial, role_of
from grader.evidence.cuts import drawn_apart
from grader.evidence.evaluations import fold_splits
from grader.evidence.last_word import has_last_word
from grader.evidence.leaks_scoring import is_of_predictor
from grader.evidence.leaks_settings import chosen_by_test, stopped_by_test
from grader.evidence.rows import RowSets, covered, whole_rows
from grader.evidence.spans import span_of
from grader.evidence.turns import are_of_an_element, is_of_a_turn, redrawn
from grader.evidence.values import Event, Loop, Model, Place
from grader.model import LeakageFact, Span

_MOST_SHOWN = 4


@dataclass
class _Trials:
    """What was tried on one test part: an event a fitted model, and the loops that try others; `last` is the order of
    the last trial. They are `watched` where a network shows their score while it learns.
    """

    models: dict[Hashable, Event] = field(default_factory=dict)
    loops: dict[Hashable, tuple[Loop, Event]] = field(default_factory=dict)
    chosen: list[Event] = field(default_factory=list)
    last: int = 0
    watched: bool = False

    def add(self, event: Event, loops: Iterable[Loop]) -> None:
        """Count one evaluation, by the fit it rests on."""
        self.watched |= event.kind == "validate"
        trial = _tried_as(event)
        if trial not in self.models or self.models[trial].kind == "validate":
            self.models[trial] = event  # a score of its own says more than what a fit shows
        self.last = max(self.last, event.order)
        if covered(whole_rows(event.chosen_on), whole_rows(event.rows)):
            self.chosen.append(event)
        for loop in loops:
            self.loops.setdefault(loop.place, (loop, event))


def multi_test(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield test parts on which several models or settings were tried, where no other rows were kept for the choice."""
    made_in = {event.key: event.loops for event in events if event.kind == "split"}
    made_in |= {event.key: tuple(event.varied) for event in events if event.kind == "cut"}
    redrawn_by = redrawn(events)
    in_folds = fold_splits(events)
    loads = {rows.origin: event.key for event in events if event.kind == "load" for rows in event.rows}
    tried: defaultdict[tuple[RowSets, str], _Trials] = defaultdict(_Trials)
    for event in events:
        if event.kind not in ("evaluate", "choose", "validate") or not _counts(event):
            continue
        if _is_of_fold(event, in_folds) or is_of_a_turn(event, redrawn_by):
            continue
        if _is_scored(event) and (_is_test(event) or _is_cut_off(event) or _is_other_file(event, loads)):
            tried[whole_rows(event.rows), _answer(event)].add(event, _trying(event, made_in))
        elif event.kind == "choose" and _is_test(event) and _chooses(event, made_in):
            tried[whole_rows(event.rows), _answer(event)].chosen.append(event)
    for (rows, _), trials in tried.items():
        if trials.watched and _asks_about_others(events, rows):
            continue  # pictures read one by one, say, of which nobody knows whether they have answers
        if not _is_validation_part(rows, events) and not has_last_word(events, rows, trials.last):
            stops = stopped_by_test(trials.models.values(), rows)
            yield from _found(trials, stops or chosen_by_test(trials.loops.values(), rows, events))
            yield from _chosen_by_score(rows, trials, events)


def _asks_about_others(events: list[Event], tried: RowSets) -> bool:
    """Tell whether a network is asked about rows that are neither those tried nor those it learned from."""
    asked = (event for event in events if event.kind in ("predict", "ask") and event.fit is not None)
    networks = (event for event in asked if event.model and role_of(event.model.type) == "network")
    return any(not covered(event.rows, tried | event.fitted) for event in networks)


def _is_validation_part(rows: RowSets, events: list[Event]) -> bool:
    """Tell whether rows were split off from a training part: the test part beside it was not spent on the choice, and
    not thrown away.
    """
    thrown = {other.path[-1:] for event in events if event.kind == "discard" for other in event.rows}
    first = [next((step for step in one.path if step[1] in ("train", "test")), None) for one in rows]
    return all(step is not None and step[1] == "train" and ((step[0], "test"),) not in thrown for step in first)


def _is_of_fold(event: Event, in_folds: set[Hashable]) -> bool:
    """Tell whether a loop over folds scores on the part that each fold holds out, or what it has gathered is scored
    behind it: that compares by cross-validation.
    """
    around = (*event.loops, *(event.fit.loops if event.fit else ()))
    is_in_loop = any(loop.folds for loop in around)
    return is_in_loop and all(any(key in in_folds for key, _ in rows.path) for rows in event.rows)


def _answer(event: Event) -> str:
    """Return the column that is predicted, where it is known: models of two targets are not compared."""
    target, model = event.fit.target if event.fit else None, event.model
    if target is None and model is not None and role_of(model.type) == "statistical":
        target = next((part for part in model.parts if part.rows), None)  # `OLS(y, X)`, `ARIMA(series)`
    kept = target.columns.kept if target and target.columns else None
    only = next(iter(kept)) if kept and len(kept) == 1 else ""
    return (target.column if target else None) or only


def _chosen_by_score(rows: RowSets, trials: _Trials, events: list[Event]) -> Iterator[LeakageFact]:
    """Yield what the score on the very rows that are reported on has decided of one model."""
    event = next(iter(trials.models.values()), None)
    if event is None or len(trials.models) > 1 or event.kind == "validate":
        return
    spans: tuple[Span, ...]
    stops = stopped_by_test([event], rows)
    if event.fit is not None and stops:
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
    yield LeakageFact(kind="multi_test", message=message, spans=spans, settings=stops)


def _chooses(event: Event, made_in: dict[Hashable, tuple[Loop, ...]]) -> bool:
    """Tell whether a score chooses among the fits of a loop in which the rows stay the same."""
    if event.fit is None or any(loop.folds for loop in event.loops):
        return False
    fitted_in = {loop.place for loop in event.fit.loops} - _drawn_in(event, made_in)
    return any(loop.place in fitted_in for loop in event.loops)


def _asked_further(chosen: Event, events: list[Event]) -> bool:
    """Tell whether anything like the model is asked about rows that are not those of its fit and its choice."""
    own = chosen.rows | chosen.fitted
    asked = (event for event in events if event.kind in ("evaluate", "predict", "ask"))
    like = (event for event in asked if event.model and chosen.model and event.model.type == chosen.model.type)
    return any(not covered(event.rows, own) and not drawn_apart(event.rows, chosen.fitted) for event in like)


def _found(trials: _Trials, of_settings: bool) -> Iterator[LeakageFact]:
    shown = list(trials.models.values())
    if len(shown) > 1:
        number = len(shown)
        message = f"{number} fitted models are compared on the same test part, and no rows are kept for the one chosen."
        yield LeakageFact(kind="multi_test", message=message, spans=_places(shown), settings=of_settings)
    elif trials.loops:
        loop, event = next(iter(trials.loops.values()))
        message = "A loop tries settings on the test part, and no rows are kept for the setting chosen."
        spans = tuple(dict.fromkeys((event.span, loop.span)))  # a tuner's loop stands where its search does
        yield LeakageFact(kind="multi_test", message=message, spans=spans, settings=of_settings)


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
    if event.model is None or not is_of_predictor(event):
        return False
    return not _is_trivial(event.model) and not _is_of_a_quantile(event.model)


def _is_of_a_quantile(model: Model) -> bool:
    """Tell whether a model is made to say one quantile: those of others are no rivals."""
    losses = (model.settings.get(name) for name in ("loss", "objective", "loss_function"))
    is_told = any(loss is not None and "quantile" in str(loss.constant).lower() for loss in losses)
    return is_told or "Quantile" in model.type or "QuantReg" in model.type


def _is_trivial(model: Model) -> bool:
    return is_trivial(model.type) or any(part.model and is_trivial(part.model.type) for part in model.parts)


def _tried_as(event: Event) -> Hashable:
    """Return what tells one trial from another: the fit, or the settings and columns where all of them are known.

    Only another seed, or more of the same rows, is no other trial.
    """
    model, fit = event.model, event.fit
    assert model is not None
    settings = {name: value.constant for name, value in model.settings.items() if name not in SEEDS}
    if (search := _searched(event)) is not None:
        return id(search)
    table = fit.features.columns if fit and fit.features else None
    columns = (table.kept, table.dropped) if table else None
    if len(model.parts) != len(model.settings) or None in settings.values() or role_of(model.type) == "network":
        return id(fit or model)
    return model.type, tuple(sorted(settings.items(), key=str)), columns, fit.taints if fit else None


def _searched(event: Event) -> Event | None:
    """Return the search, fitted on the same rows, whose best settings a model was made with: it is the same trial."""
    model, fit = event.model, event.fit
    marks = (mark.event for value in (model.settings if model else {}).values() for mark in value.taints)
    searches = (made for made in marks if made.kind == "fit" and made.model and role_of(made.model.type) == "search")
    before = (made for made in searches if fit is not None and made.order < fit.order)
    return next((made for made in before if fit is not None and made.rows == fit.rows), None)


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
        if event.fit is not None and _is_of_its_own(event, event.fit, loop):
            continue
        if loop.place not in drawn_in and varied and (loop.place in fitted_in or event.kind == "evaluate"):
            yield loop


def _is_of_its_own(event: Event, fit: Event, loop: Loop) -> bool:
    """Tell whether each turn of a loop has rows, or a question, of its own: a model for each store, say."""
    given = fit.features is not None and loop in fit.features.loops
    return (given and are_of_an_element(event.rows)) or (fit.target is not None and loop in fit.target.loops)


def _drawn_in(event: Event, made_in: dict[Hashable, tuple[Loop, ...]]) -> set[Place]:
    """Return the loops that draw the rows anew each time."""
    return {loop.place for rows in event.rows for key, _ in rows.path for loop in made_in.get(key, ())}


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
    if not _is_scored(event) or event.fit is None or not event.rows:
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


def _but_conditions(parts: list[str]) -> list[str]:
    """Return the parts that rows went through before conditions picked some of them."""
    while parts[-1:] == ["mask"]:
        parts = parts[:-1]
    return parts


def _is_test(event: Event) -> bool:
    """Tell whether rows are the test part of a split, or what another split has left of one for testing."""
    paths = [_but_conditions([part for _, part in one.path]) for one in whole_rows(event.rows)]
    if any(parts[-1:] == ["test"] for parts in paths):
        return True
    rest = any(parts[-1:] == ["train"] and "test" in parts for parts in paths)
    return rest and event.fit is not None and not covered(event.rows, event.fit.rows)
