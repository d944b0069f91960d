"""Requests that a web handler refuses by what it returns, in place of an error that it raises."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader import Evidence, FunctionFact, Source, Span
from rubrics.code_text import code_lines, line_span, line_text
from rubrics.facts import reached_functions
from rubrics.given import ROUTE, Reader, parameters

_ROUTES = re.compile(rf"^\s*{ROUTE.pattern}", re.MULTILINE)
_ENDS = re.compile(r"^\s*(?:return\b|(?:flask\.)?abort\(\s*4\d\d)")
_ERROR = re.compile(
    r"""['"]error['"]|\berror=|\b(?:status|status_code|code)=(?:status\.HTTP_)?4\d\d(?!\d)|,\s*4\d\d\s*$|abort\(\s*4\d\d"""
    r"""|['"](?:status|result)['"]\s*:\s*['"](?:error|fail\w*|invalid|bad\w*)['"]"""
    r"""|['"](?:message|msg|detail|reason)['"]\s*:\s*f?['"][^'"]{0,80}"""
    r"""\b(?:missing|invalid|unknown|required|must|unsupported|not (?:valid|allowed|supported|given|a|an))\b""",
    re.IGNORECASE,
)
_CLIENT_ERROR = re.compile(r"\b4\d\d\b|HTTP_4\d\d")
_REQUEST = re.compile(r"\brequest\b")
_SPREAD, _MOST = 6, 300


def refusing_returns(evidence: Evidence) -> Iterator[Span]:
    """Yield where handlers that are served return an error under a check of what they were asked."""
    sources = {(source.path, source.cell): source for source in evidence.code.sources}
    for fact in reached_functions(evidence):
        source = sources.get((fact.span.path, fact.span.cell))
        if source is not None:
            yield from (line_span(source, number) for number in _refusals(fact, source))


def _refusals(fact: FunctionFact, source: Source) -> Iterator[int]:
    first, end = fact.span.line or 1, fact.span.end_line or 0
    lines = [(number, line[:_MOST]) for number, line in code_lines(source) if first <= number <= end]
    if not (_ROUTES.search(fact.span.text) or any(_REQUEST.search(line) for _, line in lines)):
        return
    reader = Reader(_REQUEST, parameters(fact.span.text.partition("def ")[2]))
    for number, line in lines:
        reader.take(line)
        if not _ENDS.match(line) or not (reader.check or reader.comes_after_a_check):
            continue
        # What an error is answered with may be the server's own fault, but for its number; and so may what is left
        # over: `if rows.is_valid(): return ...` stands before it.
        is_asked = reader.check is not None and reader.check.keyword != "except"
        if (_ERROR if is_asked else _CLIENT_ERROR).search(_statement(source, number, end)):
            yield number


def _statement(source: Source, number: int, end: int) -> str:
    """Return a statement as written, with the lines that its brackets hold open."""
    text = ""
    for line in range(number, min(number + _SPREAD, end + 1)):
        text += line_text(source, line) + "\n"
        if all(text.count(opening) <= text.count(closing) for opening, closing in ("()", "[]", "{}")):
            break
    return text.rstrip()
