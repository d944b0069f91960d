"""What is said of how columns hang together with the target, and columns that are picked by it.

A test of significance, a correlation, an importance or a coefficient of a fitted model.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import role_of
from grader.evidence.state import Scope
from grader.evidence.tables import LOOKUP, NAMES, is_table, some_columns
from grader.evidence.values import UNKNOWN, Event, Model, Taint, Value, marked, rows_of, statistics_of

_BY_COLUMN = ("f_classif", "f_regression", "chi2")
_DEPENDENCE = ("mutual_info_classif", "mutual_info_regression")
_OF_SAMPLES = ("ttest_ind", "ttest_rel", "mannwhitneyu", "f_oneway", "kruskal", "chi2_contingency", "pearsonr",
               "spearmanr", "kendalltau", "pointbiserialr")  # fmt: skip
PERMUTED = "permutation_importance"
TESTS = frozenset((*_BY_COLUMN, *_DEPENDENCE, *_OF_SAMPLES))
OF_A_FIT = ("pvalues", "tvalues")
_MODULES = ("scipy.stats.", "sklearn.feature_selection.", "sklearn.inspection.")
_OF_MODELS = ("feature_importances_", "coef_", "feature_importance", "get_feature_importance", "get_score",
              "get_fscore")  # fmt: skip
_OF_SELECTORS = ("support_", "support_weak_", "ranking_", "scores_", "pvalues_", "k_feature_names_", "k_feature_idx_",
                 "get_support", "get_feature_names_out")  # fmt: skip
ANSWERS = frozenset((*_OF_MODELS, *_OF_SELECTORS))
_LISTING = ("append", "add", "remove", "discard", "extend")


def is_test(name: str) -> bool:
    """Tell whether a function of a library says how columns hang together with the target."""
    last = name.rpartition(".")[2]
    return name.startswith(_MODULES) and (last in TESTS or last == PERMUTED)


def tested(site: CallSite) -> Value:
    """Return what a test gives: numbers that know the rows it saw, unless it compares with test rows."""
    rows = rows_of(site.table_arguments()) | statistics_of(site.values)
    if not rows or any(part == "test" for one in rows for _, part in one.path):
        return UNKNOWN
    event = site.state.record("fill", site.node, site.name, rows=rows)
    told = Value(type=LOOKUP, statistic=rows, taints=frozenset({Taint(event, rows)}), loops=site.loops)
    if site.method in _DEPENDENCE or site.method == PERMUTED:
        return told
    return told.evolve(items=(told,) * (4 if site.method == "chi2_contingency" else 2))


def says_of_columns(model: Model, name: str) -> bool:
    """Tell whether an attribute or a method of a model says something of each column: a selector's `support_`, but not
    the `support_` of a machine of support vectors, which are rows.
    """
    return name in _OF_MODELS or (name in _OF_SELECTORS and role_of(model.type) == "selector")


def answered(model: Model, name: str) -> Value:
    """Return what a fitted model says of its columns: it knows the rows of the fit."""
    fit = fit_behind(model)
    if fit is None or not fit.rows:
        return UNKNOWN
    event = model.answers.setdefault((fit, name), replace(fit, name=f"{model.type}.{name}"))
    return Value(type=LOOKUP, statistic=fit.rows, taints=frozenset({Taint(event, fit.rows)}))


def fit_behind(model: Model) -> Event | None:
    """Return a model's last fit; of `SelectFromModel(model, prefit=True)`, that of the model it was given."""
    if model.fits:
        return model.fits[-1]
    prefit = model.settings.get("prefit")
    if prefit is None or prefit.constant is not True:
        return None
    return next((part.model.fits[-1] for part in model.parts if part.model and part.model.fits), None)


def correlated(site: CallSite) -> Value:
    """Return the correlations of a table's columns, or of two columns: those with the target tell columns apart."""
    table, other = site.receiver, site.argument(0, "other")
    which = {"features": table, "target": other} if other is not None and other.rows else {}
    event = site.state.record("fill", site.node, site.name, rows=table.rows, **which)
    return Value(type=LOOKUP, statistic=table.rows, taints=marked(table, Taint(event, table.rows)))


def correlated_with(correlations: Value, name: str) -> Value:
    """Return one column of a table of correlations: how the others hang together with that one."""
    column = Value(column=name)
    marks = (mark for mark in correlations.taints if _is_matrix(mark.event))
    told = (replace(mark, event=replace(mark.event, target=column)) for mark in marks)
    return correlations.evolve(taints=marked(correlations, *told), items=None, constant=None)


def _is_matrix(event: Event) -> bool:
    return _is_correlation(event) and event.target is None


def _is_correlation(event: Event) -> bool:
    return event.kind == "fill" and event.name.rpartition(".")[2] in ("corr", "corrwith")


def told_by(values: Iterable[Value]) -> frozenset[Taint]:
    """Return the marks on any of `values` that tell columns apart."""
    return frozenset(mark for value in values for mark in value.taints if _tells(mark.event))


def _tells(event: Event) -> bool:
    if event.kind == "fit":
        by_answer = event.name.rpartition(".")[2] in ANSWERS
        return by_answer or (event.model is not None and role_of(event.model.type) == "statistical")
    return event.kind == "fill" and (is_test(event.name) or (_is_correlation(event) and event.target is not None))


def is_of_other_columns(event: Event, target: str | None) -> bool:
    """Tell whether an event correlates columns neither of which is known to be the target."""
    if not _is_correlation(event) or event.target is None:
        return False
    named = {side.column for side in (event.features, event.target) if side is not None}
    return target is None or target not in named


def names_told_by(marks: frozenset[Taint]) -> Value:
    """Return names of columns that tests have told from others."""
    return Value(type=LOOKUP, statistic=frozenset(one for mark in marks for one in mark.rows), taints=marks)


def paired(told: Value) -> Value | None:
    """Return the pairs of `told.items()`, a name and what is said of it; None where nothing tells columns apart."""
    marks = told_by([told])
    return Value(each=Value(items=(UNKNOWN, names_told_by(marks)))) if marks and not told.rows else None


def picked_one(source: Value, element: Value) -> Value:
    """Return an item of `source`, told from others where `source` is but some of what it was cut from."""
    marks = told_by([source]) if source.mask is not None and not source.rows else frozenset()
    return names_told_by(marks) if marks else element


def picked(table: Value, names: Value) -> Value | None:
    """Return the columns of a table that tests have picked, or left; None where the names are no tests' to tell."""
    marks = told_by((names, *(names.items or ())))
    origins = {one.origin for one in names.rows}
    if not marks or not is_table(table) or any(one.origin in origins for one in table.rows):
        return None
    return some_columns(table).evolve(taints=marked(table, *marks))


def told_apart(base: Value, names: Value) -> Value | None:
    """Return `base[names]` where tests have told the names: columns of a table, or names of `X.columns[p < 0.05]`."""
    if ((not base.type and not base.rows) or base.type == NAMES) and (marks := told_by([names])):
        return names_told_by(marks)
    if base.each is not None and (marks := told_by(base.each.items or ())):
        return base.evolve(each=Value(items=(names_told_by(marks),) * len(base.each.items or ())))
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
