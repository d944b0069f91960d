"""What models have said, among values: the prediction that a value is, that a score is of, that a fit leaves."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from grader.evidence.state import State
from grader.evidence.values import Model, Prediction, Value, flattened


def said_of(values: Iterable[Value]) -> Prediction | None:
    """Return the first prediction among `values`."""
    return next((value.prediction for value in values if value.prediction is not None), None)


def scored_by(values: Iterable[Value]) -> Prediction | None:
    """Return the prediction that the first of `values` which is a score says something of."""
    for value in flattened(values):
        if value.scored is not None:
            return value.scored
        if value.prediction is not None and value.prediction.compared:
            return value.prediction
    return None


def set_against(said: Prediction | None, others: Iterable[Value]) -> Prediction | None:
    """Return a prediction as it is once it was set against tables, the truth among them."""
    if said is None or said.own or not any(one.rows for one in others):
        return said
    return replace(said, compared=True)


def fitted_values(model: Model) -> Value:
    """Return what a model's last fit says of its own rows."""
    fit = model.fits[-1]
    return Value(rows=fit.rows, taints=fit.taints, prediction=Prediction(model, fit, fit.rows, fit.taints, own=True))


def record_score(state: State, place: ast.AST, name: str, said: Prediction) -> None:
    """Log that a prediction was scored at `place`, by a metric or by hand."""
    state.record("evaluate", place, name, rows=said.rows, taints=said.taints, model=said.model, fit=said.fit)
