"""Where the code names a column, and what it does with it there: looks, changes, chooses rows by it, or predicts it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from grader.evidence.catalog import kind_of
from grader.evidence.column_loops import columns_in_loops
from grader.evidence.names import last_name, root_name
from grader.evidence.parsing import Unit
from grader.evidence.predicted_columns import predicted_columns
from grader.evidence.showing import SHOWN, beside_predictions, is_figure, is_shown, shown_names
from grader.evidence.spans import span_of
from grader.evidence.targets import SERIES, given_targets, series_named, texts_in_loops
from grader.model import ColumnUse
from grader.model.steps import ColumnAction

MAX_USES = 3000
_MAX_NAME = 100
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PLOTTERS = frozenset(("plt", "sns", "px", "ax", "axes", "go", "msno"))
_PICTURES = frozenset(("plot_acf", "plot_pacf", "lag_plot", "autocorrelation_plot", "month_plot", "quarter_plot"))
# What these are given is scored, learned or predicted, not shown; nor is what stands beside predictions.
_USING = re.compile(
    r"(_score|_error|_loss|_curve|confusion_matrix|classification_report)$|^(score|fit|predict\w*|evaluate|cross_val\w*)$"
)
_AXES = frozenset(("x", "y", "hue", "col", "column", "columns", "by", "values", "index", "subset", "names"))
_CHANGING = frozenset(
    ("drop", "fillna", "replace", "clip", "map", "dropna", "astype", "apply", "cut", "qcut", "to_datetime",
     "to_numeric", "log", "log1p", "sqrt", "where", "mask", "get_dummies", "drop_duplicates", "interpolate",
     "ffill", "bfill", "query", "isin", "between", "pop", "set_index", "winsorize")
)  # fmt: skip
_MASKS = frozenset(("isna", "isnull", "notna", "notnull", "duplicated"))
_BESIDE = ("title", "label", "labels", "name")
_OTHER_STRINGS = frozenset(("replace", "fillna", "map", "isin", "query"))  # what these are given is no column
_SAME = frozenset(("values", "array", "str", "cat", "dt", "iloc", "loc", "ix"))  # what follows a column and is of it
_AROUND = frozenset(("log", "log1p", "sqrt", "array", "asarray", "Series", "to_categorical", "fit_transform"))
_TARGET = re.compile(r"(?i)^(y|target|labels?|y_all|y_full|y_data)$")


@dataclass(frozen=True)
class _Place:
    """What surrounds a node: what constants and names stand for, the function, and what is done with columns there."""

    constants: Mapping[str, str]
    predicted: frozenset[str]
    function: str = ""
    action: ColumnAction = "read"
    strings: bool = False
    shown: frozenset[str] = frozenset()  # the variables that are printed
    choosing: bool = False  # rows are chosen: between the brackets of a table
    checking: bool = False  # something is only checked: in a condition
    each: Mapping[str, Sequence[str]] = field(default_factory=dict)  # the texts that a loop's variable stands for


def read_columns(units: Iterable[Unit], predicted: Mapping[str, frozenset[str]]) -> tuple[ColumnUse, ...]:
    """Return the places that name a column by a literal, in the order of the code, at most 3,000.

    `predicted` are the variables that each file predicts. Columns written from predictions and loops over all
    columns come last.
    """
    found: list[ColumnUse] = []
    read = list(units)
    constants = _constants(read)
    each = texts_in_loops(read)
    for unit in read:
        try:
            names = predicted.get(unit.source.path, frozenset())
            place = _Place(constants, names, shown=frozenset(shown_names(unit)), each=each[unit.source.path])
            found += islice(_below(unit, unit.tree, place), MAX_USES - len(found))
        except RecursionError:
            continue
    targets = frozenset(use.column for use in found if use.action == "target")
    return tuple([*found, *predicted_columns(read), *columns_in_loops(read, targets, constants)][:MAX_USES])


def _below(unit: Unit, node: ast.AST, place: _Place) -> Iterator[ColumnUse]:
    if isinstance(node, _DEFINITIONS):
        function = f"{place.function}.{node.name}" if place.function else node.name
        place = replace(place, function=function, action="read", strings=False)
    elif isinstance(node, ast.Assign):
        yield from _assigned(unit, node, place)
        return
    elif isinstance(node, ast.Call):
        yield from _called(unit, node, place)
        return
    elif isinstance(node, ast.Subscript):
        yield from _subscript(unit, node, place)
        return
    elif isinstance(node, ast.Constant):
        if place.strings and isinstance(node.value, str):
            yield _use(unit, node, node.value, place)
        return
    elif isinstance(node, ast.Name):
        if place.strings and node.id in place.constants:
            yield _use(unit, node, place.constants[node.id], place)
        return
    elif isinstance(node, ast.Expr) and is_shown(unit, node):
        place = replace(place, action="looked")
    elif isinstance(node, ast.BinOp | ast.Compare) and place.action == "looked" and beside_predictions(node):
        place = replace(place, action="read")
    for child in ast.iter_child_nodes(node):
        checking = place.checking or child is getattr(node, "test", None)  # of an if, a while, an assert
        yield from _below(unit, child, replace(place, checking=checking) if checking else place)


def _assigned(unit: Unit, node: ast.Assign, place: _Place) -> Iterator[ColumnUse]:
    for target in node.targets:
        for name, value in _pairs(target, node.value):
            if _is_predicted(name, place):
                yield from _target(unit, value, place)
        if isinstance(target, ast.Subscript):
            yield from _below(unit, target, replace(place, action="changed"))
            if isinstance(node.value, ast.Name) and node.value.id in place.predicted:  # `table["risk"] = y`
                names = _names(target.slice, place.constants)
                yield from (_use(unit, target, name, replace(place, action="target")) for name in names)
    shown = any(isinstance(target, ast.Name) and target.id in place.shown for target in node.targets)
    yield from _below(unit, node.value, replace(place, action="looked") if shown and is_figure(node.value) else place)


def _is_predicted(target: ast.expr, place: _Place) -> bool:
    """Tell whether what is bound is what is predicted: a variable, or the column of a series to go on with."""
    if isinstance(target, ast.Subscript):
        return _names(target.slice, place.constants) == [SERIES]
    return isinstance(target, ast.Name) and bool(target.id in place.predicted or _TARGET.match(target.id))


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def _target(unit: Unit, value: ast.expr, place: _Place) -> Iterator[ColumnUse]:
    """Yield the column that `y` is made from: `df["y"]`, `df.y`, `df.pop("y")`, with what follows it or is around."""
    inner = value
    while True:
        if isinstance(inner, ast.Subscript) and (names := _names_of_target(inner.slice, place)):
            yield from (_use(unit, value, name, replace(place, action="target")) for name in names)
            return
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            if inner.func.attr == "pop" and inner.args and (names := _names(inner.args[0], place.constants)):
                yield _use(unit, value, names[0], replace(place, action="target"))
                return
            around = inner.func.attr in _AROUND and isinstance(inner.func.value, ast.Name) and inner.args
            inner = inner.args[0] if around else inner.func.value
        elif isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.Slice):  # `df["sales"][:-12]`
            inner = inner.value
        elif isinstance(inner, ast.Attribute):
            if isinstance(inner.value, ast.Name) and inner.value.id in ("self", "cls"):
                return
            if inner.attr not in _SAME:
                yield _use(unit, value, inner.attr, replace(place, action="target"))
                return
            inner = inner.value
        elif isinstance(inner, ast.Compare):
            inner = inner.left
        else:
            return


def _names_of_target(node: ast.expr, place: _Place) -> Sequence[str]:
    """Return the columns that a subscript names, or a loop's variable stands for, one after the other."""
    each = place.each.get(node.id, ()) if isinstance(node, ast.Name) else ()
    return each or _names(node, place.constants)


def _called(unit: Unit, node: ast.Call, place: _Place) -> Iterator[ColumnUse]:
    name = last_name(node.func)
    for given in given_targets(node):
        if not isinstance(given, ast.Attribute) or given.attr in _SAME:  # of `data.y_train` nobody knows the column
            yield from _target(unit, given, place)
    yield from (_use(unit, node, column, replace(place, action="target")) for column in series_named(node))
    inside = replace(place, action=_action(node, name, place))
    yield from _below(unit, node.func, inside)
    strings = inside.action != "read" and name not in _OTHER_STRINGS and name not in SHOWN
    drawn = root_name(node.func) in _PLOTTERS
    for argument in node.args:
        yield from _below(unit, argument, replace(inside, strings=strings and not drawn))
    for keyword in node.keywords:
        yield from _below(unit, keyword.value, replace(inside, strings=strings and keyword.arg in _AXES))


def _shown_by(node: ast.Call) -> list[ast.AST]:
    """Return what is shown: the table and what is given, without what is only written beside it."""
    return [node.func, *node.args, *(k.value for k in node.keywords if k.arg not in _BESIDE)]


def _subscript(unit: Unit, node: ast.Subscript, place: _Place) -> Iterator[ColumnUse]:
    yield from _below(unit, node.value, replace(place, strings=False))
    filtered = any(isinstance(part, ast.Compare) for part in ast.walk(node.slice))
    action: ColumnAction = "changed" if filtered and place.action == "read" else place.action
    if names := _names(node.slice, place.constants):
        yield from (_use(unit, node, name, replace(place, action=action)) for name in names)
    else:
        yield from _below(unit, node.slice, replace(place, action=action, strings=False, choosing=True))


def _action(node: ast.Call, name: str, place: _Place) -> ColumnAction:
    if name in SHOWN:
        return "looked"
    if _USING.search(name):
        return "read"
    if name in _MASKS and place.choosing and place.action != "looked":
        return "changed"
    if root_name(node.func) in _PLOTTERS or name in _PICTURES or kind_of(f".{name}") in ("explore", "plot"):
        return "read" if place.checking or beside_predictions(*_shown_by(node)) else "looked"
    if name in ("groupby", "agg", "mean", "median", "std", "quantile") and place.action == "looked":
        return "looked"
    return "changed" if name in _CHANGING and place.action != "looked" else place.action


def _constants(units: Iterable[Unit]) -> dict[str, str]:
    """Return the texts that names in capitals stand for (`TARGET = "churn"`), whichever file they are set in."""
    found = {}
    for node in (node for unit in units for node in unit.tree.body if isinstance(node, ast.Assign)):
        for target in node.targets:
            text = node.value.value if isinstance(node.value, ast.Constant) else None
            if isinstance(target, ast.Name) and target.id.isupper() and isinstance(text, str):
                found[target.id] = text
    return found


def _names(node: ast.expr, constants: Mapping[str, str]) -> list[str]:
    """Return the columns a subscript names: a string, a list of them, or the last part of `loc[rows, column]`."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.Name):
        return [constants[node.id]] if node.id in constants else []
    if isinstance(node, ast.List):
        return [name for item in node.elts[:50] if not isinstance(item, ast.List) for name in _names(item, constants)]
    if isinstance(node, ast.Tuple) and node.elts:
        return _names(node.elts[-1], constants)
    return []


def _use(unit: Unit, node: ast.AST, column: str, place: _Place) -> ColumnUse:
    return ColumnUse(column=column[:_MAX_NAME], action=place.action, span=span_of(unit, node), function=place.function)
