"""What methods and indexing do to tables: which rows and columns stay, and what was computed from whom."""

from __future__ import annotations

import ast
from dataclasses import replace

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import STATISTICS
from grader.evidence.state import State
from grader.evidence.values import NO_ROWS, UNKNOWN, Columns, Rows, RowSets, Taint, Value, marked

FRAME, SERIES, ARRAY, GROUPS, INDEX = (
    "pandas.DataFrame",
    "pandas.Series",
    "numpy.ndarray",
    "pandas.GroupBy",
    "pandas.Index",
)
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
    "corr", "value_counts", "describe", "agg", "aggregate", "unique", "nunique", "pivot_table", "info", "melt",
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
    if columns and names is not None:
        whole = columns.kept if columns.kept is None else columns.kept | names
        columns = Columns(columns.base, columns.dropped - names, whole, columns.known)
    return table.evolve(taints=kept | added, columns=columns)


def narrowed(rows: RowSets, key: object) -> RowSets:
    """Return the rows after a cut by hand; `key` tells cuts apart."""
    return frozenset(item.part(("cut", key), "slice") for item in rows)


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
        return statistic(table, site)
    if method == "groupby":
        return table.evolve(type=GROUPS, column=None)
    if method in _ESCAPES:
        return UNKNOWN
    if method == "drop":
        return _drop(site)
    if method == "pop":
        return column_of(table, next(iter(names_in(site.argument(0, "item")) or ()), None))
    if method in ("fillna", "replace"):
        return _filled(site)
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


def statistic(table: Value, site: CallSite) -> Value:
    """Return a number computed from the rows of `table`; from compared predictions, that is an evaluation."""
    prediction = table.prediction
    if prediction and prediction.compared:
        site.state.record(
            "evaluate", site.node, site.name, rows=prediction.rows, taints=prediction.taints,
            model=prediction.model, fit=prediction.fit,
        )  # fmt: skip
    return Value(statistic=table.rows, taints=table.taints, column=table.column, loops=table.loops)


def _of_groups(site: CallSite) -> Value:
    if site.method in ("transform", "apply", "fillna", "rank", "cumsum", "shift", "ffill", "bfill"):
        names = names_in(site.argument(0, "func"))
        computed = site.receiver.rows if names and names <= STATISTICS else NO_ROWS
        return site.receiver.evolve(type=SERIES, statistic=computed)
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


def _filled(site: CallSite) -> Value:
    table = site.receiver
    filler = next((value for value in site.values if value.statistic), None)
    if filler is None or not table.rows:
        return table
    event = site.state.record("fill", site.node, site.name, rows=filler.statistic)
    columns = frozenset({table.column}) if table.column else None
    return table.evolve(taints=marked(table, Taint(event, filler.statistic, columns)), statistic=NO_ROWS)


def arithmetic(node: ast.AST, left: Value, right: Value, state: State) -> Value:
    """Return the value of `left (+-*/...) right`: a column less its own mean carries what the mean has seen."""
    table, other = (left, right) if left.rows or not right.rows else (right, left)
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
