"""Requests that a web handler refuses by what it returns, in place of an error that it raises."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader import Evidence, FunctionFact, Source, Span
from rubrics.code_text import code_lines, line_span, line_text
from rubrics.facts import own_functions, reached_functions

_ROUTE = re.compile(r"^\s*@\w[\w.]*\.(?:route|get|post|put|patch|api_route|websocket)\(", re.MULTILINE)
_ENDS = re.compile(r"^\s*(?:return\b|(?:flask\.)?abort\(\s*4\d\d)")
_ERROR = re.compile(
    r"""['"]error['"]|\berror=|\b(?:status|status_code|code)=(?:status\.HTTP_)?4\d\d\b|,\s*4\d\d\s*$|abort\(\s*4\d\d"""
    r"""|['"](?:status|result)['"]\s*:\s*['"](?:error|fail\w*|invalid|bad\w*)['"]"""
    r"""|['"](?:message|msg|detail|reason)['"]\s*:\s*f?['"][^'"]{0,80}"""
    r"""\b(?:missing|invalid|unknown|required|must|unsupported|not (?:valid|allowed|supported|given|a|an))\b""",
    re.IGNORECASE,
)
_CHECK = re.compile(r"^\s*(?:if|elif)\b(.*)")
_BINDING = re.compile(r"^\s*([A-Za-z_]\w*(?:, ?[A-Za-z_]\w*)*) ?(?::[^=]{1,80})?=(?!=)(.*)")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_SPREAD, _MOST = 6, 300


def refusing_returns(evidence: Evidence) -> Iterator[Span]:
    """Yield where handlers that are served return an error under a check of what they were asked."""
    reached = reached_functions(evidence)
    sources = {(source.path, source.cell): source for source in evidence.code.sources}
    for fact in own_functions(evidence):
        source = sources.get((fact.span.path, fact.span.cell))
        if source is not None and fact.name in reached:
            yield from (line_span(source, number) for number in _refusals(fact, source))


def _refusals(fact: FunctionFact, source: Source) -> Iterator[int]:
    first, end = fact.span.line or 1, fact.span.end_line or 0
    lines = [(number, line[:_MOST]) for number, line in code_lines(source) if first <= number <= end]
    asked = _parameters(fact) | {"request"}
    if not (_ROUTE.search(fact.span.text) or any("request" in _NAME.findall(line) for _, line in lines)):
        return
    checks: list[tuple[int, bool]] = []  # how deep each open block is, and whether it is a check of the request
    for number, line in lines:
        depth = len(line) - len(line.lstrip())
        while checks and checks[-1][0] >= depth:
            checks.pop()
        if bound := _BINDING.match(line):
            asked |= set(_NAME.findall(bound[1])) if asked.intersection(_NAME.findall(bound[2])) else set()
        if line.endswith(":"):
            check = _CHECK.match(line)
            checks.append((depth, bool(check and asked.intersection(_NAME.findall(check[1])))))
        elif _ENDS.match(line) and checks and checks[-1][1] and _ERROR.search(_statement(source, number, end)):
            yield number


def _parameters(fact: FunctionFact) -> set[str]:
    signature = fact.span.text.partition("def ")[2].partition("(")[2]
    names = set(re.findall(r"(?:^|[(,])\s*\*{0,2}([A-Za-z_]\w*)", re.split(r"\)\s*(?:->|:)", signature)[0]))
    return names - {"self", "cls"}


def _statement(source: Source, number: int, end: int) -> str:
    """Return a statement as written, with the lines that its brackets hold open."""
    text = ""
    for line in range(number, min(number + _SPREAD, end + 1)):
        text += line_text(source, line) + "\n"
        if all(text.count(opening) <= text.count(closing) for opening, closing in ("()", "[]", "{}")):
            break
    return text.rstrip()
