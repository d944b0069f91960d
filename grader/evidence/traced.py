"""What the traces of a run count: rows used before they were evaluated. A hint, and never an accusation by itself.

Counted is only what was surely the same row: what the tracer lost sight of is missing, and nothing takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.evidence.shared_rows import RowCounts, Shared
from grader.model import Span, TracedLeak, TraceEvent, Traces
from grader.model.traces import TracedKind

MAX_LEAKS = 40
MANY_SETTINGS = 3
SAW = "were among those that {} saw before"
EVALUATING = ("score", "metric", "cross_validate", "search")
_STATELESS = (
    *("FunctionTransformer", "Normalizer", "Binarizer", "PolynomialFeatures"),
    *("HashingVectorizer", "FeatureHasher", "AdditiveChi2Sampler"),
)
_RANDOM_DROPS = ("Under", "Tomek", "NearMiss", "Nearest", "Neighbourhood", "OneSided", "InstanceHardness", "AllKNN")


@dataclass(frozen=True)
class Evaluation:
    """Rows that a result was measured on; `fit` is the model's, None where folds are cut inside or it is not known."""

    event: TraceEvent
    rows: int
    fit: TraceEvent | None


class TracedRun:
    """The traces of one run with what is asked of them again and again; `places` are the spans of their events."""

    def __init__(self, traces: Traces, places: Mapping[int, Span]) -> None:
        self.places, self.counts = places, RowCounts(traces.tables)
        self._events = {event.event: event for event in traces.events}
        self.fits = [event for event in traces.events if event.kind in ("fit", "resample", "search")]
        self.splits = [event for event in traces.events if event.test is not None]
        evaluating = [event for event in traces.events if event.kind in EVALUATING]
        self.tests = [event for event in traces.events if event.kind in ("predict", "score", "metric")]
        self.has_unknown = any(event.rows is None for event in evaluating)
        self.evaluations = [found for event in evaluating if (found := self._evaluation(event)) is not None]

    def _evaluation(self, event: TraceEvent) -> Evaluation | None:
        if event.rows is None:
            return None
        asked = self._before(event, event.predicted) if event.kind == "metric" else event
        fit = self._before(asked, asked.fitted) if asked and event.kind in ("score", "metric") else None
        return Evaluation(event, event.rows, fit)

    def _before(self, event: TraceEvent, number: int | None) -> TraceEvent | None:
        return self._events.get(number) if number is not None and number < event.event else None

    def choice(self, event: TraceEvent) -> tuple[str, str]:
        """Return what is tried by predicting or measuring on rows, and a mark of which one it is; "" for none."""
        if event.kind == "metric":
            return ("thresholds" if event.altered else ""), (f"{event.event}" if event.altered else "")
        fit = self._before(event, event.fitted)
        return (f"settings of {fit.name.partition('.')[0]}", fit.settings) if fit else ("", "")

    def is_training_part(self, rows: int | None) -> bool:
        """Tell whether rows lie in the training part of a split, and none in its test part."""
        return any(self._lies_in(rows, split.train) and self._none_in(rows, split.test) for split in self.splits)

    def is_test_part(self, rows: int) -> bool:
        """Tell whether rows lie in the test part of a split."""
        return any(self._lies_in(rows, split.test) for split in self.splits)

    def _lies_in(self, rows: int | None, part: int | None) -> bool:
        found = self.counts.shared(rows, part)
        return found is not None and found.is_all

    def _none_in(self, rows: int | None, part: int | None) -> bool:
        found = self.counts.shared(rows, part)
        return found is not None and found.rows == 0

    def trained_on(self, evaluation: Evaluation) -> Shared | None:
        """Return how many of the evaluated rows the model was fitted on, None where that is not known."""
        return self.counts.shared(evaluation.rows, evaluation.fit.rows) if evaluation.fit else None

    def seen(self, evaluation: Evaluation, fit: TraceEvent) -> Shared | None:
        """Return how many of the evaluated rows a transformer saw before them, 0 where that is harmless.

        None where it is not known, or the rows evaluated are those the model was trained on.
        """
        if fit.event >= evaluation.event.event or self.is_training_part(fit.rows):
            return Shared(0, self.counts.size(evaluation.rows), True)
        if evaluation.fit is None:
            folds = evaluation.event.kind in ("cross_validate", "search")
            if not folds or self.is_training_part(evaluation.rows):
                return None
        elif (trained := self.trained_on(evaluation)) is None or 2 * trained.rows >= trained.known:
            return None
        return self.counts.shared(evaluation.rows, fit.rows)


def find_traced_leaks(run: TracedRun) -> tuple[TracedLeak, ...]:
    """Return what the run counts, each pair of places once."""
    found: dict[tuple[str, tuple[Span, ...]], TracedLeak] = {}
    for leak in (*_preprocessing(run), *_overlap(run), *_scored_on_training_data(run), *_multi_test(run)):
        found.setdefault((leak.kind, leak.spans), leak)
    return tuple(found.values())[:MAX_LEAKS]


def _preprocessing(run: TracedRun) -> Iterator[TracedLeak]:
    fits = [fit for fit in run.fits if is_learning(fit) and not run.is_training_part(fit.rows)]
    for evaluation in run.evaluations:
        through = set(evaluation.event.through)
        for fit in fits:
            if fit.event not in through:
                continue
            seen = run.seen(evaluation, fit)
            if seen is not None and seen.rows:
                kind: TracedKind = "overlap" if fit.kind == "resample" else "preprocessing"
                yield from _leak(run, kind, seen, SAW.format(fit.name), fit, evaluation)


def is_learning(fit: TraceEvent) -> bool:
    """Tell whether what was fitted is a transformer that learns from rows, or makes new ones of them."""
    name = fit.name.partition(".")[0]
    if fit.kind == "resample":
        return not any(part in name for part in _RANDOM_DROPS)
    return fit.kind == "fit" and fit.transforms and name not in _STATELESS


def _overlap(run: TracedRun) -> Iterator[TracedLeak]:
    for evaluation in run.evaluations:
        trained = run.trained_on(evaluation)
        if trained is not None and trained.rows and (not trained.is_all or run.is_test_part(evaluation.rows)):
            assert evaluation.fit is not None
            what = f"were among those that {evaluation.fit.name} was given to train on"
            yield from _leak(run, "overlap", trained, what, evaluation.fit, evaluation)


def _scored_on_training_data(run: TracedRun) -> Iterator[TracedLeak]:
    """Yield evaluations on the rows of the fit, where nothing was, or may have been, evaluated on others."""
    trained = [(evaluation, run.trained_on(evaluation)) for evaluation in run.evaluations]
    if run.has_unknown or any(
        found is None or not found.is_all or run.is_test_part(each.rows) for each, found in trained
    ):
        return
    for evaluation, found in trained:
        if found is not None and evaluation.fit is not None and evaluation.fit.target:
            what = f"were those that {evaluation.fit.name} was given to train on"
            yield from _leak(run, "scored_on_training_data", found, what, evaluation.fit, evaluation)


def _multi_test(run: TracedRun) -> Iterator[TracedLeak]:
    """Yield places that try settings of one kind of model, or cuts of one prediction, on rows that a result elsewhere
    rests on again.
    """
    tried: dict[tuple[int, str, int | None, Span], dict[str, TraceEvent]] = {}
    for event in run.tests:
        place, what, choice = run.places.get(event.event), *run.choice(event)
        if place is not None and event.rows is not None and choice and run.is_test_part(event.rows):
            tried.setdefault((event.rows, what, event.predicted, place), {}).setdefault(choice, event)
    for (rows, what, _, place), choices in tried.items():
        last = max(event.event for event in choices.values())
        later = [each for each in run.evaluations if each.event.event > last and each.rows == rows]
        final = next((each for each in later if run.places.get(each.event.event) not in (None, place)), None)
        if len(choices) >= MANY_SETTINGS and final is not None and not _has_another_test(run, rows):
            counted = Shared(run.counts.size(rows), run.counts.size(rows), True)
            words = f"had been the test of {len(choices)} {what} before"
            yield from _leak(run, "multi_test", counted, words, next(iter(choices.values())), final)


def _has_another_test(run: TracedRun, rows: int) -> bool:
    others = {each.rows for each in run.evaluations if each.rows != rows}
    return any((shared := run.counts.shared(other, rows)) is not None and shared.rows == 0 for other in others)


def _leak(
    run: TracedRun, kind: TracedKind, counted: Shared, what: str, culprit: TraceEvent, evaluation: Evaluation
) -> Iterator[TracedLeak]:
    places = [run.places.get(event.event) for event in (culprit, evaluation.event)]
    spans = tuple(place for place in places if place is not None)
    if len(spans) == len(places):  # else nobody could look it up
        size = run.counts.size(evaluation.rows)
        message = f"{in_words(counted, size)} evaluated by {evaluation.event.name} {what}"
        yield TracedLeak(
            kind=kind, message=message, rows=counted.rows, evaluated=size, exact=counted.exact, spans=spans
        )


def in_words(counted: Shared, size: int) -> str:
    """Return a count of `size` rows: "12 of the 400 rows"."""
    if counted.rows == size:
        return f"all {size:,} rows"
    return f"{'' if counted.exact else 'about '}{counted.rows:,} of the {size:,} rows"
