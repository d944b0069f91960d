"""What an expression comes to wherever it stands, told from its text: only what no run can make otherwise."""

from __future__ import annotations

import ast
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from grader.evidence.parsing import Unit

UNKNOWN = object()
_MOST = 10**9
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}
_RECKONED: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_MADE: dict[str, Callable[..., Any]] = {"bool": bool, "len": len, "int": int, "range": range}
_EMPTY = frozenset(("list", "tuple", "dict", "set", "frozenset", "str"))
Known = Mapping[str, object]


def settled_names(units: Iterable[Unit]) -> dict[str, object]:
    """Return the names of one program that hold a number, a truth value or None, and are never given another value."""
    units = list(units)
    given = Counter(name for unit in units for node in ast.walk(unit.tree) for name in _bound(node))
    found: dict[str, list[object]] = {}
    for unit in units:
        for node in ast.walk(unit.tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                value = node.value.value
                if isinstance(value, int | float) or value is None:
                    for name in targets:
                        if isinstance(name, ast.Name):
                            found.setdefault(name.id, []).append(value)
    return {
        name: values[0]
        for name, values in found.items()
        if given[name] == len(values) and all((type(one), one) == (type(values[0]), values[0]) for one in values)
    }


def module_names(paths: Iterable[str]) -> frozenset[str]:
    """Return what `__name__` may be in one of these files."""
    found = {"__main__", "__mp_main__"}
    for path in paths:
        parts = PurePosixPath(path).with_suffix("").parts
        found |= {".".join(parts[start:]) for start in range(len(parts))}
    return frozenset(found)


def value_of(node: ast.expr | None, known: Known) -> object:
    """Return the constant that `node` is, UNKNOWN where a run may make it anything; an empty container is ()."""
    match node:
        case ast.Constant():
            return node.value
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return ()
        case ast.Attribute(attr="TYPE_CHECKING"):
            return known.get(node.attr, UNKNOWN)
        case ast.Name():
            return known.get(node.id, UNKNOWN)
        case ast.UnaryOp():
            return _of_one(node, value_of(node.operand, known))
        case ast.BoolOp():
            return _of_several([value_of(item, known) for item in node.values], decides=isinstance(node.op, ast.Or))
        case ast.BinOp():
            return _reckoned(node, known)
        case ast.Compare():
            return _compared(node, known)
        case ast.Call(func=ast.Name(id=name), keywords=[]):
            return _called(name, [value_of(item, known) for item in node.args])
    return UNKNOWN


def truth_of(node: ast.expr, known: Known) -> bool | None:
    """Return whether a condition holds, None where that is not known."""
    value = value_of(node, known)
    return None if value is UNKNOWN else bool(value)


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node gives a value to, those of attributes included: `config.DEBUG = True` is one."""
    if isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        yield node.id if isinstance(node, ast.Name) else node.attr
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.split(".")[0]
    elif isinstance(node, ast.Global | ast.Nonlocal):
        yield from node.names


def _of_one(node: ast.UnaryOp, value: object) -> object:
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(node.op, ast.Not):
        return not value
    return -value if isinstance(node.op, ast.USub) and isinstance(value, int | float) else UNKNOWN


def _of_several(values: list[object], *, decides: bool) -> object:
    """Return what and/or comes to: the first that settles it, unless one of which nothing is known stands before."""
    if any(value is not UNKNOWN and bool(value) is decides for value in values):
        return decides  # wherever it stands, the whole is as true as this one
    return UNKNOWN if UNKNOWN in values else values[-1]


def _reckoned(node: ast.BinOp, known: Known) -> object:
    one, other, reckon = value_of(node.left, known), value_of(node.right, known), _RECKONED.get(type(node.op))
    if reckon is None or not _is_small(one) or not _is_small(other):
        return UNKNOWN
    return reckon(one, other)


def _is_small(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < _MOST


def _compared(node: ast.Compare, known: Known) -> object:
    values = [_named(node.left, known), *(_named(item, known) for item in node.comparators)]
    if "__name__" in values and len(values) == 2:
        return _is_name_of_module(node, values, known)
    if UNKNOWN in values:
        return UNKNOWN
    try:
        return all(
            _COMPARED[type(how)](one, other) for how, one, other in zip(node.ops, values, values[1:], strict=False)
        )
    except TypeError:
        return UNKNOWN


def _named(node: ast.expr, known: Known) -> object:
    return "__name__" if isinstance(node, ast.Name) and node.id == "__name__" else value_of(node, known)


def _is_name_of_module(node: ast.Compare, values: list[object], known: Known) -> object:
    """Return False for `__name__ == "never"`: no file of the work can have that name."""
    other = next((value for value in values if value != "__name__"), UNKNOWN)
    modules = known.get("__name__", UNKNOWN)
    never = isinstance(node.ops[0], ast.Eq) and isinstance(other, str)
    return False if never and isinstance(modules, frozenset) and other not in modules else UNKNOWN


def _called(name: str, values: list[object]) -> object:
    if name in _EMPTY and not values:
        return ()
    if name not in _MADE or not values or UNKNOWN in values or not all(_is_plain(value) for value in values):
        return UNKNOWN
    try:
        return _MADE[name](*values)
    except (TypeError, ValueError):
        return UNKNOWN


def _is_plain(value: object) -> bool:
    return value == () or isinstance(value, str) or _is_small(value)
