"""Lines of code that running the work can reach: tests and functions that nothing calls are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from grader import Evidence, LintFault, Source, Span
from rubrics.code_text import code_lines
from rubrics.facts import outermost, own_functions, reached_functions, test_paths

_WORD = re.compile(r"[^\W\d]\w*")
Place = tuple[str, int | None, int]


def live_lines(evidence: Evidence) -> Iterator[tuple[Source, int, str]]:
    """Yield (source, 1-based line, code) of the lines that can take effect, comments and strings blanked."""
    tests, dead = test_paths(evidence), dead_places(evidence)
    for source in evidence.code.sources:
        if source.path not in tests:
            for number, line in code_lines(source):
                if (source.path, source.cell, number) not in dead:
                    yield source, number, line


def words_of(lines: Iterable[str]) -> Counter[str]:
    """Return how often each word stands in `lines`: a name that stands once is never used."""
    return Counter(word for line in lines for word in _WORD.findall(line))


def dead_places(evidence: Evidence) -> frozenset[Place]:
    """Return the lines of the functions that nothing reaches."""
    reached = reached_functions(evidence)
    dead = outermost([fact for fact in own_functions(evidence) if fact.name not in reached])
    return frozenset(
        (fact.span.path, fact.span.cell, line)
        for fact in dead
        for line in range(fact.span.line or 0, (fact.span.end_line or 0) + 1)
    )


def place_of(span: Span) -> Place:
    """Return the line a span begins on, as `dead_places` has it."""
    return span.path, span.cell, span.line or 0


def faults(evidence: Evidence, *rules: str) -> list[LintFault]:
    """Return what lint found by these rules outside tests; an undefined name only where names are surely known."""
    lint = evidence.code.lint
    if lint is None:
        return []
    tests = test_paths(evidence)
    return [
        fault
        for fault in lint.faults
        if fault.rule in rules
        and fault.span.path not in tests
        and not (fault.rule == "F821" and fault.span.path in lint.unknown_names)
    ]
