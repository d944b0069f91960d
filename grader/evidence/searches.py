"""How many models a search of settings fits, where its grid and its folds stand in the code as numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from grader.evidence.names import last_name
from grader.evidence.parsing import Unit
from grader.evidence.spans import span_of
from grader.model import SearchFact

MAX_SEARCHES = 100
_DEFAULT_FOLDS = 5
_DEFAULT_DRAWS = {"RandomizedSearchCV": 10, "BayesSearchCV": 50, "OptunaSearchCV": 10}
_GRIDS = frozenset(("GridSearchCV", "HalvingGridSearchCV"))
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MOST = 10**9


def read_searches(programs: Mapping[str, Sequence[Unit]]) -> tuple[SearchFact, ...]:
    """Return every search with its number of settings and folds, at most 100; None where the code does not say."""
    found: list[SearchFact] = []
    for units in programs.values():
        known: dict[str, ast.expr] = {}
        for unit in units:
            try:
                found += _below(unit, unit.tree, "", known)
            except RecursionError:
                continue
    return tuple(found[:MAX_SEARCHES])


def _below(unit: Unit, node: ast.AST, function: str, known: dict[str, ast.expr]) -> Iterator[SearchFact]:
    """Walk in order of the code, so that a name stands for what was last assigned to it."""
    if isinstance(node, _DEFINITIONS):
        function = f"{function}.{node.name}" if function else node.name
    for child in ast.iter_child_nodes(node):
        yield from _below(unit, child, function, known)
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        known |= _assigned(node.targets[0], node.value)
    if isinstance(node, ast.Call):
        name = last_name(node.func)
        settings = _settings(name, node, known)
        if name in _GRIDS or name in _DEFAULT_DRAWS:
            folds = _folds(_argument(node, "cv", None), known)
            yield SearchFact(name=name, span=span_of(unit, node), settings=settings, folds=folds, function=function)
        elif name == "optimize" and _argument(node, "n_trials", 1) is not None:
            yield SearchFact(name=name, span=span_of(unit, node), settings=settings, function=function)


def _assigned(target: ast.expr, value: ast.expr) -> dict[str, ast.expr]:
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=False)
        return {name.id: item for name, item in pairs if isinstance(name, ast.Name)}
    return {}


def _settings(name: str, node: ast.Call, known: Mapping[str, ast.expr]) -> int | None:
    if name in _GRIDS:
        return _grid(_argument(node, "param_grid", 1), known)
    if name == "optimize":
        return _number(_argument(node, "n_trials", 1), known)
    if name in _DEFAULT_DRAWS:
        given = _argument(node, "n_iter", 2) or _argument(node, "n_trials", None)
        return _DEFAULT_DRAWS[name] if given is None else _number(given, known)
    return None


def _grid(node: ast.expr | None, known: Mapping[str, ast.expr]) -> int | None:
    """Return how many settings a grid spans: the product of its lists, summed over several grids."""
    node = _resolved(node, known)
    if isinstance(node, ast.List):
        parts = [_grid(item, known) for item in node.elts]
        return None if None in parts else min(_MOST, sum(part or 0 for part in parts))
    if isinstance(node, ast.Call) and last_name(node.func) == "dict":
        values: list[ast.expr] = [keyword.value for keyword in node.keywords]
    elif isinstance(node, ast.Dict):
        values = node.values
    else:
        return None
    total = 1
    for value in values:
        length = _length(value, known)
        if length is None:
            return None
        total = min(_MOST, total * length)
    return total


def _length(node: ast.expr, known: Mapping[str, ast.expr]) -> int | None:
    """Return the length of a list that is written out, or made by range, arange, linspace or logspace of numbers."""
    found = _resolved(node, known)
    if isinstance(found, ast.List | ast.Tuple | ast.Set):
        return len(found.elts)
    if not isinstance(found, ast.Call):
        return None
    name = last_name(found.func)
    if name in ("list", "sorted", "array") and found.args:
        return _length(found.args[0], known)
    if name in ("linspace", "logspace", "geomspace"):
        count = _argument(found, "num", 2)
        return 50 if count is None else _number(count, known)
    if name not in ("range", "arange"):
        return None
    numbers = [_real(argument) for argument in found.args]
    if not numbers or None in numbers:
        return None
    start, stop, step = {1: (0, numbers[0], 1), 2: (*numbers, 1)}.get(len(numbers), tuple(numbers))[:3]
    return max(0, -int(-(stop - start) // step)) if step else None  # type: ignore[operator]


def _folds(node: ast.expr | None, known: Mapping[str, ast.expr]) -> int | None:
    if node is None:
        return _DEFAULT_FOLDS
    found = _resolved(node, known)
    if isinstance(found, ast.Call):
        splits = _argument(found, "n_splits", 0)
        times = _number(_argument(found, "n_repeats", None), known) if "Repeated" in last_name(found.func) else 1
        folds = _DEFAULT_FOLDS if splits is None else _number(splits, known)
        return None if folds is None else folds * (times or 10)
    return _number(found, known)


def _argument(node: ast.Call, keyword: str, position: int | None) -> ast.expr | None:
    for item in node.keywords:
        if item.arg == keyword or (keyword == "param_grid" and item.arg in ("param_distributions", "search_spaces")):
            return item.value
    return node.args[position] if position is not None and len(node.args) > position else None


def _resolved(node: ast.expr | None, known: Mapping[str, ast.expr]) -> ast.expr | None:
    for _ in range(5):
        if not isinstance(node, ast.Name) or node.id not in known:
            break
        node = known[node.id]
    return node


def _number(node: ast.expr | None, known: Mapping[str, ast.expr]) -> int | None:
    value = _real(_resolved(node, known))
    return int(value) if value is not None and 0 < value < _MOST else None


def _real(node: ast.expr | None) -> float | None:
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return sign * float(min(node.value, _MOST))
    return None
