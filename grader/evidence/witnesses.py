"""Two witnesses to each leak: the code, which decides, and the traces of the run, which the submission can forge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from grader.evidence.traced import SAW, TracedRun, find_traced_leaks, in_words, is_learning
from grader.evidence.traces import NONE, NOT_OURS, Place, place_of
from grader.model import CellRun, CodeFacts, LeakageFact, Span, TracedLeak, TraceEvent, TraceFacts, Traces, Witness
from grader.model.traces import TracedKind

MAX_WITNESSES = 60
NOTED = ("sklearn.", "imblearn.", "xgboost.", "lightgbm.", "catboost.")
NOTHING = "The run's traces say nothing of it."
_KINDS: tuple[TracedKind, ...] = get_args(TracedKind)


def compare_witnesses(
    traces: Traces, code: CodeFacts, cells: Iterable[CellRun], notebook: str, *, started: str = ""
) -> TraceFacts:
    """Return what the run's traces count, and whether they agree with the leaks that were found in the code.

    `cells` are the executed ones of the `notebook`, "" where it was none. Places that are not in the code are left out.
    `started` is the file that the runner itself has run to its end, "" for none: its own fits must be there. What
    tests do is no step of the work, and no run of it says anything of that.
    """
    run = TracedRun(traces, dict(_places(traces, code, [cell.index for cell in cells], notebook)))
    leaks = find_traced_leaks(run)
    tests = _test_files(code) - {notebook, started}
    found = [leak for leak in code.leaks if leak.kind in _KINDS and not _is_of(leak, tests)]
    witnesses = [_of_code(leak, leaks, run) for leak in found]
    witnesses += [_of_run(leak) for leak in leaks if not any(_same(leak, other) for other in found)]
    return TraceFacts(
        events=len(traces.events),
        fits=len(run.fits),
        evaluations=len(run.evaluations),
        leaks=leaks,
        witnesses=tuple(dict.fromkeys(witnesses))[:MAX_WITNESSES],
        note=_note(traces, code),
        missing=_are_missing(traces, code, started),
    )


def _note(traces: Traces, code: CodeFacts) -> str:
    """Return what is to be said of the traces as such: having none is worth a word where there ought to be some."""
    if traces.note != NONE:
        return traces.note
    tests = _test_files(code)
    own = (call for call in code.calls if call.kind == "fit" and call.span.path not in tests)
    fits = any(call.name.startswith(NOTED) for call in own)
    return f"{NONE.rstrip('.')}, although its code fits estimators." if fits else ""


def _are_missing(traces: Traces, code: CodeFacts, started: str) -> bool:
    """Tell whether traces that the runner has surely written are gone, or are not what it has written."""
    if traces.note == NOT_OURS:
        return True
    own = (call for call in code.calls if call.kind == "fit" and call.span.path == started and not call.function)
    return not traces.events and any(call.name.startswith(NOTED) for call in own)


def _places(traces: Traces, code: CodeFacts, executed: list[int], notebook: str) -> Iterator[tuple[int, Span]]:
    """Yield the span of each event whose place is a line of the code."""
    sources: Mapping[Place, list[str]] = {
        (source.path, source.cell): source.text.split("\n") for source in code.sources
    }
    for event in traces.events:
        place = place_of(event, executed, notebook)
        lines = sources.get(place, []) if place else []
        if place and event.line is not None and 0 < event.line <= len(lines):
            text = lines[event.line - 1].strip()[:500]
            yield event.event, Span(path=place[0], cell=place[1], line=event.line, end_line=event.line, text=text)


def _of_code(leak: LeakageFact, traced: Iterable[TracedLeak], run: TracedRun) -> Witness:
    """Return what the run says of a leak that was found in the code."""
    kind: TracedKind = leak.kind  # type: ignore[assignment]  # the others were left out
    same = next((other for other in traced if _same(other, leak)), None)
    if same is not None:
        return Witness(kind=kind, agreement="agree", sentence=f"{same.message}.", spans=same.spans)
    ends = tuple(dict.fromkeys((*leak.spans[:1], *leak.spans[-1:])))
    counted = _of_culprit(leak, run) or _of_training(leak, run)
    return counted or Witness(kind=kind, agreement="code_only", sentence=NOTHING, spans=ends)


def _of_run(leak: TracedLeak) -> Witness:
    return Witness(kind=leak.kind, agreement="run_only", sentence=f"{leak.message}.", spans=leak.spans)


def is_about(witness: Witness, leak: LeakageFact) -> bool:
    """Tell whether a witness speaks of a leak that was found in the code."""
    if witness.agreement == "run_only" or witness.kind != leak.kind or not (witness.spans and leak.spans):
        return False
    return _meet(witness.spans[0], leak.spans[0]) or (
        witness.agreement == "agree" and _meet(witness.spans[-1], leak.spans[-1])
    )


def _test_files(code: CodeFacts) -> set[str]:
    return {fact.span.path for fact in code.functions if fact.is_test}


def _is_of(leak: LeakageFact, paths: set[str]) -> bool:
    return bool(leak.spans) and all(span.path in paths for span in leak.spans)


def _same(traced: TracedLeak, leak: LeakageFact) -> bool:
    """Tell whether both are of one kind, and the culprit, else the evaluation, is at the same place."""
    if traced.kind != leak.kind or not leak.spans:
        return False
    return _meet(traced.spans[0], leak.spans[0]) or _meet(traced.spans[-1], leak.spans[-1])


def _meet(first: Span, second: Span) -> bool:
    if (first.path, first.cell) != (second.path, second.cell) or first.line is None or second.line is None:
        return False
    return first.line <= (second.end_line or second.line) and second.line <= (first.end_line or first.line)


def _of_culprit(leak: LeakageFact, run: TracedRun) -> Witness | None:
    """Return what the run counts between the culprit and the evaluations of a preprocessing leak, None where nothing.

    The run differs only where it has counted the rows of every evaluation, and found none that the culprit saw.
    """
    fits = [fit for fit in run.fits if is_learning(fit) and _is_at(run, fit, leak.spans[0])]
    if leak.kind != "preprocessing" or not fits:
        return None
    for each in run.evaluations:
        counted = run.counts.shared(each.rows, fits[0].rows)
        if counted is not None and counted.rows and _is_at(run, each.event, leak.spans[-1]):
            words = in_words(counted, run.counts.size(each.rows))
            sentence = f"{words} evaluated by {each.event.name} {SAW.format(fits[0].name)}."
            places = (run.places[fits[0].event], run.places[each.event.event])
            return Witness(kind="preprocessing", agreement="agree", sentence=sentence, spans=places)
    all_counted = [run.counts.shared(each.rows, fit.rows) for each in run.evaluations for fit in fits]
    if run.has_unknown or not all_counted or any(one is None or one.rows for one in all_counted):
        return None
    sentence = f"{fits[0].name} was followed, and none of the rows it saw was counted among those evaluated."
    return Witness(kind="preprocessing", agreement="differ", sentence=sentence, spans=(run.places[fits[0].event],))


def _of_training(leak: LeakageFact, run: TracedRun) -> Witness | None:
    """Return the rows that the run counts where a model is scored on those of its fit, though it is on others as well;
    None where it counts none.
    """
    if leak.kind != "scored_on_training_data":
        return None
    for each in run.evaluations:
        counted = run.trained_on(each)
        if (
            each.fit
            and counted
            and counted.is_all
            and each.fit.event in run.places
            and _is_at(run, each.event, leak.spans[-1])
        ):
            words = in_words(counted, run.counts.size(each.rows))
            sentence = f"{words} evaluated by {each.event.name} were those that {each.fit.name} was given to train on."
            places = (run.places[each.fit.event], run.places[each.event.event])
            return Witness(kind=leak.kind, agreement="agree", sentence=sentence, spans=places)
    return None


def _is_at(run: TracedRun, event: TraceEvent, span: Span) -> bool:
    place = run.places.get(event.event)
    return place is not None and _meet(place, span)
