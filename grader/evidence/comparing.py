"""What comparing values gives: a condition on rows, a prediction set against the truth or cut at a threshold."""

from __future__ import annotations

import ast
from dataclasses import replace

from grader.evidence.cuts import Condition
from grader.evidence.significance import names_told_by, told_by
from grader.evidence.state import State
from grader.evidence.tables import SERIES
from grader.evidence.values import Prediction, Taint, Value, bounded, marked, sources_of


def compared(node: ast.AST, values: list[Value], state: State) -> Value:
    """Return the condition `left (< > == in ...) right`: a column against its own quantile knows what that has seen."""
    left, right = values[0], values[1]
    said = _cut(left.prediction, right) or _cut(right.prediction, left)
    table, other = (left, right) if left.rows else (right, left)
    taints = bounded(left.taints | right.taints) if table.rows else frozenset()
    if table.rows and other.statistic and not other.rows and said is None:
        event = state.record("fill", node, "comparison", rows=other.statistic)
        columns = frozenset({table.column}) if table.column else None
        taints = marked(table, *taints, Taint(event, other.statistic, columns))
    kind = SERIES if table.rows else ""
    made = Value(type=kind, rows=table.rows, taints=taints, columns=table.columns, column=table.column)
    asked = Condition(node, column=table.column)
    made = made.evolve(loops=left.loops | right.loops, made_of=sources_of((left, right)), mask=asked)
    if said is not None:
        return made.evolve(prediction=replace(said, compared=True) if left.rows and right.rows else said)
    marks = frozenset() if table.rows else told_by(values)
    return made.evolve(statistic=names_told_by(marks).statistic, taints=marks) if marks else made


def _cut(said: Prediction | None, threshold: Value) -> Prediction | None:
    """Return a prediction as it is compared with a threshold, which scores of the very model may have picked."""
    score = threshold.scored
    if said is None or score is None or threshold.rows or score.fit is not said.fit:
        return said
    return replace(said, chosen_on=score.rows)
