"""Lists of a table's columns that leave some out: `[c for c in df.columns if c not in ("price", "bin")]`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from grader.evidence.callsite import CallSite
from grader.evidence.column_sets import Columns
from grader.evidence.rows import NO_ROWS
from grader.evidence.state import Scope, State
from grader.evidence.tables import FRAME, NAMES, names_in, narrowed, select, some_columns, without
from grader.evidence.values import Value


def names_of_table(table: Value) -> Value:
    """Return `frame.columns`: those that are there by now."""
    columns = table.columns
    if columns is None:
        return Value(type=NAMES)
    if columns.kept is not None and columns.known:
        return Value(type=NAMES, columns=replace(columns, kept=columns.kept - columns.dropped))
    return Value(type=NAMES, columns=replace(columns, kept=None))


def names_left(names: Value, gone: frozenset[str] | None, *, sure: bool = True) -> Value:
    """Return names of columns less some of them; not `sure` where others may have gone too."""
    columns = names.columns if names.type == NAMES and names.columns else Columns(NO_ROWS)
    if columns.kept is not None and gone is not None and sure:
        return Value(type=NAMES, columns=replace(columns, kept=columns.kept - gone))
    known = columns.known and sure and gone is not None
    return Value(type=NAMES, columns=replace(columns, dropped=columns.dropped | (gone or frozenset()), known=known))


def method_of_names(site: CallSite) -> Value | None:
    """Return what a method of a list of columns gives, None for one that is not known; `remove` changes the list."""
    names = names_in(site.argument(0, "labels", "other", "values"))
    match site.method:
        case "tolist" | "to_list" | "copy":
            return site.receiver
        case "difference" | "drop":
            return names_left(site.receiver, names)
        case "remove":
            site.scope.replace(site.receiver, names_left(site.receiver, names).evolve(rows=site.receiver.rows))
            return Value()
        case "isin" if names is not None:
            known = site.receiver.columns or Columns(NO_ROWS)
            return Value(type=NAMES, columns=replace(known, kept=names))
    return None


def names_not_asked(asked: Value) -> Value | None:
    """Return `~df.columns.isin(names)`: all but these; None where something else is turned round."""
    if asked.type != NAMES or asked.columns is None or asked.columns.kept is None:
        return None
    every = Value(type=NAMES, columns=replace(asked.columns, kept=None))
    return names_left(every, asked.columns.kept)


def names_unequal(node: ast.Compare, values: list[Value]) -> Value | None:
    """Return `df.columns != "price"`: all but that name; None where something else is compared."""
    names = names_in(values[1]) if values[0].type == NAMES and isinstance(node.ops[0], ast.NotEq) else None
    return names_left(values[0], names) if names is not None else None


def names_of_filter(node: ast.AST, source: Value, scope: Scope, state: State) -> Value | None:
    """Return what a comprehension leaves of the names that it goes through, None where it is no such list."""
    match node:
        case (
            ast.ListComp(elt=ast.Name(id=name), generators=[one]) | ast.SetComp(elt=ast.Name(id=name), generators=[one])
        ) if source.type in (NAMES, FRAME) and isinstance(one.target, ast.Name) and one.target.id == name:
            tests = [_left_out(test, name, scope, state) for test in _conditions(one.ifs)]
        case _:
            return None
    known = [gone for gone in tests if gone is not None]
    if not known:
        return None
    names = source if source.type == NAMES else names_of_table(source)
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


def _made_since(table: Value, names: Value) -> frozenset[str]:
    """Return the columns that a table has got since its names were listed."""
    return _put_there(table.columns) - _put_there(names.columns)


def _put_there(columns: Columns | None) -> frozenset[str]:
    """Return the columns that were put into a table since it was loaded."""
    return columns.beside | {name for name, _ in columns.made} if columns is not None else frozenset()


def names_picked(names: Value, index: Value) -> Value | None:
    """Return `names[condition on names]`, None where the index is something else."""
    if names.type != NAMES or index.type != NAMES or index.columns is None:
        return None
    return index if index.columns.kept is not None else names_left(names, index.columns.dropped)


def by_names(table: Value, names: Value) -> Value | None:
    """Return the columns of a table that a list leaves, None where that is no list of names."""
    if names.type != NAMES or names.columns is None:
        return None
    if names.columns.kept is not None:
        return select(table, names.columns.kept)
    left = without(table, names.columns.dropped | _made_since(table, names))
    if not _lists_all(names.columns, table.columns):
        left = some_columns(left)
    return left.evolve(rows=narrowed(table.rows, names.rows or names.columns, "some"), column=None)


def _lists_all(names: Columns, columns: Columns | None) -> bool:
    """Tell whether a list of names says of each column of a table whether it is picked: its own, as they are now."""
    return columns is not None and names.known and names.base == columns.base and names.made == columns.made
