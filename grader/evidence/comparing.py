"""What comparing values gives: a condition on rows, a prediction set against the truth or cut at a threshold."""

from __future__ import annotations

from dataclasses import replace

from grader.evidence.significance import names_told_by, told_by
from grader.evidence.tables import SERIES
from grader.evidence.values import Prediction, Value


def compared(values: list[Value]) -> Value:
    """Return what a comparison of `values`, two or more, gives."""
    first, second = values[0], values[1]
    said = _cut(first.prediction, second) or _cut(second.prediction, first)
    rows = first.rows or second.rows
    table = first if first.rows else second
    made = Value(type=SERIES if rows else "", rows=rows, columns=table.columns, column=table.column)
    made = made.evolve(loops=first.loops | second.loops, made_of=first.made_of | second.made_of, mask=object())
    if said is None:
        marks = frozenset() if rows else told_by(values)
        return made.evolve(statistic=names_told_by(marks).statistic, taints=marks) if marks else made
    return made.evolve(prediction=replace(said, compared=True) if first.rows and second.rows else said)


def _cut(said: Prediction | None, threshold: Value) -> Prediction | None:
    """Return a prediction as it is compared with a threshold, which scores of the very model may have picked."""
    score = threshold.scored
    if said is None or score is None or threshold.rows or score.fit is not said.fit:
        return said
    return replace(said, chosen_on=score.rows)
