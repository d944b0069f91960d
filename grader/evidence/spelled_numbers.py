"""Numbers that stand in the texts of the code: what prints them has computed nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from grader.evidence.names import last_name
from grader.evidence.parsing import Unit
from grader.model import Figure

MAX_NUMBERS = 2000
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PRINTING = frozenset(("print", "display", "info", "debug", "warning", "write", "Markdown", "HTML"))


def read_spelled(units: Iterable[Unit]) -> tuple[str, ...]:
    """Return the numbers as they are written in texts, and those that are given to be printed, at most 2,000."""
    found: dict[str, None] = {}
    for unit in units:
        for text in _texts(unit.tree):
            found |= dict.fromkeys(_NUMBER.findall(text[:2000]))
            if len(found) >= MAX_NUMBERS:
                return tuple(found)[:MAX_NUMBERS]
    return tuple(found)


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Call) and last_name(node.func) in _PRINTING:
            numbers = (argument for argument in node.args if isinstance(argument, ast.Constant))
            yield from (str(number.value) for number in numbers if isinstance(number.value, int | float))


def computed(figures: Iterable[Figure], spelled: Iterable[str]) -> tuple[Figure, ...]:
    """Return the printed figures without those whose very number stands in a text of the code."""
    known = frozenset(spelled)
    return tuple(figure for figure in figures if not _is_spelled(figure, known))


def _is_spelled(figure: Figure, known: frozenset[str]) -> bool:
    numbers = (text for text in _NUMBER.findall(figure.span.text) if text in known and "." in text)
    values = (value for text in numbers for value in (float(text), float(text) / 100))
    return any(abs(value - figure.value) <= 1e-9 for value in values)
