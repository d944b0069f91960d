"""How a slice is written once its names are replaced by what they stand for, so that `rows[a:b]` of one helper's two
calls are two cuts, and `rows[:n]` with the same count in two places is one.
"""

from __future__ import annotations

import ast
import copy

from grader.evidence.rows import whole_rows
from grader.evidence.state import Scope, State
from grader.evidence.values import Value

_COUNTING = {"range", "len", "int", "round", "abs", "min", "max", "floor", "ceil"}
_SIZES = {"shape", "size"}
_MOST_CHARACTERS = 300


def settled(node: ast.expr, scope: Scope, state: State) -> ast.expr:
    """Return an expression with its names replaced: by a number, by how it was counted, or by which number it is."""
    return _Replacing(scope, state).visit(copy.deepcopy(node))  # type: ignore[no-any-return]


def settled_slices(key: ast.expr, scope: Scope, state: State) -> ast.expr:
    """Return an index with the names in its slices replaced."""
    if isinstance(key, ast.Slice):
        return settled(key, scope, state)
    if isinstance(key, ast.Tuple) and any(isinstance(part, ast.Slice) for part in key.elts):
        parts = [settled_slices(part, scope, state) if isinstance(part, ast.Slice) else part for part in key.elts]
        return ast.copy_location(ast.Tuple(parts, key.ctx), key)
    return key


def note_counted_as(target: ast.expr, node: ast.expr, scope: Scope, state: State) -> None:
    """Keep how a number was counted that a name stands for from now on: counted alike, it is the same number."""
    if isinstance(target, ast.Tuple) and isinstance(node, ast.Tuple) and len(target.elts) == len(node.elts):
        for part, given in zip(target.elts, node.elts, strict=True):
            note_counted_as(part, given, scope, state)
    elif isinstance(target, ast.Name) and _is_counting(node) and (value := scope.find(target.id)) is not None:
        text = ast.unparse(settled(node, scope, state))
        if len(text) <= _MOST_CHARACTERS:
            state.shared.counted[id(value)] = (value, text)


def note_counter(target: ast.expr, iterable: ast.expr, scope: Scope, state: State) -> None:
    """Keep through which numbers the variable of a loop goes: two loops over the same range cut the same rows, and so
    do, but for a few at the end, any two that go from the first to the last.
    """
    match iterable:
        case ast.Call(func=ast.Name(id="range") as name, args=args, keywords=[]) if all(map(_is_counting, args)):
            note_counted_as(target, ast.Call(name, args if len(args) > 1 else [], []), scope, state)


def _is_counting(node: ast.expr) -> bool:
    """Tell whether an expression gives the same number each time: sizes of tables, and what is reckoned of them."""
    match node:
        case ast.BinOp(left=left, right=right):
            return _is_counting(left) and _is_counting(right)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=[]) if name in _COUNTING:
            return name == "len" or all(map(_is_counting, args))
        case ast.Subscript(value=ast.Attribute(attr=name), slice=ast.Constant()) | ast.Attribute(attr=name):
            return name in _SIZES
    return isinstance(node, ast.Name | ast.Constant)


class _Replacing(ast.NodeTransformer):
    """Replaces names by what they stand for."""

    def __init__(self, scope: Scope, state: State) -> None:
        self.scope, self.state = scope, state

    def visit_Name(self, node: ast.Name) -> ast.AST:
        value = self.scope.find(node.id)
        return node if value is None else ast.copy_location(self._of(node, value), node)

    def _of(self, node: ast.Name, value: Value) -> ast.expr:
        if value.function is not None or value.dotted or value.instance is not None:
            return node
        if isinstance(value.constant, str | float) or type(value.constant) is int:
            return ast.Constant(value.constant)
        if id(value) in self.state.shared.counted:
            return ast.parse(self.state.shared.counted[id(value)][1], mode="eval").body
        told = self.state.shared.told
        number, _ = told.setdefault(whole_rows(value.rows) or id(value), (len(told), value))
        return ast.Name(f"{'rows' if value.rows else 'number'}_{number}", node.ctx)
