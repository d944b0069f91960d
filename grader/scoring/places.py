"""A place in the work, in words."""

from __future__ import annotations

from grader.model import Span


def place(span: Span) -> str:
    """Return a place in words, by the line that it begins on."""
    return f"In {_file(span)}" + ("" if span.line is None else f", line {span.line}")


def extent(span: Span) -> str:
    """Return a place in words from its first line to its last."""
    return f"{_file(span)}, " + (
        f"line {span.line}" if span.line == span.end_line else f"lines {span.line} to {span.end_line}"
    )


def _file(span: Span) -> str:
    """Return the file, and the cell; as in the report's pages, cells are counted from 1."""
    return span.path if span.cell is None else f"{span.path}, cell {span.cell + 1}"
