"""Conditions whose outcome is known: a flag that was passed, a mode that is compared, something that is None or not."""

from __future__ import annotations

import ast

from grader.evidence.attributes import attribute
from grader.evidence.state import Scope, State
from grader.evidence.values import NONE, Value

_UNKNOWN_ORIGINS = {"parameter", "self", "name", "attr", "element", "item"}


def outcome(node: ast.expr, scope: Scope, state: State) -> bool | None:
    """Return whether a condition holds, None where that is not known: then both ways may be taken."""
    match node:
        case ast.Constant():
            return bool(node.value)
        case ast.UnaryOp(op=ast.Not()):
            inner = outcome(node.operand, scope, state)
            return None if inner is None else not inner
        case ast.BoolOp():
            return _of_several(node, scope, state)
        case ast.Compare(ops=[ast.Is() | ast.IsNot() as how], comparators=[ast.Constant(value=None)]):
            found = _is_none(_value_of(node.left, scope))
            return found if found is None or isinstance(how, ast.Is) else not found
        case ast.Compare(ops=[ast.Eq() | ast.NotEq() as how], comparators=[other]):
            return _equals(node.left, other, scope, state, negated=isinstance(how, ast.NotEq))
        case ast.Call(func=ast.Name(id="hasattr"), args=[ast.expr() as owner, ast.Constant(value=str() as name)]):
            return _has(_value_of(owner, scope), name)
        case ast.Name():
            constant = _settled(node, scope, state)
            return constant if type(constant) is bool else _is_object(_value_of(node, scope))
    return None


def _of_several(node: ast.BoolOp, scope: Scope, state: State) -> bool | None:
    found = [outcome(value, scope, state) for value in node.values]
    decides = isinstance(node.op, ast.Or)  # what settles the whole wherever it stands
    if decides in found:
        return decides
    return None if None in found else not decides


def _equals(left: ast.expr, right: ast.expr, scope: Scope, state: State, *, negated: bool) -> bool | None:
    one, two = _settled(left, scope, state), _settled(right, scope, state)
    return None if one is None or two is None else (one == two) != negated


def _settled(node: ast.expr, scope: Scope, state: State) -> str | int | float | bool | None:
    """Return the constant that an expression is whenever it is reached: one that no other way can change."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str | int | float | bool) else None
    if not isinstance(node, ast.Name):
        return None
    if node.id not in scope.parameters and node.id not in scope.walked and node.id not in state.once:
        return None
    value = scope.find(node.id)
    return value.constant if value is not None else None


def _value_of(node: ast.expr, scope: Scope) -> Value | None:
    if isinstance(node, ast.Name):
        return scope.find(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = scope.find(node.value.id)
        return attribute(owner, node.attr) if owner is not None and owner.instance else None
    return None


def _is_object(value: Value | None) -> bool | None:
    """Tell whether a value is an object, which counts as true, or None, which does not; None where it is not known."""
    if value is not None and (value.model is not None or value == NONE):
        return value.model is not None
    return None


def _is_none(value: Value | None) -> bool | None:
    if value is None:
        return None
    if value == NONE:
        return True
    known = any(not isinstance(r.origin, tuple) or r.origin[0] not in _UNKNOWN_ORIGINS for r in value.rows)
    if value.model is not None or value.items is not None or value.constant is not None or (known and value.type):
        return False
    return None


def _has(value: Value | None, name: str) -> bool | None:
    if value is None or value.instance is None:
        return None
    return name in value.instance.attributes
