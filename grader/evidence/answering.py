"""Predictions that are made into answers one at a time, and counted one at a time."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.evidence.said import record_score
from grader.evidence.state import Scope, State
from grader.evidence.values import Value


def note_counted(place: ast.AST, tested: Value, state: State) -> None:
    """Log that predictions were held against the truth one by one: `if predicted[i] == truth[i]: right += 1`."""
    said = tested.prediction
    if said is not None and said.compared and said.fit is not None:
        record_score(state, place, "", said)


def counts(body: Iterable[ast.stmt]) -> bool:
    """Tell whether statements count on: `right += 1`."""
    return any(map(_counts_on, body))


def _counts_on(node: ast.stmt) -> bool:
    match node:
        case ast.AugAssign(op=ast.Add()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=old), op=ast.Add())):
            return name == old
    return False


def answer_in_branch(node: ast.If, tested: Value, scope: Scope) -> None:
    """Make a list an answer to which a branch on a prediction has put one of two labels, item by item."""
    said = tested.prediction
    if said is None or said.compared:
        return
    for name in _lengthened((*node.body, *node.orelse)):
        value = scope.find(name)
        if value is not None and not value.rows and value.model is None:
            scope.names[name] = Value(type="list", rows=said.rows, prediction=said)


def _lengthened(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the lists that statements put something on."""
    for statement in body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"))):
                yield name
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=ast.List()):
                yield name
            case ast.If():
                yield from _lengthened((*statement.body, *statement.orelse))
