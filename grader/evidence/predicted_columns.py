"""Which columns a program writes from a model's output: they tell of the model, and are no data that was explored."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.evidence.parsing import Unit
from grader.evidence.showing import beside_predictions
from grader.evidence.spans import span_of
from grader.model import ColumnUse

_HOPS = 2  # a decision is made from a score, which is made from a prediction


def predicted_columns(units: Iterable[Unit]) -> list[ColumnUse]:
    """Return where columns are written from predictions, or from such columns of the same file, each place once."""
    written = [(unit, node, name, value) for unit in units for node, name, value in _written(unit.tree)]
    found: set[tuple[str, str]] = set()
    for _ in range(_HOPS + 1):
        found |= {
            (unit.source.path, name)
            for unit, _, name, value in written
            if beside_predictions(value) or any((unit.source.path, text) in found for text in _texts(value))
        }
    return [
        ColumnUse(column=name[:100], action="predicted", span=span_of(unit, node))
        for unit, node, name, _ in written
        if (unit.source.path, name) in found
    ]


def _written(tree: ast.Module) -> Iterator[tuple[ast.AST, str, ast.expr]]:
    """Yield each column that is written: `table["a"] = value`, and the keys of what a table is made of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                    yield node, str(target.slice.value), node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "DataFrame":
            for key, value in _items(node):
                yield node, key, value


def _items(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    for given in (given for given in call.args if isinstance(given, ast.Dict)):
        for key, value in zip(given.keys, given.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value


def _texts(node: ast.expr) -> Iterator[str]:
    return (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str))
