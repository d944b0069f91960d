"""Tables of what tests have said of columns, one a row: `pd.DataFrame([{"feature": name, "p": p}, ...])`.

Only a column that holds what a test has said tells rows apart; how many levels a feature has, say, does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from grader.evidence.callsite import CallSite
from grader.evidence.significance import names_told_by, told_by
from grader.evidence.tables import names_in
from grader.evidence.values import UNKNOWN, Value

RESULTS = "results of tests"
_WORD = re.compile(r"[A-Za-z_]\w*")
_SAME = ("sort_values", "reset_index", "set_index", "copy", "round", "dropna", "head", "tail", "sort_index", "fillna")


def results_of_tests(data: Value | None) -> Value | None:
    """Return the table that is made of a list of dicts or of a dict of lists; None where no test has said any of it."""
    if data is None or data.items is None:
        return None
    rows = [data] if data.keys is not None else [row for row in data.items if row.keys is not None]
    cells = [pair for row in rows for pair in zip(row.keys or (), row.items or (), strict=False)]
    marks = {replace(mark, columns=frozenset({key})) for key, cell in cells for mark in told_by(_parts(cell))}
    return Value(type=RESULTS, taints=frozenset(marks), loops=data.loops) if marks else None


def _parts(cell: Value) -> list[Value]:
    return [cell, *(cell.items or ())]


def part_of_results(results: Value, index: Value, accessor: str) -> Value:
    """Return `results[index]`, by `loc` or another `accessor`: a column, or rows that what tests have said picks."""
    if marks := told_by(_parts(index)):
        return names_told_by(marks)
    column = index.items[1] if accessor == "loc" and index.items is not None and len(index.items) == 2 else index
    return column_of_results(results, {column.constant}) if isinstance(column.constant, str) else results


def column_of_results(results: Value, names: Iterable[str]) -> Value:
    """Return columns of the table: what tests have said, or anything else."""
    wanted = frozenset(names)
    marks = frozenset(replace(mark, columns=None) for mark in results.taints if wanted & (mark.columns or wanted))
    return names_told_by(marks) if marks else Value(loops=results.loops)


def method_of_results(site: CallSite) -> Value:
    """Return what a method of such a table gives: the table, or rows that are picked by what tests have said."""
    table = site.receiver
    match site.method:
        case "query":
            text = site.argument(0, "expr") or UNKNOWN
            return _picked(table, _WORD.findall(text.constant) if isinstance(text.constant, str) else [])
        case "nlargest" | "nsmallest":
            return _picked(table, names_in(site.argument(1, "columns")) or [])
        case "iterrows":
            return Value(each=Value(items=(UNKNOWN, table)), loops=table.loops)
    return table if site.method in _SAME else Value(loops=table.loops)


def _picked(table: Value, names: Iterable[str]) -> Value:
    told = column_of_results(table, names)
    return told if told.taints else table
