"""What methods of tables give that keep some of the rows or columns, as they are."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import replace

from grader.evidence.callsite import CallSite
from grader.evidence.column_sets import Columns
from grader.evidence.copies import drawn_again
from grader.evidence.cuts import Condition, Cut, end_cut
from grader.evidence.learning import computed_with
from grader.evidence.rows import draw_of
from grader.evidence.said import set_against
from grader.evidence.settling import settled
from grader.evidence.significance import picked
from grader.evidence.tables import FRAME, names_in, narrowed, selected, some_columns, without
from grader.evidence.turns import note_cut, note_draw
from grader.evidence.values import Taint, Value, rows_of

_CONDITIONS = {
    "isin",
    "between",
    "isnull",
    "isna",
    "notnull",
    "notna",
    "duplicated",
    "contains",
    "eq",
    "ne",
    "gt",
    "lt",
    "ge",
    "le",
    "startswith",
    "endswith",
    "match",
    "fullmatch",
}
_LAYOUT = {
    "rename",
    "select_dtypes",
    "merge",
    "join",
    "filter",
    "set_axis",
    "add_prefix",
    "add_suffix",
    "reindex",
}
_CUTTING = {
    "truncate", "take", "skip", "between_time", "at_time", "first", "last", "compress", "partition", "xs", "slice",
    "get_chunk",
}  # fmt: skip
_VARIABLE = re.compile(r"@([A-Za-z_]\w*)")
_BY_NAME = ("items", "like", "regex")  # what pandas' `filter` is given, where polars' is given a condition


def kept(site: CallSite) -> Value:
    """Return what methods give that keep the table, its layout, or some of its rows."""
    table, method = site.receiver, site.method
    if method in _CONDITIONS:
        table = computed_with(site, table, *(value for value in site.values if not value.rows)).evolve(
            mask=_condition(site), prediction=set_against(table.prediction, site.table_arguments())
        )
    result = table.evolve(items=None, type=FRAME if method == "to_frame" else table.type)
    if method in _LAYOUT:
        result = result.evolve(columns=Columns(table.columns.base, known=False) if table.columns else None)
    if method == "filter" and (like := site.keywords.get("like")) is not None:
        result = some_columns(result).evolve(taints=_alike(result, like.constant))
    if method == "sample":
        drawn = drawn_again(site, result)
        note_draw(site.node, drawn.rows, site.keywords.get("random_state"), site.state)
        return drawn
    if method in _CUTTING or _picks_rows(site):
        result = result.evolve(rows=narrowed(table.rows, object()))
    if method == "drop_duplicates" and site.values:
        result = result.evolve(in_time=None)  # one row of each is no series
    if method in ("query", "nlargest", "nsmallest", "head", "tail"):
        result = result.evolve(rows=narrowed(table.rows, _end(site)))
    if result.rows != table.rows:
        note_cut(site.node, table, result, [*site.values, *_named_in(site)], site.state)
    return result


def _named_in(site: CallSite) -> list[Value]:
    """Return the variables that the text of a query names: `frame.query("year < @year")`."""
    text = site.argument(0, "expr")
    named = _VARIABLE.findall(text.constant) if text is not None and isinstance(text.constant, str) else []
    return [value for name in named if (value := site.scope.find(name)) is not None]


def _picks_rows(site: CallSite) -> bool:
    """Tell whether a method that can pick columns picks rows: `frame.reindex(ids)`, polars' `frame.filter(cond)`."""
    axis = site.keywords.get("axis")
    by_row = axis is not None and axis.constant in (0, "index", "rows")
    if site.method == "reindex":
        return by_row or "index" in site.keywords or (bool(site.arguments) and axis is None)
    named = site.argument(0, *_BY_NAME)
    is_condition = named is None or (named.items is None and set(_BY_NAME).isdisjoint(site.keywords))
    return site.method == "filter" and (by_row or is_condition)


def _end(site: CallSite) -> Cut:
    """Return the cut that `query`, `head` and their like make, as they are given what to cut."""
    size = settled(site.node.args[0], site.scope, site.state) if site.node.args else None
    return replace(end_cut(site.node, size), given=_given(site))


def _given(site: CallSite) -> Hashable:
    """Return what tells one cut of a place from the others that it makes: what it is given, where that is known."""
    asked = site.argument(0, "expr", "n")
    text = asked.constant if asked is not None else None
    is_open = asked is not None and (text is None or (isinstance(text, str) and "@" in text))
    return site.state.birth() if is_open else text


def _alike(table: Value, part: object) -> frozenset[Taint]:
    """Return the marks on the columns whose names hold some letters."""
    return frozenset(
        mark for mark in table.taints if mark.columns is None or any(str(part) in name for name in mark.columns)
    )


def _condition(site: CallSite) -> Condition:
    """Return what `isin` and its like ask of each row."""
    return Condition(site.node, rows_of(site.values))


def dropped(site: CallSite) -> Value:
    """Return a table without some of its columns, or of its rows."""
    columns, axis = site.keywords.get("columns"), site.argument(1, "axis")
    if columns is None and axis is not None and axis.constant in (1, "columns"):
        columns = site.argument(0, "labels")
    if columns is not None and (left := picked(site.receiver, columns)) is not None:
        return left
    if columns is not None and columns.statistic and not columns.rows:
        return selected(site.receiver, columns)
    if columns is not None:
        return without(site.receiver, names_in(columns))
    if axis is not None and axis.constant is None:
        return without(site.receiver, None)
    # The whole less a sample that was drawn from it: the other part of a split made by hand.
    gone = rows_of(site.values)
    left = site.receiver.evolve(rows=narrowed(site.receiver.rows, Cut(site.node, without=gone)))
    if any(rows.path and draw_of(rows.path[-1][0]) is not None for rows in gone):
        ordered = site.receiver.in_time
        site.state.record("rest", site.node, site.name, rows=left.rows, in_time=ordered, shuffled=True)
    note_cut(site.node, site.receiver, left, site.values, site.state)
    return left
