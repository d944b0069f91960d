"""Tests of how columns hang together with the target, and columns that are picked by what they say."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import role_of
from grader.evidence.state import Scope
from grader.evidence.tables import LOOKUP, is_table, some_columns
from grader.evidence.values import UNKNOWN, Taint, Value, marked, rows_of, statistics_of

_BY_COLUMN = ("f_classif", "f_regression", "chi2")
_DEPENDENCE = ("mutual_info_classif", "mutual_info_regression")
_OF_SAMPLES = ("ttest_ind", "ttest_rel", "mannwhitneyu", "f_oneway", "kruskal", "chi2_contingency", "pearsonr",
               "spearmanr", "kendalltau", "pointbiserialr")  # fmt: skip
TESTS = frozenset((*_BY_COLUMN, *_DEPENDENCE, *_OF_SAMPLES))
OF_A_FIT = ("pvalues", "tvalues")
_MODULES = ("scipy.stats.", "sklearn.feature_selection.")
_LISTING = ("append", "add", "remove", "discard", "extend")


def is_test(name: str) -> bool:
    """Tell whether a function of a library is a test of significance."""
    return name.startswith(_MODULES) and name.rpartition(".")[2] in TESTS


def tested(site: CallSite) -> Value:
    """Return what a test gives: numbers that know the rows it saw, unless it compares with test rows."""
    rows = rows_of(site.table_arguments()) | statistics_of(site.values)
    if not rows or any(part == "test" for one in rows for _, part in one.path):
        return UNKNOWN
    event = site.state.record("fill", site.node, site.name, rows=rows)
    told = Value(type=LOOKUP, statistic=rows, taints=frozenset({Taint(event, rows)}), loops=site.loops)
    if site.method in _DEPENDENCE:
        return told
    return told.evolve(items=(told,) * (4 if site.method == "chi2_contingency" else 2))


def told_by(values: Iterable[Value]) -> frozenset[Taint]:
    """Return the marks of tests on any of `values`."""
    return frozenset(mark for value in values for mark in value.taints if _is_of_test(mark))


def _is_of_test(mark: Taint) -> bool:
    event = mark.event
    if event.kind == "fit":
        return event.model is not None and role_of(event.model.type) == "statistical"
    return event.kind == "fill" and is_test(event.name)


def names_told_by(marks: frozenset[Taint]) -> Value:
    """Return names of columns that tests have told from others."""
    return Value(type=LOOKUP, statistic=frozenset(one for mark in marks for one in mark.rows), taints=marks)


def picked(table: Value, names: Value) -> Value | None:
    """Return the columns of a table that tests have picked, or left; None where the names are no tests' to tell."""
    marks = told_by((names, *(names.items or ())))
    origins = {one.origin for one in names.rows}
    if not marks or not is_table(table) or any(one.origin in origins for one in table.rows):
        return None
    return some_columns(table).evolve(taints=marked(table, *marks))


def told_apart(base: Value, names: Value) -> Value | None:
    """Return `base[names]` where tests have told the names: columns of a table, or names of `X.columns[p < 0.05]`."""
    if not base.type and not names.rows and (marks := told_by([names])):
        return names_told_by(marks)
    return picked(base, names)


def pick_in_branch(node: ast.If, marks: frozenset[Taint], scope: Scope) -> None:
    """Mark what a branch on a test's answer has put onto a list of names, or dropped from a table."""
    for name, listed in _touched((*node.body, *node.orelse)) if marks else ():
        value = scope.find(name)
        if value is None:
            continue
        if listed and not is_table(value):
            scope.names[name] = names_told_by(marks)
        elif not listed and is_table(value):
            scope.names[name] = some_columns(value).evolve(taints=marked(value, *marks))


def _touched(body: Iterable[ast.stmt]) -> Iterator[tuple[str, bool]]:
    """Yield the names that statements put on a list (True), or drop columns of (False)."""
    for statement in body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=[given, *_])):
                if method in _LISTING and not isinstance(given, ast.Constant):
                    yield name, True
                elif method == "drop":
                    yield name, False
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Call(func=ast.Attribute(value=ast.Name(id=old), attr="drop"))
            ):
                if name == old:
                    yield name, False
