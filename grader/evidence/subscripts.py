"""What indexing gives: a column, several columns, a cut of the rows, or an item of a list."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from grader.evidence.catalog import role_of
from grader.evidence.column_names import by_names, names_picked
from grader.evidence.copies import picked_again
from grader.evidence.results_of_tests import RESULTS, part_of_results
from grader.evidence.rows import covered, derived
from grader.evidence.significance import correlated_with, picked, told_apart
from grader.evidence.tables import (
    FRAME,
    GROUPS,
    LOOKUP,
    NAMES,
    TRANSPOSED,
    at_split_index,
    column_of,
    column_of_groups,
    is_split_index,
    is_table,
    mask_of,
    names_in,
    narrowed,
    select,
    selected,
    some_columns,
)
from grader.evidence.values import UNKNOWN, Taint, Value, bounded

PICKLED = "pickled"  # begins the origin of what was read from a file that may hold a dict of tables
_PART = re.compile(r"(?i)(^|_)(train|tr|test|te|val|valid|validation|dev)(ing)?(_|$)")


def subscript(base: Value, index: Value, key: ast.AST, accessor: str) -> Value:
    """Return `base[index]`; `key` is the index as written, `accessor` "loc", "iloc" or another attribute before it."""
    if base.items is not None and not base.rows:
        return _item(base, index)
    if (some := _told(base, index, accessor)) is not None:
        return some
    if base.type == LOOKUP and not base.rows and (found := _looked_up(base, index, key, accessor)) is not None:
        return found
    if not base.rows:
        told = base.prediction or base.statistic or base.scored
        return base.evolve(items=None, constant=None) if told else Value(loops=base.loops)
    if base.type == TRANSPOSED:
        return base.evolve(rows=narrowed(base.rows, ast.unparse(key)[:200]))
    if accessor in ("loc", "iloc", "iat", "at", "ix") or (isinstance(key, ast.Tuple) and not names_in(index)):
        return _located(base, index, key)
    if index.statistic and not index.rows and is_table(base):
        return selected(base, index)
    names = None if isinstance(index.constant, int) else names_in(index)
    if base.type == GROUPS:
        return column_of_groups(base, names)
    if index.items is not None and names and (base.type or not isinstance(key, ast.Tuple)):
        return select(base, names)
    if names and (is_table(base) or base.columns) and not _is_part_of_file(base, names):
        return column_of(base, next(iter(names)))
    if names:
        return Value(rows=frozenset(derived(rows, "item", next(iter(names))) for rows in base.rows))
    return _rows(base, index, key)


def _told(base: Value, index: Value, accessor: str) -> Value | None:
    """Return what names give that are listed or told by tests, or a table of what tests have said; None elsewhere."""
    if base.type == RESULTS:
        return part_of_results(base, index, accessor)
    return names_picked(base, index) or told_apart(base, index)


def _is_part_of_file(base: Value, names: frozenset[str]) -> bool:
    """Tell whether a file that may hold a dict is asked for one of its tables: `read_pickle(path)["train"]`."""
    origins = (rows.origin for rows in base.rows if not rows.path)
    kept_whole = any(isinstance(origin, tuple) and origin[:1] == (PICKLED,) for origin in origins)
    return kept_whole and all(_PART.search(name) for name in names)


def _looked_up(base: Value, index: Value, key: ast.AST, accessor: str) -> Value | None:
    """Return a column of a table of correlations, or some of the groups of a table of statistics."""
    named = [item.constant for item in (index, *(index.items or ())) if isinstance(item.constant, str)]
    if (index.constant is not None and named) or (accessor == "loc" and len(named) == 1):
        return correlated_with(base, str(named[0]))
    if isinstance(key, ast.Slice) and key.lower is None and key.upper is None:
        return base.evolve(items=None, constant=None)  # all of them, in another order
    if accessor in ("loc", "iloc") or not names_in(index):
        # A cut by place is kept as it is written, so that of two it can be told whether they share a group.
        cut = ast.unparse(key) if isinstance(key, ast.Slice) and base.mask is None else (base.mask, object())
        return base.evolve(items=None, constant=None, mask=cut)
    return None


def _item(base: Value, index: Value) -> Value:
    items = base.items or ()
    if base.keys is not None:
        where = base.keys.index(str(index.constant)) if str(index.constant) in base.keys else None
    else:
        where = index.constant if isinstance(index.constant, int) else None
    if where is not None and -len(items) <= where < len(items):
        return items[where]
    return UNKNOWN


def _located(base: Value, index: Value, key: ast.AST) -> Value:
    """Return `base.loc[rows, columns]`, or `array[rows, columns]`."""
    if not isinstance(key, ast.Tuple) or len(key.elts) < 2 or index.items is None or len(index.items) < 2:
        return _rows(base, index, key, by_place=True)
    table = _rows(base, index.items[0], key.elts[0], by_place=True)
    columns = key.elts[1]
    if isinstance(columns, ast.Slice) and columns.lower is None and columns.upper is None:
        return table
    if (some := by_names(table, index.items[1]) or picked(table, index.items[1])) is not None:
        return some
    if index.items[1].statistic and not index.items[1].rows:
        return selected(table, index.items[1])
    names = names_in(index.items[1])
    numbered = names is not None and any(name.startswith("#") for name in names)
    if names is None or (numbered and base.type.startswith(FRAME)):
        return some_columns(table, most=isinstance(columns, ast.Slice))
    return select(table, names) if index.items[1].items is not None else column_of(table, next(iter(names)))


def _cut(base: Value, key: object, part: str) -> Value:
    """Return some of the rows; of a prediction, what was said of them."""
    said = base.prediction
    if said is not None:
        said = replace(said, rows=narrowed(said.rows, key, part))
    return base.evolve(rows=narrowed(base.rows, key, part), constant=None, prediction=said)


def _is_cluster(mark: Taint) -> bool:
    """Tell whether a mark is that of clusters: rows picked by it are a segment of their own."""
    return mark.event.model is not None and role_of(mark.event.model.type) == "clusterer"


def _of_kept(mark: Taint, base: Value, kept: Value) -> Taint:
    """Return the mark of a comparison with a statistic of the whole table as that of the rows it keeps: a day that
    splits the past from the rest tells nothing of one to the other.
    """
    compares = mark.event.name == "comparison" and covered(base.rows, mark.rows)
    return replace(mark, rows=kept.rows if compares else mark.rows, picks=True)


def _joins_conditions(key: ast.AST) -> bool:
    """Tell whether an operator joins conditions: `a & b`; lists of names are joined by `+`."""
    return isinstance(key, ast.BinOp) and isinstance(key.op, ast.BitAnd | ast.BitOr | ast.BitXor | ast.Mult)


def _rows(base: Value, index: Value, key: ast.AST, *, by_place: bool = False) -> Value:
    if (again := picked_again(base, index)) is not None:
        return again
    if base.prediction and index.prediction and not index.prediction.compared and index.mask is None:
        return base  # how sure a model is of each answer, looked up by the answer
    if isinstance(key, ast.Slice):
        if key.lower is None and key.upper is None and key.step is None:
            return base
        return _cut(base, ast.unparse(key), "slice")
    if isinstance(key, ast.Constant) and key.value is Ellipsis:
        return base
    if is_split_index(index):
        return base.evolve(rows=at_split_index(base.rows, index), constant=None)
    if isinstance(key, ast.Constant | ast.UnaryOp) and type(index.constant) is int:
        return Value(loops=base.loops, prediction=base.prediction)
    is_condition = isinstance(key, ast.Compare | ast.UnaryOp | ast.BoolOp) or _joins_conditions(key)
    if (some := by_names(base, index)) is not None:
        return some
    if index.type not in ("", NAMES) or index.mask is not None or is_condition:
        which = mask_of(index) or object()
        kept = _cut(base, which, "mask").evolve(mask=None)
        known = frozenset(_of_kept(mark, base, kept) for mark in index.taints if not _is_cluster(mark))
        return kept.evolve(taints=bounded(kept.taints | known))  # rows left out by what all of them are like
    # An unknown name: of a frame it picks columns, most likely; of anything else, rows. It picks the same again.
    part = "some" if base.type.startswith(FRAME) and not by_place else "slice"
    kept = base if by_place else some_columns(base)
    return kept.evolve(rows=narrowed(base.rows, index.rows or ast.unparse(key)[:200], part))
