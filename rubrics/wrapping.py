"""Functions that only wrap a whole program: with one around it, a work is cut into no more parts than without."""

from __future__ import annotations

import re

from grader import Evidence, FunctionFact
from rubrics.code_text import code_lines
from rubrics.reached import own_functions

_AROUND = re.compile(r"^(?:import\b|from\b|if\s+__name__\b|[\w ]+,$|\)$)")
_CALLED = re.compile(r"^(?:raise\s+SystemExit\(|sys\.exit\()?(\w+)\(\)\)?$")


def parts(evidence: Evidence) -> list[FunctionFact]:
    """Return the work's own functions but those beside which their program only imports, and calls them."""
    return [fact for fact in own_functions(evidence) if not _is_wrapper(evidence, fact)]


def _is_wrapper(evidence: Evidence, fact: FunctionFact) -> bool:
    source = next(s for s in evidence.code.sources if (s.path, s.cell) == (fact.span.path, fact.span.cell))
    last = fact.span.end_line or 0
    inside = range(last - fact.lines + 1, last + 1)
    around = [text.strip() for number, text in code_lines(source) if number not in inside]
    rest = [text for text in around if not _AROUND.match(text)]
    calls = [match[1] for text in rest if (match := _CALLED.match(text))]
    return fact.span.cell is None and calls == [fact.name] and len(rest) == 1
