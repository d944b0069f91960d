"""What the methods of tables, columns and groups give."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import STATISTICS
from grader.evidence.copies import repeated, stacked
from grader.evidence.cuts import Condition
from grader.evidence.files import WRITERS, note_written
from grader.evidence.grouping import grouped, method_of_groups, pivoted
from grader.evidence.in_time import in_time, later_filled, shifted, windows
from grader.evidence.iterating import element_of
from grader.evidence.learning import applied, computed_with, learned, statistic
from grader.evidence.picking import dropped, kept
from grader.evidence.rows import NO_ROWS, covered
from grader.evidence.significance import correlated
from grader.evidence.tables import (
    ARRAY,
    FRAME,
    GROUPS,
    INDEX,
    LOOKUP,
    SERIES,
    WINDOW,
    column_of,
    inverted,
    names_in,
    narrowed,
    select,
    with_columns,
    without,
)
from grader.evidence.unseen import unseen
from grader.evidence.values import UNKNOWN, Value, bounded, marked, sources_of

_ESCAPES = {
    "describe", "agg", "aggregate", "unique", "nunique", "pivot_table", "info", "melt",
    "resample", "to_dict", "stack", "unstack", "explode", "plot", "hist", "size", "count",
    "iterrows", "transpose", "partition_by",
}  # fmt: skip


def method_of_table(site: CallSite) -> Value:
    """Return what a table's method gives, as a value of its own; `pop` also changes the table."""
    if site.method == "pop":
        site.scope.replace(site.receiver, without(site.receiver, names_in(site.argument(0, "item"))))
    made = _method(site).evolve()
    if made.type == SERIES and made.mask is None and site.receiver.type == SERIES and site.method not in _SAME_VALUES:
        return made.evolve(mask=Condition(site.node))  # as a condition on rows it is another one than the column
    return made


def _method(site: CallSite) -> Value:
    """Return what a method gives that was called on a table (or on a value that the method shows to be one)."""
    table, method = site.receiver, site.method
    if table.type == GROUPS:
        return method_of_groups(site)
    if table.type == WINDOW:
        return table.evolve(type=SERIES)
    if method in STATISTICS:
        return statistic(table, site, site.argument(0, "axis", "dim"))
    if method in _ESCAPES:
        return UNKNOWN
    return _METHODS.get(method, kept)(site)


_SAME_VALUES = {"astype", "copy", "squeeze", "reset_index", "set_axis", "rename"}
_WORD = re.compile(r"[A-Za-z_]\w*")
_BY_ROW = re.compile(r"[\w\s.+*/()<>-]+")  # arithmetic of columns, put into none of the table's own
_NOT_BY_ROW = re.compile(r"\.\s*[A-Za-z_]\w*\s*\(|@")


def _value_counts(site: CallSite) -> Value:
    return Value(type=LOOKUP, statistic=site.receiver.rows, taints=site.receiver.taints)


def _popped(site: CallSite) -> Value:
    return column_of(site.receiver, next(iter(names_in(site.argument(0, "item")) or ()), None))


def _masked(site: CallSite) -> Value:
    """Return `frame.where(condition)`: of the other rows nothing is left; with a value given for these, all are."""
    asked = site.argument(0, "cond")
    if site.receiver.type != FRAME or len(site.values) > 1 or asked is None or asked.mask is None:
        return _filled(site)
    which = asked if site.method == "where" else inverted(asked)
    return site.receiver.evolve(rows=narrowed(site.receiver.rows, which.mask, "mask"), items=None)


def _filled(site: CallSite) -> Value:
    made = computed_with(site, later_filled(site), *site.values)
    sources = made.made_of and made.made_of | sources_of(site.values)
    return made.evolve(made_of=sources)


def _applied(site: CallSite) -> Value:
    return applied(site, site.receiver)


def _piped(site: CallSite) -> Value:
    """Return `frame.pipe(function, ...)`: what the function gives for the frame."""
    if not site.arguments:
        return site.receiver
    made = site.state.hooks.call(site, site.arguments[0], [site.receiver, *site.arguments[1:]])
    return site.receiver.evolve(columns=None) if made == UNKNOWN else made


def _assigned(site: CallSite) -> Value:
    """Return `frame.assign(column=...)`: each column a value, or a function of the frame as it is by then."""
    table = site.receiver.evolve(items=None)
    for name, value in site.keywords.items():
        given = value.items if name == "**" and value.items is not None else (value,)
        for item in given:
            called = item.function is not None or item.dotted
            made = site.state.hooks.call(site, item, [table]) if called else item
            if made.statistic and not made.rows:
                made = computed_with(site, table.evolve(type=SERIES, taints=frozenset()), made)
            table = with_columns(table, None if name == "**" else frozenset({name}), made)
    return table


def _ranked(site: CallSite) -> Value:
    return learned(site, site.receiver)


def _updated(site: CallSite) -> Value:
    """Change the table by `frame.update(other)`: what was computed into the other is in its columns from now on."""
    other = site.argument(0, "other") or UNKNOWN
    made = computed_with(site, site.receiver, other.evolve(statistic=NO_ROWS) if other.rows else other)
    site.scope.replace(site.receiver, made.evolve(taints=bounded(made.taints | other.taints)))
    return UNKNOWN


def _evaluated(site: CallSite) -> Value:
    """Return `frame.eval(text)`: row by row, unless it calls something or uses a variable."""
    text = site.argument(0, "expr") or UNKNOWN
    if isinstance(text.constant, str) and _BY_ROW.fullmatch(text.constant):
        return select(site.receiver, frozenset(_WORD.findall(text.constant))).evolve(type=SERIES, columns=None)
    table = kept(site).evolve(columns=site.receiver.columns and replace(site.receiver.columns, known=False))
    if isinstance(text.constant, str) and not _NOT_BY_ROW.search(text.constant):
        return table
    return table.evolve(taints=marked(table, unseen(site, site.receiver.rows)))


def _aligned(site: CallSite) -> Value:
    return Value(items=(site.receiver, site.argument(0, "other") or UNKNOWN))


def joined(site: CallSite) -> Value:
    """Return a table with columns of another beside it: those of a table of statistics know the rows it is of."""
    others = [value for value in site.values if value.type == LOOKUP or value.taints]
    new = _named_by(others) or frozenset({f"merged {id(site.node)}"})  # names that are not those of what was there
    marks = [other.evolve(taints=frozenset(replace(mark, columns=new) for mark in other.taints)) for other in others]
    whole = kept(site)
    made = computed_with(site, whole.evolve(type=SERIES, column=next(iter(new)), taints=frozenset()), *marks)
    brought = frozenset(replace(mark, columns=new) for mark in made.taints)
    table = whole.evolve(taints=bounded(whole.taints | brought))
    right = site.argument(0, "right", "other") or UNKNOWN
    how = site.keywords["how"].constant if "how" in site.keywords else "inner" if site.method == "merge" else "left"
    if right.rows and how != "left":
        return table.evolve(rows=narrowed(table.rows, right.rows, "mask"))
    return table


def _named_columns(site: CallSite) -> Value:
    """Return the pairs of `frame.items()`, a name and the column, or of a column: where it stands and the value."""
    table = site.receiver
    if table.type != FRAME:
        return Value(each=Value(items=(UNKNOWN, element_of(table))), loops=table.loops)
    return Value(each=Value(items=(UNKNOWN, column_of(table, None))), loops=table.loops)


def _named_by(others: list[Value]) -> frozenset[str]:
    """Return the names of the columns of tables of statistics, where they are all known."""
    names = [other.columns.kept if other.columns and other.type == LOOKUP else None for other in others]
    return frozenset().union(*(name for name in names if name)) if names and all(names) else frozenset()


def _indexed(site: CallSite) -> Value:
    return in_time(site, without(site.receiver, names_in(site.argument(0, "keys"))), "keys")


def _sorted(site: CallSite) -> Value:
    return in_time(site, site.receiver.evolve(items=None), "by")


def _as_number(site: CallSite) -> Value:
    """Return `loss.item()`: of rows that the network does not learn from, a score."""
    said = site.receiver.prediction
    if said is None or not said.compared or said.fit is None or covered(said.rows, said.fit.rows):
        return site.receiver
    return statistic(site.receiver, site)


def _as_array(site: CallSite) -> Value:
    return site.receiver.evolve(type=ARRAY)


def _appended(site: CallSite) -> Value:
    rows, taints = site.rows_and_taints()
    made = site.receiver.evolve(rows=site.receiver.rows | rows, taints=site.receiver.taints | taints)
    return stacked(site, [site.receiver, *site.table_arguments()], made)


def _written(site: CallSite) -> Value:
    note_written(site)
    return UNKNOWN


def _repeated(site: CallSite) -> Value:
    axis = site.argument(1, "axis")
    by_row = site.receiver.type in (INDEX, SERIES) or (axis is not None and axis.constant == 0)
    return repeated(site, site.receiver, site.argument(0, "repeats")) if by_row else site.receiver


_METHODS: dict[str, Callable[[CallSite], Value]] = {
    "groupby": grouped,
    "item": _as_number,
    "pivot": pivoted,
    **dict.fromkeys(("items", "iteritems"), _named_columns),
    **dict.fromkeys(("corr", "corrwith"), correlated),
    "value_counts": _value_counts,
    "drop": dropped,
    "pop": _popped,
    **dict.fromkeys(("fillna", "replace", "clip", "interpolate", "bfill"), _filled),
    **dict.fromkeys(("where", "mask"), _masked),
    **dict.fromkeys(("apply", "map", "transform"), _applied),
    "rank": _ranked,
    "pipe": _piped,
    "assign": _assigned,
    "align": _aligned,
    "update": _updated,
    "eval": _evaluated,
    "merge": joined,
    "join": joined,
    "set_index": _indexed,
    "sort_values": _sorted,
    **dict.fromkeys(("rolling", "expanding", "ewm"), windows),
    **dict.fromkeys(("shift", "diff", "pct_change"), shifted),
    **dict.fromkeys(("to_numpy", "toarray", "todense", "to_list", "tolist"), _as_array),
    "append": _appended,
    "repeat": _repeated,
    **dict.fromkeys(WRITERS, _written),
}
