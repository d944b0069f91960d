"""The little that criteria read from code as text, strings and comments told apart from code.

The text is hostile: every pattern here runs in time linear in its length, an unclosed string ends with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from grader import Source, Span

Place = tuple[str, int | None, int | None]
_TOKENS = re.compile(
    r"(?P<comment>#[^\n]*)"
    r"|(?P<string>'''[\s\S]*?(?:'''|\Z)|\"\"\"[\s\S]*?(?:\"\"\"|\Z)"
    r"|'(?:\\.|[^'\\\n])*'?|\"(?:\\.|[^\"\\\n])*\"?)"
)
# A column that a line sets: `frame["age"] = ...`, `frame.loc[:, "age"] = ...`
COLUMN_SET = re.compile(r"""^\s*\w+(?:\.loc)?\[(?::\s*,\s*)?['"]([^'"]+)['"]\]\s*=(?!=)""")
_SPACES = re.compile(r"[^\S\n]+")


def strings(source: Source) -> Iterator[tuple[str, int]]:
    """Yield each string literal without its quotes, and the 1-based line it begins on."""
    line, counted = 1, 0
    for match in _TOKENS.finditer(source.text):
        if match["string"]:
            line += source.text.count("\n", counted, match.start())
            counted = match.start()
            yield match["string"].strip("'\""), line


def code_lines(source: Source) -> list[tuple[int, str]]:
    """Return (1-based line, code) of every line that holds code; comments and the inside of strings are blanked."""
    return _code_lines(source.text)


def bare_lines(source: Source) -> list[str]:
    """Return every line as it is compared with others: without comments and spaces, and with quotes of one kind."""
    return _bare_lines(source.text)


def line_text(source: Source, line: int) -> str:
    """Return one line of `source` as written, at most 200 characters of it."""
    lines = _lines(source.text)
    return lines[line - 1][:200] if line <= len(lines) else ""


def line_span(source: Source, line: int) -> Span:
    """Return the span of one line of `source`."""
    return Span(path=source.path, cell=source.cell, line=line, end_line=line, text=line_text(source, line))


def lines_span(source: Source, first: int, last: int) -> Span:
    """Return the span of several lines of `source`, with the text of the first."""
    return line_span(source, first).model_copy(update={"end_line": last})


@lru_cache(maxsize=4)  # one file is asked for function after function
def _code_lines(text: str) -> list[tuple[int, str]]:
    blank = _TOKENS.sub(_blanked, text)
    return [(number, line.rstrip()) for number, line in enumerate(blank.split("\n"), start=1) if line.strip()]


@lru_cache(maxsize=4)
def _bare_lines(text: str) -> list[str]:
    parts, last = [], 0
    for match in _TOKENS.finditer(text):
        parts += [_SPACES.sub("", text[last : match.start()]), "" if match["comment"] else _requoted(match[0])]
        last = match.end()
    return "".join([*parts, _SPACES.sub("", text[last:])]).split("\n")


def _requoted(text: str) -> str:
    inside = text[1:-1]
    return f'"{inside}"' if len(text) > 1 and text[0] == "'" and "'" not in inside and '"' not in inside else text


def place(span: Span) -> Place:
    """Return the line that a span begins on."""
    return (span.path, span.cell, span.line)


def begins_in(span: Span, outer: Span) -> bool:
    """Tell whether a span begins on one of the lines of another."""
    within = (outer.line or 0) <= (span.line or 0) <= (outer.end_line or outer.line or 0)
    return within and (span.path, span.cell) == (outer.path, outer.cell)


def _blanked(match: re.Match[str]) -> str:
    return "" if match["comment"] else '""' + "\n" * match[0].count("\n")


@lru_cache(maxsize=4)  # one file is asked for line after line
def _lines(text: str) -> list[str]:
    return text.split("\n")
