"""Scores that decide what is kept: `if score > best: best = score`, `best = max(best, score)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.evidence.expressions import evaluate
from grader.evidence.said import scored_by
from grader.evidence.state import Scope, State

_NAMED = (ast.Name, ast.Attribute, ast.Subscript)


def note_choice(node: ast.If, scope: Scope, state: State) -> None:
    """Log a condition that compares a score with the best so far, where its body makes the score the best."""
    kept = [pair for statement in node.body for pair in _assigned(statement)]
    for compare in ast.walk(node.test) if kept else ():
        if isinstance(compare, ast.Compare) and len(compare.comparators) == 1:
            left, right = compare.left, compare.comparators[0]
            for score, best in ((left, right), (right, left)):
                if any(_same(best, target) and _mentions(value, score) for target, value in kept):
                    _record(node.test, score, scope, state)
                    return


def note_best(node: ast.Assign, scope: Scope, state: State) -> None:
    """Log `best = max(best, score)`."""
    match node:
        case ast.Assign(targets=[best], value=ast.Call(func=ast.Name(id="max" | "min"), args=[one, other])):
            if _same(best, one) or _same(best, other):
                _record(node, other if _same(best, one) else one, scope, state)


def _record(place: ast.AST, score: ast.expr, scope: Scope, state: State) -> None:
    said = scored_by([evaluate(score, scope, state)]) if isinstance(score, _NAMED) else None
    if said is not None and said.fit is not None:
        state.record(
            "choose", place, "", rows=said.rows, taints=said.taints, model=said.model, fit=said.fit,
        )  # fmt: skip


def _assigned(node: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield each target that a statement assigns, with its value."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            yield from zip(targets, values, strict=False)
        case ast.Assign():
            yield from ((target, node.value) for target in node.targets)


def _same(one: ast.expr, other: ast.expr) -> bool:
    return isinstance(one, _NAMED) and ast.unparse(one) == ast.unparse(other)


def _mentions(value: ast.expr, score: ast.expr) -> bool:
    return any(_same(score, part) for part in ast.walk(value) if isinstance(part, ast.expr))
