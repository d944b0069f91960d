"""What functions give that put tables together, cut them up, or draw rows of them."""

from __future__ import annotations

from collections.abc import Callable

from grader.evidence.callsite import CallSite
from grader.evidence.column_sets import Columns
from grader.evidence.copies import drawn_again, numbers_drawn, repeated, stacked
from grader.evidence.cuts import PIECE
from grader.evidence.learning import learned
from grader.evidence.lists import as_table
from grader.evidence.passing import passed_on
from grader.evidence.said import said_of
from grader.evidence.significance import names_told_by, told_by
from grader.evidence.table_methods import joined
from grader.evidence.tables import ARRAY, FRAME, column_of, names_in, narrowed, without
from grader.evidence.values import NONE, UNKNOWN, Value, flattened, taints_of

_STACKERS = {"concat", "concatenate", "vstack", "append", "r_"}
_SIDE_BY_SIDE = {"hstack", "column_stack", "c_"}


def _stacked(site: CallSite) -> Value:
    tables = site.table_arguments()
    if not tables:
        marks = told_by(flattened(site.values))
        return names_told_by(marks) if marks else site.fresh()
    if site.along_columns() or site.method in _SIDE_BY_SIDE:
        base = tables[0].columns
        columns = Columns(base.base, known=False) if base else None
        return tables[0].evolve(
            taints=taints_of(tables), columns=columns, column=None, items=None,
            prediction=said_of(tables),
            answers=frozenset(pair for table in tables for pair in table.answers),
        )  # fmt: skip
    rows, taints = site.rows_and_taints()
    return stacked(site, tables, tables[0].evolve(rows=rows, taints=taints, items=None))


def _merged(site: CallSite) -> Value:
    """Return `pandas.merge(left, right)` as `left.merge(right)`, or the other way round where the left has no rows."""
    given = [site.argument(0, "left") or UNKNOWN, site.argument(1, "right") or UNKNOWN]
    if given[1].rows and not given[0].rows:
        given.reverse()
    others = {name: value for name, value in site.keywords.items() if name not in ("left", "right")}
    name = f"{given[0].type or 'pandas.DataFrame'}.merge"
    return joined(CallSite(site.node, name, given[1:], others, site.scope, site.state, given[0])).evolve(type=FRAME)


def _cut_up(site: CallSite) -> Value:
    """Return the parts of `numpy.split(table, [first, second])`."""
    table, places = site.argument(0, "ary"), site.argument(1, "indices_or_sections")
    if table is None or not table.rows or places is None or places.items is None:
        return passed_on(site)
    key = site.state.birth()
    parts = range(len(places.items) + 1)
    return Value(items=tuple(table.evolve(rows=narrowed(table.rows, (PIECE, key, part))) for part in parts))


def _sliced(site: CallSite) -> Value:
    """Return `tf.data.Dataset.from_tensor_slices((X, y))`: rows of the features, with what was computed into these."""
    given = site.argument(0, "tensors", "datasets") or UNKNOWN
    features = given.items[0] if given.items and given.keys is None and len(given.items) > 1 else given
    table = as_table(features)
    return Value(type=ARRAY, rows=table.rows, taints=table.taints) if table.rows else passed_on(site)


def _batched(site: CallSite) -> Value:
    """Return `TimeseriesGenerator(data, targets, length)`: windows of all the rows, with answers beside them."""
    table = site.argument(0, "data") or UNKNOWN
    if not table.rows:
        return passed_on(site)
    is_part = not {"start_index", "end_index", "sampling_rate", "subset"}.isdisjoint(site.keywords)
    return Value(type=ARRAY, rows=narrowed(table.rows, object()) if is_part else table.rows, taints=table.taints)


def _made_numeric(site: CallSite) -> Value:
    """Return what fastai's `proc_df(table, target)` gives: the features, gaps filled with medians, and the answers."""
    table, target = site.argument(0, "df") or UNKNOWN, names_in(site.argument(1, "y_fld"))
    filled = table if "na_dict" in site.keywords else learned(site, table)
    features = without(filled, target) if target else filled
    answers = column_of(table, next(iter(target))) if target else NONE
    return Value(items=(features, answers, UNKNOWN))


def _shuffled(site: CallSite) -> Value:
    """Return the same rows in another order."""
    tables = site.arguments
    return tables[0] if len(tables) == 1 else Value(items=tuple(tables))


def _resampled(site: CallSite) -> Value:
    if site.name != "sklearn.utils.resample":
        return site.fresh()
    made = [drawn_again(site, table) for table in site.table_arguments()]
    return made[0] if len(made) == 1 else Value(items=tuple(made))


def _numbers(site: CallSite) -> Value:
    """Return numbers, labels or values drawn by chance: several of them with replacement, unless that is ruled out."""
    drawn = passed_on(site)
    several = site.argument(2 if site.method == "randint" else 1, "size", "k")
    replace = site.argument(2, "replace") if site.method == "choice" else None
    written_out = bool(site.arguments) and site.arguments[0].items is not None  # [True, False] are no row numbers
    if several is None or several == NONE or written_out or (replace is not None and replace.constant is not True):
        return drawn
    return numbers_drawn(site, drawn)


def _repeated(site: CallSite) -> Value:
    made = passed_on(site)
    axis = site.argument(2, "axis")
    whole = axis is not None and axis.constant == 0 and bool(made.rows)
    return repeated(site, made, site.argument(1, "repeats")) if whole else made


ARRANGING: dict[str, Callable[[CallSite], Value]] = {
    **dict.fromkeys(tuple(_STACKERS | _SIDE_BY_SIDE), _stacked),
    **dict.fromkeys(("pandas.merge", "pandas.merge_asof", "pandas.merge_ordered"), _merged),
    **dict.fromkeys(("numpy.split", "numpy.array_split", "numpy.vsplit"), _cut_up),
    **dict.fromkeys(("from_tensor_slices", "tensorflow.data.Dataset.zip"), _sliced),
    **dict.fromkeys(("TimeseriesGenerator", "timeseries_dataset_from_array"), _batched),
    "proc_df": _made_numeric,
    "sklearn.utils.shuffle": _shuffled,
    "resample": _resampled,
    **dict.fromkeys(("numpy.random.choice", "numpy.random.randint", "random.choices"), _numbers),
    "numpy.repeat": _repeated,
}
