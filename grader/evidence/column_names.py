"""Lists of a table's columns that leave some out: `[c for c in df.columns if c not in ("price", "bin")]`."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from grader.evidence.callsite import CallSite
from grader.evidence.column_sets import BEGINS, ENDS, HOLDS, IS, Alike, Columns, may_be_like
from grader.evidence.rows import NO_ROWS
from grader.evidence.tables import NAMES, names_in, narrowed, select, some_columns, without
from grader.evidence.values import Value

_PLAIN = re.compile(r"\w+")  # of a pattern: it asks for nothing but these letters


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
        case "append" | "extend" | "insert" if site.arguments:
            added = names_together(site.receiver, site.arguments[-1]) or Value(type=NAMES)
            site.scope.replace(site.receiver, added.evolve(rows=site.receiver.rows))
            return Value()
        case "startswith" | "endswith" | "contains":
            return _names_alike(site)
    return None


def _names_alike(site: CallSite) -> Value:
    """Return `df.columns.str.startswith(text)` and its like: those of which it holds."""
    texts = names_in(site.argument(0, "pat"))
    how = {"startswith": BEGINS, "endswith": ENDS}.get(site.method, HOLDS)
    if texts is None or (how == HOLDS and not all(_PLAIN.fullmatch(text) for text in texts)):
        return names_left(site.receiver, None)
    return names_like(site.receiver, frozenset((how, text) for text in texts))


def names_like(names: Value, only: Alike) -> Value:
    """Return some of these names, of which it is known what they are like."""
    columns = names.columns if names.type == NAMES and names.columns else Columns(NO_ROWS)
    return Value(type=NAMES, columns=replace(columns, kept=None, known=False, only=only))


def names_among(names: list[Value]) -> Value:
    """Return some of these names."""
    return names_like(Value(), frozenset((IS, str(name.constant)) for name in names))


def names_reckoned(how: ast.operator, left: Value, right: Value) -> Value | None:
    """Return what `+`, `|` or `-` makes of lists of names, None where something else is reckoned with."""
    if isinstance(how, ast.Add | ast.BitOr):
        return names_together(left, right)
    gone = names_in(right) if left.type == NAMES and isinstance(how, ast.Sub) else None
    return names_left(left, gone) if gone is not None else None


def names_together(one: Value, other: Value) -> Value | None:
    """Return two lists of names as one, None where neither is of a table, or one is not known."""
    if NAMES not in (one.type, other.type):
        return None
    first, second = _named(one), _named(other)
    if first is None or second is None:
        return None
    bases = {names.base for names in (first, second) if names.base != NO_ROWS}
    if len(bases) > 1:
        return Value(type=NAMES)
    whole = first if first.base != NO_ROWS else second
    if first.kept is not None and second.kept is not None:
        both, known = first.kept | second.kept, first.known and second.known
        return Value(type=NAMES, columns=replace(whole, kept=both, dropped=whole.dropped - both, known=known))
    bounds = _like(first), _like(second)
    only = None if None in bounds else frozenset(like for some in bounds for like in some or ())
    gone = {name for name in first.dropped if second.lacks(name)} | {
        name for name in second.dropped if first.lacks(name)
    }
    beside = whole.beside | {text for like in bounds for how, text in like or () if how == IS}
    left = replace(whole, kept=None, dropped=frozenset(gone), known=False, beside=beside, only=only)
    return Value(type=NAMES, columns=left)


def _named(names: Value) -> Columns | None:
    """Return what is known of the names in a list of them."""
    if names.type == NAMES:
        return names.columns
    told = names_in(names) if names.items is not None or isinstance(names.constant, str) else None
    return Columns(NO_ROWS, kept=told) if told is not None else None


def _like(columns: Columns) -> Alike | None:
    """Return what all names are like, those that are told like themselves."""
    return frozenset((IS, name) for name in columns.kept) if columns.kept is not None else columns.only


def names_not_asked(asked: Value) -> Value | None:
    """Return `~df.columns.isin(names)`: all but these; None where something else is turned round."""
    if asked.type == NAMES and asked.columns is not None and asked.columns.only is not None:
        return names_left(asked.evolve(columns=replace(asked.columns, only=None)), None)
    if asked.type != NAMES or asked.columns is None or asked.columns.kept is None:
        return None
    every = Value(type=NAMES, columns=replace(asked.columns, kept=None))
    return names_left(every, asked.columns.kept)


def names_unequal(node: ast.Compare, values: list[Value]) -> Value | None:
    """Return `df.columns != "price"`: all but that name; None where something else is compared."""
    names = names_in(values[1]) if values[0].type == NAMES and isinstance(node.ops[0], ast.NotEq) else None
    return names_left(values[0], names) if names is not None else None


def _made_since(table: Value, names: Value) -> frozenset[str]:
    """Return the columns that a table has got since its names were listed."""
    return (table.columns.added if table.columns else frozenset()) - (names.columns.added if names.columns else set())


def names_picked(names: Value, index: Value) -> Value | None:
    """Return `names[condition on names]`, None where the index is something else."""
    if names.type != NAMES or index.type != NAMES or index.columns is None:
        return None
    if index.columns.kept is not None or index.columns.only is not None:
        return index
    return names_left(names, index.columns.dropped, sure=index.columns.known)


def by_names(table: Value, names: Value) -> Value | None:
    """Return the columns of a table that a list leaves, None where that is no list of names."""
    if names.type != NAMES or names.columns is None:
        return None
    if names.columns.kept is not None:
        return select(table, names.columns.kept)
    left = without(table, names.columns.dropped | _made_since(table, names))
    if not _lists_all(names.columns, table.columns):
        left = some_columns(left)
    if names.columns.only is not None:
        left = _only_like(left, names.columns.only)
    return left.evolve(rows=narrowed(table.rows, names.rows or names.columns, "some"), column=None)


def _only_like(table: Value, only: Alike) -> Value:
    """Return a table of which only columns are left whose names are like these, with the marks that they may bear."""
    columns = table.columns and replace(table.columns, only=only)
    marks = (mark for mark in table.taints if mark.columns is None or any(may_be_like(n, only) for n in mark.columns))
    return table.evolve(columns=columns, taints=frozenset(marks))


def _lists_all(names: Columns, columns: Columns | None) -> bool:
    """Tell whether a list of names says of each column of a table whether it is picked: its own, as they are now."""
    return columns is not None and names.known and names.base == columns.base and names.made == columns.made
