"""A place in the work, in the words of a question."""

from __future__ import annotations

from grader.model import Span


def place(span: Span) -> str:
    """Return a place in words; as in the report's pages, cells are counted from 1."""
    cell = "" if span.cell is None else f", cell {span.cell + 1}"
    line = "" if span.line is None else f", line {span.line}"
    return f"In {span.path}{cell}{line}"
