"""Tables, columns and arrays: which columns are surely there, and which rows are left of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from grader.evidence.column_sets import IS, Columns
from grader.evidence.rows import GROUPED, Rows, RowSets, parts_of
from grader.evidence.values import OTHERS, Prediction, Taint, Value, bounded

FRAME, SERIES, ARRAY, GROUPS, INDEX = (
    "pandas.DataFrame",
    "pandas.Series",
    "numpy.ndarray",
    "pandas.GroupBy",
    "pandas.Index",
)
CODED = "_*"  # ends what stands for the columns that a column's categories became
LOOKUP = "lookup"  # a table of statistics by group or value, to be merged or mapped onto rows
WINDOW = "pandas.Rolling"
SET = "datasets.Dataset"
NAMES = "names"  # of a table's columns
TRANSPOSED = "transposed"  # an array whose columns are the rows that are followed
TABLE_TYPES = (FRAME, SERIES, ARRAY, INDEX, "sklearn.utils.Bunch", "polars.DataFrame", SET)
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
    "ix",
    "dtypes",
    "groupby",
    "select_dtypes",
    "isnull",
    "isna",
    "describe",
    "corr",
}


def is_table(value: Value) -> bool:
    """Tell whether a value is known to be a table, a column or an array."""
    return value.type in TABLE_TYPES


def mask_of(value: Value) -> Hashable | None:
    """Return what tells a condition on rows from others: a flag in a column is the same wherever it is read."""
    if value.mask is None and value.type == SERIES and value.column:
        return "column", value.rows, value.column
    return value.mask


def inverted(condition: Value) -> Value:
    """Return `~condition`: of all rows the others."""
    which = mask_of(condition)
    return condition.evolve(constant=None, mask=("not", which) if which else object())


def is_empty(table: Value) -> bool:
    """Tell whether a frame was made without columns, and has got none yet."""
    return table.columns is not None and table.columns.kept == frozenset()


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
        columns = replace(columns, dropped=columns.dropped | names)
    gone = names | {f"{name}{CODED}" for name in names}
    taints = frozenset(
        taint for taint in value.taints
        if taint.columns is None or not taint.columns <= gone or not taint.columns & names
    )  # fmt: skip
    return value.evolve(columns=columns, taints=taints)


def coded_columns(value: Value, *, all_of_it: bool) -> frozenset[Taint]:
    """Return the marks on a table whose categories became columns: "plan" is "plan_gold" and "plan_basic" then.

    With `all_of_it` it was asked for every column: one of numbers stays what it was.
    """
    found = set()
    for taint in value.taints:
        coded = frozenset(f"{name}{CODED}" for name in taint.columns or ())
        columns = (taint.columns | coded if all_of_it else coded) if taint.columns else None
        found.add(replace(taint, columns=columns))
    return frozenset(found)


def some_columns(value: Value, *, most: bool = False) -> Value:
    """Return the table after a selection that cannot be followed: the target, and its encoding, may be gone.

    With `most` the columns are a run of neighbours: a mark on one of them may have stayed.
    """
    columns = value.columns.fewer() if value.columns else None
    of_target = {t for t in value.taints if t.columns is not None and is_label_encoder(t.event.name)}
    if len({name for t in of_target for name in t.columns or ()}) > 1:
        of_target = set()  # one of them at most is the target
    of_target |= {t for t in value.taints if t.columns is not None and t.event.kind == "future"}
    if most:
        taints = value.taints - of_target | {replace(t, maybe=True) for t in of_target}
    else:
        taints = frozenset(t for t in value.taints - of_target if not _is_beside(t, value))
    return value.evolve(columns=columns, column=None, items=None, constant=None, taints=taints)


def _is_beside(mark: Taint, table: Value) -> bool:
    """Tell whether a mark is on columns that were made beside those that were there: not all are made for a model."""
    if table.columns is None or mark.columns is None:
        return False
    return mark.columns <= table.columns.beside


def selected(table: Value, picked: Value) -> Value:
    """Return the columns that something learned from rows has picked, or left out: they know those rows."""
    return some_columns(table).evolve(taints=bounded(table.taints | picked.taints))


def is_label_encoder(name: str) -> bool:
    """Tell whether a class or one of its methods is an encoder that is made for targets."""
    return any(part in ("LabelEncoder", "LabelBinarizer") for part in name.split("."))


def select(value: Value, names: frozenset[str]) -> Value:
    """Return the table with only the columns `names`."""
    columns = value.columns or Columns(value.rows, known=False)
    surely = columns.known and not (names & columns.dropped)
    columns = replace(columns, kept=names, known=surely)
    return value.evolve(type=FRAME, columns=columns, column=None, taints=_within(value, names))


def column_of(value: Value, name: str | None) -> Value:
    """Return one column of the table; with an unknown name every mark on the table stays."""
    taints = value.taints if name is None else _within(value, frozenset({name}))
    made_of = frozenset({name}) if name else frozenset()
    found = (replace(one, rows=_rows_said(one, value.rows)) for column, one in value.answers if column == name)
    said = next(found, value.prediction)
    return value.evolve(
        type=SERIES, column=name, taints=taints, items=None, constant=None, made_of=made_of, prediction=said,
        answers=frozenset(),
    )  # fmt: skip


def _rows_said(said: Prediction, table: RowSets) -> RowSets:
    """Return the rows that a prediction in a column is of: its own where it came from elsewhere, cut as the table was
    since it was put there.
    """
    steps = {one.path[len(laid.path) :] for one in table for laid in said.laid if one.within(laid)}
    own = {one.origin for one in said.rows} & {one.origin for one in table}
    if own or len(steps) != 1 or len(table) != 1:
        return table
    return frozenset(Rows(one.origin, (*one.path, *next(iter(steps)))) for one in said.rows)


def _within(table: Value, names: frozenset[str]) -> frozenset[Taint]:
    """Return the marks that columns of a table bear: those of all its columns on any that is told by its number."""
    every = table.columns.kept if table.columns else None
    numbered = all(name.startswith("#") for name in names)
    kept = set()
    for taint in table.taints:
        known = taint.columns
        if known is None or (numbered and (known == frozenset({table.column}) or (every and every <= known))):
            kept.add(replace(taint, columns=names))
            continue
        stems = tuple(name.removesuffix(CODED) + "_" for name in known if name.endswith(CODED))
        marked = known & names | {name for name in names if stems and name.startswith(stems)}
        if marked:
            kept.add(replace(taint, columns=marked))
    return frozenset(kept)


def marks_in(table: Value, names: frozenset[str]) -> frozenset[Taint]:
    """Return the marks on any of the columns `names`, and those of which nobody knows where they are."""
    return frozenset(mark for mark in table.taints if mark.columns is None or mark.columns & names or _is_coded(mark))


def _is_coded(mark: Taint) -> bool:
    return any(name.endswith(CODED) for name in mark.columns or ())


def with_columns(table: Value, names: frozenset[str] | None, value: Value, *, partly: bool = False) -> Value:
    """Return the table after `table[names] = value`; `partly` where only some of its rows are given the value."""
    kept = table.taints
    if names is not None:
        kept = frozenset(t for t in kept if t.columns is None or not t.columns <= names)
    several = names is None and value.column is None  # columns of the table itself, which keep what they know
    added = frozenset(t if several and t in table.taints else replace(t, columns=names) for t in value.taints)
    columns = table.columns
    answers = frozenset(pair for pair in table.answers if names is None or pair[0] not in names)
    if value.prediction is not None and names is not None and not partly:
        answers |= {(name, replace(value.prediction, laid=table.rows)) for name in names}
    if is_empty(table) and value.rows:  # the first column of an empty frame brings the rows
        table = table.evolve(rows=value.rows)
    if columns and names is not None:
        whole = columns.kept if columns.kept is None else columns.kept | names
        own = value.made_of | {value.column} | ((value.columns.kept if value.columns else None) or frozenset())
        beside = (columns.beside | names) - own
        only = None if columns.only is None else columns.only | {(IS, name) for name in names}
        columns = replace(columns, dropped=columns.dropped - names, kept=whole, beside=beside, only=only)
        sources = frozenset() if _is_moved(value, table) else value.made_of
        for name in names:
            columns = columns.remade(name, sources)
    elif columns and (columns.kept is not None or columns.only is not None):  # whatever its name, there is more now
        columns = replace(columns, kept=None, known=False, only=None)
    return table.evolve(taints=bounded(kept | added), columns=columns, answers=answers)


def _is_moved(value: Value, table: Value) -> bool:
    """Tell whether a column is made of other rows than those it is put beside: `[nan] + y[:-1]`."""
    steps = [{rows.steps for rows in one.rows} for one in (value, table)]
    return bool(value.made_of) and all(steps) and steps[0] != steps[1]


def column_of_groups(groups: Value, names: frozenset[str] | None) -> Value:
    """Return one column, or several, of groups: what is computed of it knows what it and the keys have seen."""
    known = groups.taints if names is None else _within(groups, names | (groups.made_of - {OTHERS}))
    return groups.evolve(column=next(iter(names)) if names and len(names) == 1 else None, taints=known)


def as_groups(value: Value) -> Value:
    """Return a table of statistics by group as what it is too: a table whose rows are the groups."""
    rows = Rows((GROUPED, value.statistic))
    picked = rows if value.mask is None else rows.part(("cut", value.mask), "slice")
    return value.evolve(type=FRAME, rows=frozenset({picked}), statistic=frozenset(), mask=None, column=None)


def narrowed(rows: RowSets, key: object, part: str = "slice") -> RowSets:
    """Return the rows after a cut by hand; `key` tells cuts apart. `part` is "mask" for a condition on values."""
    return parts_of(rows, ("cut", key), part)


def is_split_index(index: Value) -> bool:
    """Tell whether an index holds row numbers that went through a split, and is no condition on rows."""
    return index.splits and index.mask is None and any(rows.path for rows in index.rows)


def at_split_index(rows: RowSets, index: Value) -> RowSets:
    """Return the rows that an index made by a splitter picks."""
    chosen = [one for one in index.rows if one.path]
    return frozenset(_numbered(item, one) for item in rows for one in chosen)


def _numbered(rows: Rows, chosen: Rows) -> Rows:
    """Return the rows that numbers pick which went through splits of their own: the same parts, of these rows."""
    if chosen.origin != rows.origin:
        return Rows(rows.origin, rows.path + chosen.path)
    return chosen if chosen.within(rows) else Rows(rows.origin, (*rows.path, chosen.path[-1]))
