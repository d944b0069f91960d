"""What methods and indexing do to tables: which rows and columns stay, and what was computed from whom."""

from __future__ import annotations

import ast
from dataclasses import replace

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import STATISTICS
from grader.evidence.state import State
from grader.evidence.values import NO_ROWS, UNKNOWN, Columns, Rows, RowSets, Taint, Value, marked, taints_of

FRAME, SERIES, ARRAY, GROUPS, INDEX = (
    "pandas.DataFrame",
    "pandas.Series",
    "numpy.ndarray",
    "pandas.GroupBy",
    "pandas.Index",
)
LOOKUP = "lookup"  # a table of statistics by group or value, to be merged or mapped onto rows
TRANSPOSED = "transposed"  # an array whose columns are the rows that are followed
TABLE_TYPES = (FRAME, SERIES, ARRAY, INDEX, "sklearn.utils.Bunch", "polars.DataFrame")
# Methods that only a table has: whoever calls them on an unknown value holds a table.
TABLE_METHODS = {
    "drop", "fillna", "dropna", "astype", "copy", "reset_index", "set_index", "rename", "sample", "sort_values",
    "replace", "to_numpy", "apply", "map", "assign", "query", "select_dtypes", "reshape", "ravel", "flatten",
    "toarray", "todense",
    "drop_duplicates", "interpolate", "ffill", "bfill", "clip", "filter", "where", "mask", "round", "pop", "isin",
    "between",
}  # fmt: skip
FRAME_ATTRIBUTES = {
    "columns",
    "iloc",
    "loc",
    "dtypes",
    "groupby",
    "select_dtypes",
    "isnull",
    "isna",
    "describe",
    "corr",
}
_ESCAPES = {
    "describe", "agg", "aggregate", "unique", "nunique", "pivot_table", "info", "melt",
    "resample", "to_dict", "pivot", "stack", "unstack", "explode", "plot", "hist", "size", "count", "items",
    "iterrows", "tolist", "transpose",
}  # fmt: skip
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
    "assign",
}


def is_table(value: Value) -> bool:
    """Tell whether a value is known to be a table, a column or an array."""
    return value.type in TABLE_TYPES


def names_in(value: Value | None) -> frozenset[str] | None:
    """Return the column names that a value spells out, or None when they cannot be known."""
    if value is None:
        return None
    if isinstance(value.constant, str):
        return frozenset({value.constant})
    if type(value.constant) is int:
        return frozenset({f"#{value.constant}"})  # a column of an array, by its number
    if value.items is not None and all(isinstance(item.constant, str) for item in value.items):
        return frozenset(str(item.constant) for item in value.items)
    return None


def without(value: Value, names: frozenset[str] | None) -> Value:
    """Return the table after some columns were dropped; unknown names make its columns unknown."""
    if names is None:
        return some_columns(value)
    columns = value.columns
    if columns:
        columns = Columns(columns.base, columns.dropped | names, columns.kept, columns.known)
    taints = frozenset(taint for taint in value.taints if taint.columns is None or not taint.columns <= names)
    return value.evolve(columns=columns, taints=taints)


def some_columns(value: Value) -> Value:
    """Return the table after a selection that cannot be followed: the target, and its encoding, may be gone."""
    columns = value.columns.fewer() if value.columns else None
    taints = frozenset(t for t in value.taints if t.columns is None or not is_label_encoder(t.event.name))
    return value.evolve(columns=columns, column=None, items=None, constant=None, taints=taints)


def is_label_encoder(name: str) -> bool:
    """Tell whether a class or one of its methods is an encoder that is made for targets."""
    return any(part in ("LabelEncoder", "LabelBinarizer") for part in name.split("."))


def select(value: Value, names: frozenset[str]) -> Value:
    """Return the table with only the columns `names`."""
    columns = value.columns
    if columns:
        surely = columns.known and not (names & columns.dropped)
        columns = Columns(columns.base, columns.dropped, names, surely)
    return value.evolve(type=FRAME, columns=columns, column=None, taints=_within(value.taints, names))


def column_of(value: Value, name: str | None) -> Value:
    """Return one column of the table; with an unknown name every mark on the table stays."""
    taints = value.taints if name is None else _within(value.taints, frozenset({name}))
    return value.evolve(type=SERIES, column=name, taints=taints, items=None, constant=None)


def _within(taints: frozenset[Taint], names: frozenset[str]) -> frozenset[Taint]:
    return frozenset(
        Taint(taint.event, taint.rows, names if taint.columns is None else taint.columns & names)
        for taint in taints
        if taint.columns is None or taint.columns & names
    )


def with_columns(table: Value, names: frozenset[str] | None, value: Value) -> Value:
    """Return the table after `table[names] = value`."""
    kept = table.taints
    if names is not None:
        kept = frozenset(t for t in kept if t.columns is None or not t.columns <= names)
    added = frozenset(Taint(t.event, t.rows, names if names is not None else t.columns) for t in value.taints)
    columns = table.columns
    if columns and columns.kept == frozenset() and value.rows:  # the first column of an empty frame brings the rows
        table = table.evolve(rows=value.rows)
    if columns and names is not None:
        whole = columns.kept if columns.kept is None else columns.kept | names
        columns = Columns(columns.base, columns.dropped - names, whole, columns.known)
    return table.evolve(taints=kept | added, columns=columns)


def narrowed(rows: RowSets, key: object, part: str = "slice") -> RowSets:
    """Return the rows after a cut by hand; `key` tells cuts apart. `part` is "mask" for a condition on values."""
    return frozenset(item.part(("cut", key), part) for item in rows)


def at_split_index(rows: RowSets, index: Value) -> RowSets:
    """Return the rows that an index made by a splitter picks."""
    tails = {item.path[-1] for item in index.rows if item.path}
    return frozenset(Rows(item.origin, (*item.path, tail)) for item in rows for tail in tails)


def method_of_table(site: CallSite) -> Value:
    """Return what a table's method gives, as a value of its own; `pop` also changes the table."""
    if site.method == "pop":
        site.scope.replace(site.receiver, without(site.receiver, names_in(site.argument(0, "item"))))
    return _method(site).evolve()


def _method(site: CallSite) -> Value:
    """Return what a method gives that was called on a table (or on a value that the method shows to be one)."""
    table, method = site.receiver, site.method
    if table.type == GROUPS:
        return _of_groups(site)
    if method in STATISTICS:
        return statistic(table, site, site.argument(0, "axis"))
    if method == "groupby":
        return table.evolve(type=GROUPS, column=None)
    if method in ("corr", "corrwith"):
        event = site.state.record("fill", site.node, site.name, rows=table.rows)
        return Value(type=LOOKUP, statistic=table.rows, taints=marked(table, Taint(event, table.rows)))
    if method in _ESCAPES:
        return UNKNOWN
    if method == "drop":
        return _drop(site)
    if method == "pop":
        return column_of(table, next(iter(names_in(site.argument(0, "item")) or ()), None))
    if method in ("fillna", "replace", "clip", "where", "mask"):
        return computed_with(site, table, *site.values)
    if method in ("apply", "map", "transform", "pipe"):
        return _applied(site, table)
    if method == "rank":
        return learned(site, table)
    if method == "align":
        return Value(items=(table, site.argument(0, "other") or UNKNOWN))
    if method in ("merge", "join"):
        joined = (value for value in site.values if value.type == LOOKUP or value.taints)
        return computed_with(site, _kept(site), *joined)
    if method == "value_counts":
        return Value(type=LOOKUP, statistic=table.rows, taints=table.taints)
    if method == "set_index":
        return without(table, names_in(site.argument(0, "keys")))
    if method in ("to_numpy", "toarray", "todense", "to_list"):
        return table.evolve(type=ARRAY)
    if method == "append":
        rows, taints = site.rows_and_taints()
        return table.evolve(rows=table.rows | rows, taints=table.taints | taints)
    return _kept(site)


def _kept(site: CallSite) -> Value:
    """Return what methods give that keep the table, its layout, or some of its rows."""
    table, method = site.receiver, site.method
    result = table.evolve(items=None)
    if method in _LAYOUT:
        result = result.evolve(columns=Columns(table.columns.base, known=False) if table.columns else None)
    if method in ("sample", "query", "nlargest", "nsmallest", "head", "tail"):
        result = result.evolve(rows=narrowed(table.rows, id(site.node)))
    return result


def statistic(table: Value, site: CallSite, axis: Value | None = None) -> Value:
    """Return a number computed from the rows of `table`; from compared predictions, that is an evaluation.

    Along axis 1 each row gets a number of its own, which tells nothing of other rows.
    """
    prediction = table.prediction
    if axis is not None and axis.constant in (1, "columns") and not prediction:
        return some_columns(table).evolve(type=SERIES)
    if prediction and prediction.compared:
        site.state.record(
            "evaluate", site.node, site.name, rows=prediction.rows, taints=prediction.taints,
            model=prediction.model, fit=prediction.fit,
        )  # fmt: skip
    return Value(statistic=table.rows, taints=table.taints, column=table.column, loops=table.loops)


def _of_groups(site: CallSite) -> Value:
    groups = site.receiver
    if site.method in ("transform", "apply"):
        return _applied(site, groups.evolve(type=SERIES))
    if site.method in ("fillna", "rank", "cumsum", "shift", "ffill", "bfill"):
        return groups.evolve(type=SERIES)
    if site.method in STATISTICS or site.method in ("agg", "aggregate"):
        return Value(type=LOOKUP, statistic=groups.rows, taints=groups.taints, loops=groups.loops)
    return UNKNOWN


def _drop(site: CallSite) -> Value:
    columns = site.keywords.get("columns")
    if columns is not None:
        return without(site.receiver, names_in(columns))
    axis = site.argument(1, "axis")
    if axis is not None and axis.constant in (1, "columns"):
        return without(site.receiver, names_in(site.argument(0, "labels")))
    if axis is not None and axis.constant is None:
        return without(site.receiver, None)
    # The whole less a sample that was drawn from it: the other part of a split made by hand.
    return site.receiver.evolve(rows=narrowed(site.receiver.rows, id(site.node)))


def computed_with(site: CallSite, table: Value, *others: Value) -> Value:
    """Return the table after a step that puts something computed from `others`' rows into its values."""
    flat = [item for value in others for item in (value.items or (value,))]
    seen = frozenset(rows for value in flat for rows in value.statistic)
    marks = taints_of(flat)
    if not table.rows or not (seen or marks):
        return table
    columns = frozenset({table.column}) if table.column and table.type != FRAME else None
    marks = frozenset(Taint(mark.event, mark.rows, columns) for mark in marks)
    if seen:
        event = site.state.record("fill", site.node, site.name, rows=seen)
        marks |= {Taint(event, seen, columns)}
    return table.evolve(taints=marked(table, *marks), statistic=NO_ROWS)


def learned(site: CallSite, table: Value) -> Value:
    """Return the table after a step that computes something from all its rows, and uses it on each (a rank, a bin)."""
    return computed_with(site, table, Value(statistic=table.rows))


def _applied(site: CallSite, table: Value) -> Value:
    """Return what `apply`, `map` and `transform` give: what their function does to the whole column, or to an item."""
    given = site.argument(0, "func", "arg")
    if given is None:
        return table
    names = names_in(given)
    if names and names <= STATISTICS:
        return learned(site, table)
    if given.function is None and not given.dotted:
        return computed_with(site, table, given)  # a dict or a series to look values up in
    if _by_row(site, table):
        passed = Value(rows=frozenset(Rows(("element", rows)) for rows in table.rows))
    else:
        passed = table.evolve(items=None, constant=None)
    made = site.state.hooks.call(site, given, passed)
    if made.statistic and not made.rows and passed.type and site.method != "transform":
        return Value(type=LOOKUP, statistic=made.statistic, taints=table.taints, column=table.column)
    seen = made.statistic - passed.rows if not passed.type else made.statistic
    return computed_with(site, table, Value(statistic=seen, taints=made.taints - table.taints))


def _by_row(site: CallSite, table: Value) -> bool:
    axis = site.argument(1, "axis")
    if site.method != "apply" or table.type != FRAME:
        return table.type == SERIES and site.receiver.type != GROUPS
    return axis is not None and axis.constant in (1, "columns")


def arithmetic(node: ast.AST, left: Value, right: Value, state: State) -> Value:
    """Return the value of `left (+-*/...) right`: a column less its own mean carries what the mean has seen."""
    table, other = (left, right) if left.rows or not right.rows else (right, left)
    if is_table(right) and not is_table(left):
        table, other = right, left
    taints = left.taints | right.taints
    if table.rows and other.statistic and not other.rows:
        event = state.record("fill", node, "arithmetic", rows=other.statistic)
        columns = frozenset({table.column}) if table.column else None
        taints = marked(table, *taints, Taint(event, other.statistic, columns))
    computed = NO_ROWS if table.rows else left.statistic | right.statistic
    prediction = left.prediction or right.prediction
    if prediction and table.rows and other.rows:
        prediction = replace(prediction, compared=True)
    return Value(
        type=table.type if is_table(table) else "",
        rows=table.rows,
        taints=taints,
        columns=table.columns,
        column=table.column,
        statistic=computed,
        prediction=prediction,
        loops=left.loops | right.loops,
    )
