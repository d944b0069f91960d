"""Makes spans: the place of a syntax node, with the lines a reader will be shown."""

from __future__ import annotations

import ast

from grader.evidence.parsing import Unit
from grader.model import Span

MAX_LINES = 6
MAX_CHARACTERS = 500


def span_of(unit: Unit, node: ast.AST) -> Span:
    """Return where `node` stands; a method call in a chain begins at its own method's line."""
    line = getattr(node, "lineno", 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        line = node.func.end_lineno or line
    return span_of_lines(unit, line, getattr(node, "end_lineno", None) or line)


def span_of_lines(unit: Unit, line: int, end_line: int) -> Span:
    """Return the span of 1-based lines, both included; its text is at most 6 lines and 500 characters."""
    shown = "\n".join(unit.lines[line - 1 : min(end_line, line + MAX_LINES - 1)])
    return Span(
        path=unit.source.path,
        cell=unit.source.cell,
        line=line,
        end_line=end_line,
        text=shown[:MAX_CHARACTERS],
    )
