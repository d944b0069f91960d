"""The lines a verdict rests on, numbered and highlighted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from textwrap import dedent
from typing import Any

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from grader.model import Span
from grader.report.formats import where
from grader.report.visible import block, one_line

MAX_LINES = 14
MAX_WIDTH = 300
PATH_CHARACTERS = 120

_LEXER: Any = PythonLexer(stripnl=False, ensurenl=False)
_FORMATTER: Any = HtmlFormatter(nowrap=True)


@dataclass(frozen=True)
class Excerpt:
    """A place in words and its code: `lines` are (number in the file or cell, HTML), empty without code."""

    place: str
    lines: tuple[tuple[int | None, Markup], ...]


def excerpt(span: Span) -> Excerpt:
    """Return the place of `span` and at most 14 lines of its text without their common indent, Python highlighted."""
    place = where(one_line(span.path, PATH_CHARACTERS), span.cell, span.line, span.end_line)
    text = block(dedent(span.text.strip("\n")), MAX_LINES, MAX_WIDTH)
    if not text.strip():
        return Excerpt(place, ())
    rows = (
        _highlighted(text) if span.path.endswith((".py", ".ipynb")) else tuple(escape(row) for row in text.split("\n"))
    )
    return Excerpt(place, tuple((_number(span, offset), row) for offset, row in enumerate(rows)))


def _number(span: Span, offset: int) -> int | None:
    return span.line + offset if span.line is not None and offset < MAX_LINES else None


@lru_cache(maxsize=2048)  # several criteria rest on the same lines, and highlighting is half of what a page takes
def _highlighted(text: str) -> tuple[Markup, ...]:
    """Return highlighted lines; the formatter closes its tags at the end of each line."""
    return tuple(Markup(row) for row in highlight(text, _LEXER, _FORMATTER).rstrip("\n").split("\n"))
