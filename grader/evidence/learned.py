"""Finds where the code reads what a model has learned: scikit-learn ends such attributes with an underscore."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.evidence.parsing import Unit
from grader.evidence.spans import span_of
from grader.model import LearnedUse

MAX_LEARNED = 500
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def read_learned(units: Iterable[Unit]) -> tuple[LearnedUse, ...]:
    """Return the places that read a learned attribute, at most 500."""
    found: list[LearnedUse] = []
    for unit in units:
        try:
            found += _below(unit, unit.tree, "")
        except RecursionError:
            continue
    return tuple(found[:MAX_LEARNED])


def _below(unit: Unit, node: ast.AST, function: str) -> Iterator[LearnedUse]:
    if isinstance(node, _DEFINITIONS):
        function = f"{function}.{node.name}" if function else node.name
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and _is_learned(node.attr):
        yield LearnedUse(name=node.attr, span=span_of(unit, node), function=function)
    for child in ast.iter_child_nodes(node):
        yield from _below(unit, child, function)


def _is_learned(name: str) -> bool:
    return name.endswith("_") and not name.startswith("_") and not name.endswith("__")
