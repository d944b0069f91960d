"""What is known of a value where either of two ways may have led to it."""

from __future__ import annotations

from grader.evidence.rows import NO_ROWS
from grader.evidence.values import NONE, Prediction, Value, bounded, sequence_of


def join(first: Value, second: Value) -> Value:
    """Return what holds whichever of two paths was taken; rows that differ become unknown."""
    if first == second:
        return first
    if (first.model or second.model) and NONE in (first, second):  # the best model so far, if there is one yet
        return second if first == NONE else first
    same_rows = first.rows == second.rows
    if first.items and second.items and first.keys is None and second.keys is None and not first.rows:
        return _either_list(first, second)
    return Value(
        type=first.type if first.type == second.type else "",
        rows=first.rows if same_rows else NO_ROWS,
        taints=first.taints & second.taints if not same_rows else bounded(first.taints | second.taints),
        columns=first.columns if first.columns == second.columns else None,
        column=first.column if first.column == second.column else None,
        made_of=first.made_of & second.made_of,
        statistic=first.statistic | second.statistic,
        model=first.model if first.model is second.model else None,
        function=first.function if first.function is second.function else None,
        instance=first.instance if first.instance is second.instance else None,
        prediction=_either_said(first, second),
        loops=first.loops | second.loops,
        constant=first.constant if first.constant == second.constant else None,
        scored=first.scored if first.scored == second.scored else None,
        answers=first.answers & second.answers,
    )


def _either_said(first: Value, second: Value) -> Prediction | None:
    """Return the prediction that both ways lead to, or one of them, where the other gives a label that is written."""
    if first.prediction == second.prediction:
        return first.prediction
    for one, other in ((first, second), (second, first)):
        if one.constant is not None and not one.rows:
            return other.prediction
    return None


def _either_list(first: Value, second: Value) -> Value:
    """Return a list to which one of two ways has added: all that may be in it."""
    ours, others = first.items or (), second.items or ()
    same = next((n for n, (one, other) in enumerate(zip(ours, others, strict=False)) if one is not other), None)
    shared = min(len(ours), len(others)) if same is None else same
    if not shared and len(ours) == len(others):
        return Value(
            items=tuple(join(one, other) for one, other in zip(ours, others, strict=True)), nesting=first.nesting
        )
    return sequence_of((*ours, *others[shared:]))
