"""Windows of rows that a loop cuts, each of them a few steps on: `rows[i - 60:i]`, so that neighbours share rows."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from grader.evidence.state import Counted, Scope, State
from grader.evidence.values import Taint, Value, marked


def counter_of(target: ast.expr, iterable: ast.expr, scope: Scope) -> dict[str, Counted]:
    """Return the variable of a loop over the numbers of a range as a counter."""
    match target, iterable:
        case ast.Name(id=name), ast.Call(func=ast.Name(id="range") | ast.Attribute(attr="arange"), keywords=[]) as call:
            stride = _number(call.args[2], scope) if len(call.args) > 2 else 1
            return {name: Counted(name, stride)} if stride is not None and stride > 0 else {}
    return {}


def counted_on(node: ast.Assign, scope: Scope, state: State) -> Mapping[str, Counted]:
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
    if lower is None or upper is None or (lower.counter, lower.stride) != (upper.counter, upper.stride):
        return cut
    if upper.offset - lower.offset <= lower.stride:
        return cut  # each begins where the one before has ended
    event = state.record("windows", node, "", rows=cut.rows)
    return cut.evolve(taints=marked(cut, Taint(event, cut.rows)))


def _place(node: ast.expr | None, scope: Scope, state: State) -> Counted | None:
    """Return how a bound is told by a counter."""
    match node:
        case ast.Name(id=name):
            return state.counters.get(name)
        case ast.Call(func=ast.Name(id="int"), args=[inner]):
            return _place(inner, scope, state)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() as how, right=right):
            place, by = _place(left, scope, state), _number(right, scope)
            if place is None and not isinstance(how, ast.Sub):
                place, by = _place(right, scope, state), _number(left, scope)
            if place is None or by is None:
                return None
            if isinstance(how, ast.Mult):
                return Counted(place.counter, place.stride * by, place.offset * by) if by >= 1 else None
            return replace(place, offset=place.offset + (by if isinstance(how, ast.Add) else -by))
    return None


def _number(node: ast.expr, scope: Scope) -> int | None:
    value = scope.find(node.id) if isinstance(node, ast.Name) else None
    found = node.value if isinstance(node, ast.Constant) else value.constant if value is not None else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.FloorDiv):
        one, other = _number(node.left, scope), _number(node.right, scope)
        if one is None or not other:
            return None
        return one * other if isinstance(node.op, ast.Mult) else one // other
    if isinstance(found, float) and found.is_integer():
        return int(found)
    return found if type(found) is int else None
