"""Lists of names that a comprehension filters: `[c for c in df.columns if c.startswith("plan_") and c != "plan_a"]`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from grader.evidence.column_names import names_left, names_like, names_of_table
from grader.evidence.column_sets import BEGINS, ENDS, HOLDS, IS, Alike, may_be_like
from grader.evidence.state import Scope, State
from grader.evidence.tables import FRAME, NAMES, names_in
from grader.evidence.values import Value

_METHODS = {"startswith": BEGINS, "endswith": ENDS}


def names_of_filter(node: ast.AST, source: Value, scope: Scope, state: State) -> Value | None:
    """Return what a comprehension leaves of the names that it goes through, None where it is no such list."""
    if not isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp) or source.type not in (NAMES, FRAME):
        return None
    match node.elt, node.generators:
        case ast.Name(id=name), [ast.comprehension(target=ast.Name(id=each), ifs=ifs)] if name == each:
            tests = list(_conditions(ifs))
        case _:
            return None
    left_out = [_left_out(test, name, scope, state) for test in tests]
    known = [gone for gone in left_out if gone is not None]
    bounds = [like for test in tests if (like := _let_in(test, name, scope, state)) is not None]
    if not known and not bounds:
        return None
    names = source if source.type == NAMES else names_of_table(source)
    names = names_like(names, bounds[0]) if bounds else names
    return names_left(names, frozenset().union(*known), sure=len(known) == len(tests))


def _conditions(tests: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """Yield the conditions that all hold."""
    for test in tests:
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            yield from _conditions(test.values)
        else:
            yield test


def _left_out(test: ast.expr, name: str, scope: Scope, state: State) -> frozenset[str] | None:
    """Return the names that a condition on `name` leaves out, None where they are not known."""
    match test:
        case ast.Compare(left=ast.Name(id=asked), ops=[ast.NotIn() | ast.NotEq()], comparators=[these]):
            pass
        case ast.UnaryOp(
            op=ast.Not(),
            operand=ast.Compare(left=ast.Name(id=asked), ops=[ast.In() | ast.Eq()], comparators=[these]),
        ):
            pass
        case _:
            return None
    return names_in(state.hooks.evaluate(these, scope, state)) if asked == name else None


def sifted(items: tuple[Value, ...], one: ast.comprehension, scope: Scope, state: State) -> tuple[list[Value], bool]:
    """Return which of some names a comprehension lets through, and whether it surely does."""
    if not isinstance(one.target, ast.Name):
        return list(items), not one.ifs
    left, name = list(items), one.target.id
    scope.names.setdefault(name, Value())  # which it is, no condition asks here
    tests = list(_conditions(one.ifs))
    known = [_through(test, name, scope, state) for test in tests]
    for lets in (lets for lets in known if lets is not None):
        left = [item for item in left if lets(str(item.constant))]
    return left, None not in known


def _through(test: ast.expr, name: str, scope: Scope, state: State) -> Callable[[str], bool] | None:
    """Return which names a condition lets through, None where that is not known."""
    if (gone := _left_out(test, name, scope, state)) is not None:
        return lambda asked: asked not in gone
    match test:
        case ast.Compare(left=ast.Name(id=asked), ops=[ast.In()], comparators=[table]) if asked == name:
            there = state.hooks.evaluate(table, scope, state)
            there = names_of_table(there) if there.type == FRAME else there
            if there.type == NAMES:  # what is asked for is there, unless it was taken out
                return lambda asked: there.columns is None or not there.columns.lacks(asked)
    like = _let_in(test, name, scope, state)
    return None if like is None else lambda asked: may_be_like(asked, like)


def _let_in(test: ast.expr, name: str, scope: Scope, state: State) -> Alike | None:
    """Return what the names are like that a condition on `name` lets in, None where that is not known."""
    match test:
        case ast.BoolOp(op=ast.Or(), values=values):
            found = [_let_in(value, name, scope, state) for value in values]
            return None if None in found else frozenset(one for some in found for one in some or ())
        case ast.Call(func=ast.Name(id="any"), args=[ast.GeneratorExp(elt=inner, generators=[each])], keywords=[]):
            if not isinstance(each.target, ast.Name):
                return None
            how = _asked(inner, name, each.target.id)
            return _alike(how, each.iter, scope, state) if how else None
        case ast.Call(func=ast.Attribute(value=ast.Name(id=asked), attr=method), args=[texts], keywords=[]):
            return _alike(_METHODS[method], texts, scope, state) if asked == name and method in _METHODS else None
        case ast.Compare(left=text, ops=[ast.In()], comparators=[inner]) if _is_name(inner, name):
            return _alike(HOLDS, text, scope, state)
        case ast.Compare(left=ast.Name(id=asked), ops=[ast.In() | ast.Eq()], comparators=[texts]) if asked == name:
            return _alike(IS, texts, scope, state)
    return None


def _asked(test: ast.expr, name: str, text: str) -> str:
    """Return how a condition asks whether a text is in a name, "" where it asks something else."""
    match test:
        case ast.Compare(left=ast.Name(id=asked), ops=[ast.In()], comparators=[inner]) if asked == text:
            return HOLDS if _is_name(inner, name) else ""
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=[ast.Name(id=asked)], keywords=[]):
            return _METHODS.get(method, "") if asked == text and _is_name(inner, name) else ""
    return ""


def _is_name(node: ast.expr, name: str) -> bool:
    """Tell whether a variable is meant, in small letters perhaps."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="lower"), args=[]):
            node = inner
    return isinstance(node, ast.Name) and node.id == name


def _alike(how: str, texts: ast.expr, scope: Scope, state: State) -> Alike | None:
    names = names_in(state.hooks.evaluate(texts, scope, state))
    return frozenset((how, text) for text in names) if names is not None else None
