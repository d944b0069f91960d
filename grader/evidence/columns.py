"""Where the code names a column, and what it does with it there: looks, changes, chooses rows by it, or predicts it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from grader.evidence.catalog import kind_of
from grader.evidence.column_loops import columns_in_loops
from grader.evidence.named_texts import Texts, texts_in_turn, texts_of_files, texts_within
from grader.evidence.names import last_name, root_name
from grader.evidence.parsing import Unit
from grader.evidence.predicted_columns import predicted_columns
from grader.evidence.showing import SHOWN, beside_predictions, is_figure, is_shown, shown_names
from grader.evidence.spans import span_of
from grader.evidence.targets import SERIES, given_targets, series_named
from grader.model import ColumnUse
from grader.model.steps import ColumnAction

MAX_USES = 3000
_MAX_NAME = 100
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LOOPS = (ast.For, ast.ListComp, ast.SetComp, ast.GeneratorExp)
_PLOTTERS = frozenset(("plt", "sns", "px", "ax", "axes", "go", "msno"))
_PICTURES = frozenset(("plot_acf", "plot_pacf", "lag_plot", "autocorrelation_plot", "month_plot", "quarter_plot"))
# What these are given is scored, learned or predicted, not shown; nor is what stands beside predictions.
_USING = re.compile(
    r"(_score|_error|_loss|_curve|confusion_matrix|classification_report)$|^(score|fit|predict\w*|evaluate|cross_val\w*)$"
)
_NO_TABLES = _PLOTTERS | {"np", "pd", "self", "cls"}
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
_OF_TABLES = _SAME | {"T", "axes", "columns", "dtypes", "empty", "index", "ndim", "plot", "shape", "size", "style"}
_AROUND = frozenset(("log", "log1p", "sqrt", "array", "asarray", "Series", "to_categorical", "fit_transform"))
_TARGET = re.compile(r"(?i)^(y|target|labels?|y_all|y_full|y_data)$")


@dataclass(frozen=True)
class _Place:
    """What surrounds a node: what constants and names stand for, the function, and what is done with columns there."""

    constants: Texts
    predicted: frozenset[str]
    function: str = ""
    action: ColumnAction = "read"
    strings: bool = False
    shown: frozenset[str] = frozenset()  # the variables that are printed
    choosing: bool = False  # rows are chosen: between the brackets of a table
    checking: bool = False  # something is only checked: in a condition
    looped: frozenset[str] = frozenset()  # the variables of the loops around
    written: frozenset[str] = frozenset()  # the texts of the file, of which `table.name` may be one


def read_columns(units: Iterable[Unit], predicted: Mapping[str, frozenset[str]]) -> tuple[ColumnUse, ...]:
    """Return the places that name a column, in the order of the code, at most 3,000: by a literal, or by a name or an
    attribute that stands for one.

    `predicted` are the variables that each file predicts. Columns written from predictions and loops over all
    columns come last.
    """
    found: list[ColumnUse] = []
    read = list(units)
    constants, written = texts_of_files(read), _written(read)
    for unit in read:
        try:
            path, shown = unit.source.path, frozenset(shown_names(unit))
            names = predicted.get(path, frozenset())
            place = _Place(constants[path], names, shown=shown, written=frozenset(written[path]))
            found += islice(_below(unit, unit.tree, place), MAX_USES - len(found))
        except RecursionError:
            continue
    targets = frozenset(use.column for use in found if use.action == "target")
    return tuple([*found, *predicted_columns(read), *columns_in_loops(read, targets, constants)][:MAX_USES])


def _below(unit: Unit, node: ast.AST, place: _Place) -> Iterator[ColumnUse]:
    match node:
        case ast.Assign():
            yield from _assigned(unit, node, place)
        case ast.Call():
            yield from _called(unit, node, place)
        case ast.Subscript():
            yield from _subscript(unit, node, place)
        case ast.Constant() | ast.Name():
            yield from _uses(unit, node, _names(node, place.constants) if place.strings else (), place)
        case ast.Attribute() if place.action in ("looked", "changed") and _is_column(node, place):
            yield _use(unit, node, node.attr, place)
        case _:
            place = _within(unit, node, place)
            for child in ast.iter_child_nodes(node):
                checking = place.checking or child is getattr(node, "test", None)  # of an if, a while, an assert
                yield from _below(unit, child, replace(place, checking=checking) if checking else place)


def _within(unit: Unit, node: ast.AST, place: _Place) -> _Place:
    """Return what surrounds the parts of a node."""
    if isinstance(node, _DEFINITIONS):
        function = f"{place.function}.{node.name}" if place.function else node.name
        constants = texts_within(node, place.constants)
        return replace(place, constants=constants, function=function, action="read", strings=False)
    if isinstance(node, _LOOPS):
        constants = {**place.constants, **_in_turn(node, place.constants)}
        return replace(place, constants=constants, looped=place.looped | _looped(node))
    if isinstance(node, ast.comprehension | ast.DictComp):  # of types, say: `{name: float for name in names}`
        return replace(place, strings=False)
    if isinstance(node, ast.Expr) and is_shown(unit, node):
        return replace(place, action="looked")
    if isinstance(node, ast.BinOp | ast.Compare) and place.action == "looked" and beside_predictions(node):
        return replace(place, action="read")
    return place


def _assigned(unit: Unit, node: ast.Assign, place: _Place) -> Iterator[ColumnUse]:
    for target in node.targets:
        for name, value in _pairs(target, node.value):
            if _is_predicted(name, place):
                yield from _target(unit, value, place)
        if isinstance(target, ast.Subscript):
            yield from _below(
                unit, target, place if _all_alike(node, target, place) else replace(place, action="changed")
            )
            if isinstance(node.value, ast.Name) and node.value.id in place.predicted:  # `table["risk"] = y`
                yield from _uses(unit, target, _names(target.slice, place.constants), replace(place, action="target"))
        elif isinstance(target, ast.Attribute):
            yield from _below(unit, target, replace(place, action="changed"))
    shown = any(isinstance(target, ast.Name) and target.id in place.shown for target in node.targets)
    yield from _below(unit, node.value, replace(place, action="looked") if shown and is_figure(node.value) else place)


def _is_predicted(target: ast.expr, place: _Place) -> bool:
    """Tell whether what is bound is what is predicted: a variable, or the column of a series to go on with."""
    if isinstance(target, ast.Subscript):
        return _names(target.slice, place.constants) == [SERIES]
    return isinstance(target, ast.Name) and bool(target.id in place.predicted or _TARGET.match(target.id))


def _all_alike(node: ast.Assign, target: ast.Subscript, place: _Place) -> bool:
    """Tell whether a whole list of columns is put through one step, as a scaler is given all features."""
    column = target.slice.elts[-1] if isinstance(target.slice, ast.Tuple) and target.slice.elts else target.slice
    step = last_name(node.value.func) if isinstance(node.value, ast.Call) else ""
    is_list = isinstance(column, ast.Name) and len(place.constants.get(column.id, ())) > 1
    return is_list and step in ("transform", "fit_transform")


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def _target(unit: Unit, value: ast.expr, place: _Place) -> Iterator[ColumnUse]:
    """Yield the column that `y` is made from: `df["y"]`, `df.y`, `df.pop("y")`, with what follows it or is around."""
    inner = value
    while True:
        if isinstance(inner, ast.Subscript) and (names := _names(inner.slice, place.constants)):
            yield from _uses(unit, value, names, replace(place, action="target"))
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


def _called(unit: Unit, node: ast.Call, place: _Place) -> Iterator[ColumnUse]:
    name = last_name(node.func)
    for given in given_targets(node):
        if not isinstance(given, ast.Attribute) or given.attr in _SAME:  # of `data.y_train` nobody knows the column
            yield from _target(unit, given, place)
    yield from (_use(unit, node, column, replace(place, action="target")) for column in series_named(node))
    inside = replace(place, action=_action(node, name, place))
    yield from _below(unit, node.func.value if isinstance(node.func, ast.Attribute) else node.func, inside)
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
    filtered = any(_filters(part, place.looped) for part in ast.walk(node.slice))
    action: ColumnAction = "changed" if filtered and place.action == "read" else place.action
    if names := _names(node.slice, place.constants):
        yield from _uses(unit, node, names, replace(place, action=action))
    else:
        yield from _below(unit, node.slice, replace(place, action=action, strings=False, choosing=True))


def _filters(part: ast.AST, looped: frozenset[str]) -> bool:
    """Tell whether rows are chosen by a comparison, and not taken one group after the other: `city == each`."""
    if not isinstance(part, ast.Compare):
        return False
    sides = [part.left, *part.comparators]
    in_turn = any(isinstance(side, ast.Name) and side.id in looped for side in sides)
    return not (in_turn and isinstance(part.ops[0], ast.Eq))


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


def _names(node: ast.expr, constants: Texts) -> list[str]:
    """Return the columns a subscript names: a string, a list of them, or the last part of `loc[rows, column]`."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.Name):
        return list(constants.get(node.id, ()))
    if isinstance(node, ast.List):
        return [name for item in node.elts[:50] if not isinstance(item, ast.List) for name in _names(item, constants)]
    if isinstance(node, ast.Tuple) and node.elts:
        return _names(node.elts[-1], constants)
    return []


def _loops(node: ast.AST) -> list[ast.For | ast.comprehension]:
    """Return a loop, or those within what is made in one."""
    return [node] if isinstance(node, ast.For) else getattr(node, "generators", [])


def _looped(node: ast.AST) -> set[str]:
    """Return the variables of a loop."""
    return {part.id for loop in _loops(node) for part in ast.walk(loop.target) if isinstance(part, ast.Name)}


def _in_turn(node: ast.AST, constants: Texts) -> Texts:
    """Return the texts that these variables stand for."""
    found = [texts_in_turn(loop.target, loop.iter, constants) for loop in _loops(node)]
    return {name: texts for each in found for name, texts in each.items()}


def _written(units: Iterable[Unit]) -> dict[str, set[str]]:
    """Return the texts in each file, and the attributes that it sets, which may be names of columns."""
    found: dict[str, set[str]] = {}
    for unit in units:
        texts = found.setdefault(unit.source.path, set())
        for node in ast.walk(unit.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                texts.add(node.attr)
    return found


def _is_column(node: ast.Attribute, place: _Place) -> bool:
    """Tell whether an attribute of a table is a column of it: one that is named elsewhere, or set here."""
    table = node.value.id if isinstance(node.value, ast.Name) else ""
    return bool(table) and table not in _NO_TABLES and node.attr in place.written and node.attr not in _OF_TABLES


def _uses(unit: Unit, node: ast.AST, columns: Sequence[str], place: _Place) -> Iterator[ColumnUse]:
    """Yield a use of each of these columns; that a list of them is only read tells nothing."""
    if len(columns) == 1 or place.action != "read":
        yield from (_use(unit, node, column, place) for column in columns)


def _use(unit: Unit, node: ast.AST, column: str, place: _Place) -> ColumnUse:
    return ColumnUse(column=column[:_MAX_NAME], action=place.action, span=span_of(unit, node), function=place.function)
