"""Windows of rows that a loop cuts one step apart: `rows[i - 60:i]`, so that each holds most of its neighbour."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from grader.evidence.state import Scope, State
from grader.evidence.values import Taint, Value, marked


def counter_of(target: ast.expr, iterable: ast.expr) -> dict[str, tuple[str, int]]:
    """Return the variable of a loop over the numbers of a range, one by one, as a counter."""
    match target, iterable:
        case ast.Name(id=name), ast.Call(func=ast.Name(id="range"), args=[_] | [_, _], keywords=[]):
            return {name: (name, 0)}
    return {}


def counted_on(node: ast.Assign, scope: Scope, state: State) -> Mapping[str, tuple[str, int]]:
    """Return the counters after an assignment: `end = i + steps` counts as `i` does, from further on."""
    named = {target.id for target in node.targets if isinstance(target, ast.Name)}
    place = _place(node.value, scope, state) if named else None
    kept = {name: where for name, where in state.counters.items() if name not in named}
    return kept | dict.fromkeys(named, place) if place is not None else kept


def windowed(node: ast.Subscript, cut: Value, scope: Scope, state: State) -> Value:
    """Return what indexing gives, marked where it is one of several windows that surely overlap."""
    first, *others = node.slice.elts if isinstance(node.slice, ast.Tuple) else (node.slice,)
    if not state.counters or not cut.rows or not isinstance(first, ast.Slice) or first.step is not None:
        return cut
    if any(isinstance(part, ast.Name) and part.id in state.counters for other in others for part in ast.walk(other)):
        return cut  # patches of a picture
    lower, upper = _place(first.lower, scope, state), _place(first.upper, scope, state)
    if lower is None or upper is None or lower[0] != upper[0] or upper[1] - lower[1] < 2:
        return cut
    event = state.record("windows", node, "", rows=cut.rows)
    return cut.evolve(taints=marked(cut, Taint(event, cut.rows)))


def _place(node: ast.expr | None, scope: Scope, state: State) -> tuple[str, int] | None:
    """Return the counter that a bound is told by, and how far from it the bound lies."""
    match node:
        case ast.Name(id=name) if name in state.counters:
            return state.counters[name]
        case ast.BinOp(left=ast.Name(id=name), op=ast.Add() | ast.Sub() as how, right=by) if name in state.counters:
            steps, (counter, start) = _number(by, scope), state.counters[name]
            return None if steps is None else (counter, start + (steps if isinstance(how, ast.Add) else -steps))
    return None


def _number(node: ast.expr, scope: Scope) -> int | None:
    value = scope.find(node.id) if isinstance(node, ast.Name) else None
    found = node.value if isinstance(node, ast.Constant) else value.constant if value is not None else None
    return found if type(found) is int else None
