"""What was fitted, computed or resampled on rows that are evaluated later."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence.values import Event, Rows, RowSets, Taint
from grader.model import LeakageFact

_PLAIN = {"fill": "a statistic used to fill or scale values", "resample": "resampling"}


def preprocessing(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield each transformer or statistic that saw rows which are evaluated (or cross-validated) later."""
    for event, taint in _seen_before(events, ("fit", "fill")):
        what = _PLAIN.get(taint.event.kind) or _class_name(taint.event)
        yield LeakageFact(
            kind="preprocessing",
            message=f"{_capital(what)} was {_on_which(taint)}, and some of these rows are {_how(event)} later.",
            spans=(taint.event.span, event.span),
        )


def overlap(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield resampling before the split, and models whose training rows hold the rows they are tested on."""
    for event, taint in _seen_before(events, ("resample",)):
        yield LeakageFact(
            kind="overlap",
            message=f"{_class_name(taint.event)} resampled all rows before some of them are {_how(event)}.",
            spans=(taint.event.span, event.span),
        )
    for event in events:
        if event.kind == "evaluate" and event.fit and _trained_on_test(event.fit.rows, event.rows):
            yield LeakageFact(
                kind="overlap",
                message="The model was fitted on rows that hold the test part it is evaluated on.",
                spans=(event.fit.span, event.span),
            )


def _seen_before(events: list[Event], kinds: tuple[str, ...]) -> Iterator[tuple[Event, Taint]]:
    for event in events:
        for taint in sorted(event.taints, key=lambda taint: taint.event.order):
            if taint.event.kind in kinds and not _only_target(event, taint) and _leaks(event, taint.rows):
                yield event, taint


def _leaks(event: Event, seen: RowSets) -> bool:
    # What was fitted on the training part of a split has not seen its test part. A validation part or folds cut from
    # that training part are touched, but they only compare models: nobody is accused of it.
    whole = [rows for rows in seen if "train" not in _parts(rows)]
    if event.kind == "cross_validate":
        return any(r.within(s) and "train" not in _parts(r) for r in event.rows for s in whole)
    if event.kind not in ("evaluate", "predict"):
        return False
    parts = {"test", "train"} if event.kind == "evaluate" else {"test"}
    if any(rows.within(s) and (parts & _parts(rows, s) or "test" in _parts(s)) for rows in event.rows for s in whole):
        return True
    return event.kind == "evaluate" and _cut_by_hand(event, seen)


def _cut_by_hand(event: Event, seen: RowSets) -> bool:
    """Tell whether a model was fitted on one slice of the rows seen, and is evaluated on another."""
    fitted = event.fit.rows if event.fit else frozenset()
    return any(
        rows.within(s) and "slice" in _parts(rows, s) and trained.within(s) and _apart(rows, trained)
        for rows in event.rows
        for s in seen
        for trained in fitted
    )


def _apart(first: Rows, second: Rows) -> bool:
    return not first.within(second) and not second.within(first)


def _parts(rows: Rows, within: Rows | None = None) -> set[str]:
    """Return the names of the parts on the way from the rows `within` (or from the very beginning) to `rows`."""
    return {part for _, part in rows.path[len(within.path) if within else 0 :]}


def _trained_on_test(fitted: RowSets, tested: RowSets) -> bool:
    if any(rows.within(f) and "test" in _parts(rows, f) for rows in tested for f in fitted):
        return True
    joined = len(fitted) > len(tested)  # the training part and the test part, put together again
    return joined and any(rows in fitted and "test" in _parts(rows) for rows in tested)


def _only_target(event: Event, taint: Taint) -> bool:
    """Tell whether what was computed concerns the target column alone."""
    fit = event.fit or event
    target = fit.target.column if fit.target else None
    return target is not None and taint.columns == frozenset({target})


def _on_which(taint: Taint) -> str:
    again = any("test" in _parts(rows) for rows in taint.rows)
    return "computed on the test part itself" if again else "computed on all rows"


def _how(event: Event) -> str:
    return "cross-validated" if event.kind == "cross_validate" else "evaluated"


def _class_name(event: Event) -> str:
    return event.name.split(".")[-2] if "." in event.name else event.name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
