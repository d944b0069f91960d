"""What of an expression is shown to a reader: printed, displayed, or the last of a notebook's cell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.evidence.names import last_name
from grader.evidence.parsing import Unit

SHOWN = frozenset(("print", "display"))
_SHOWN_RESULTS = frozenset(("mean", "median", "sum", "std", "min", "max", "sort_values", "sample", "round", "agg"))
_FIGURES = frozenset(("mean", "median", "std", "quantile", "round", "float"))
_PREDICTIONS = re.compile(
    r"(?i)(^|(?<!fit)_)(preds?|predict|predicted|predictions?|y_?hat|probas?|probs?|residuals?)(_|\d|$)"
)


def is_shown(unit: Unit, node: ast.Expr) -> bool:
    """Tell whether a notebook shows the expression: the last one of a cell, and no call that does something else."""
    if unit.source.cell is None or not unit.tree.body or unit.tree.body[-1] is not node:
        return False
    return not isinstance(node.value, ast.Call) or last_name(node.value.func) in _SHOWN_RESULTS


def shown_names(unit: Unit) -> Iterator[str]:
    """Yield the variables that are printed or displayed, or stand last in a cell."""
    for node in ast.walk(unit.tree):
        if isinstance(node, ast.Call) and last_name(node.func) in SHOWN:
            yield from (inner.id for given in node.args for inner in ast.walk(given) if isinstance(inner, ast.Name))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Name) and is_shown(unit, node):
            yield node.value.id


def is_figure(node: ast.expr) -> bool:
    """Tell whether an expression sums columns up, by a statistic or by groups, and is made of nothing else."""
    names = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            names.append(last_name(node.func))
            wrapped = isinstance(node.func, ast.Name) and node.args
            node = node.args[0] if wrapped else node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            return False
    return bool(names) and (names[0] in _FIGURES or "groupby" in names)


def beside_predictions(*nodes: ast.AST) -> bool:
    """Tell whether something here is called as predictions are."""
    return any(_PREDICTIONS.search(_written(part)) for node in nodes for part in ast.walk(node))


def _written(node: ast.AST) -> str:
    """Return a name or a text as it is written, "" of anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
