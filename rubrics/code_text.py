"""The little that criteria read from code as text, strings and comments told apart from code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader import Source, Span

_TOKENS = re.compile(
    r"(?P<comment>#[^\n]*)"
    r"|(?P<string>'''[\s\S]*?'''|\"\"\"[\s\S]*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")"
)


def strings(source: Source) -> Iterator[tuple[str, Span]]:
    """Yield each string literal without its quotes, and the line it begins on."""
    for match in _TOKENS.finditer(source.text):
        if match["string"]:
            yield match["string"].strip("'\""), line_span(source, source.text.count("\n", 0, match.start()) + 1)


def code_lines(source: Source) -> list[tuple[int, str]]:
    """Return (1-based line, code) of every line that holds code; comments and the inside of strings are blanked."""
    blank = _TOKENS.sub(_blanked, source.text)
    return [(number, line.rstrip()) for number, line in enumerate(blank.split("\n"), start=1) if line.strip()]


def line_span(source: Source, line: int) -> Span:
    """Return the span of one line of `source`."""
    lines = source.text.split("\n")
    text = lines[line - 1][:200] if line <= len(lines) else ""
    return Span(path=source.path, cell=source.cell, line=line, end_line=line, text=text)


def _blanked(match: re.Match[str]) -> str:
    return "" if match["comment"] else '""' + "\n" * match[0].count("\n")
