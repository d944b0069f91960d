"""Lines of code that running the work can reach: tests and functions that nothing calls are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from grader import Evidence, LintFault, Source, Span
from rubrics.code_text import code_lines
from rubrics.once import once_a_work
from rubrics.reached import is_reached, outermost, own_functions, test_paths

_WORD = re.compile(r"[^\W\d]\w*")
MOST_BETWEEN = 20  # lines that are blank or comments
MOST_JOINED = 1000  # characters
Place = tuple[str, int | None, int]


@once_a_work
def live_lines(evidence: Evidence) -> tuple[tuple[Source, int, str], ...]:
    """Return (source, 1-based line, code) of the lines that can take effect, comments and strings blanked."""
    tests, dead = test_paths(evidence), _dead_places(evidence)
    return tuple(
        (source, number, line)
        for source in evidence.code.sources
        if source.path not in tests
        for number, line in code_lines(source)
        if (source.path, source.cell, number) not in dead
    )


@once_a_work
def logical_lines(evidence: Evidence) -> tuple[tuple[Source, int, int, str], ...]:
    """Return (source, first line, last line, code) of the same lines, those within one bracket put together.

    A call over several lines reads as it does on one.
    """
    found: list[tuple[Source, int, int, str]] = []
    depth = 0
    for source, number, line in live_lines(evidence):
        if depth > 0 and found[-1][0] is source and number - found[-1][2] < MOST_BETWEEN:
            _, first, _, text = found.pop()
            found.append((source, first, number, _joined(text, line) if len(text) < MOST_JOINED else text))
        else:
            depth = 0
            found.append((source, number, number, line))
        depth += sum(line.count(bracket) for bracket in "([{") - sum(line.count(bracket) for bracket in ")]}")
    return tuple(found)


def _joined(text: str, line: str) -> str:
    line = line.strip()
    if text.endswith(("(", "[", "{")):
        return text + line
    return text.rstrip(",") + line if line[:1] in ")]}" else f"{text} {line}"


def words_of(lines: Iterable[str]) -> Counter[str]:
    """Return how often each word stands in `lines`: a name that stands once is never used."""
    return Counter(word for line in lines for word in _WORD.findall(line))


def is_live(evidence: Evidence, span: Span) -> bool:
    """Tell whether the line that a span begins on can take effect."""
    place = (span.path, span.cell, span.line or 0)
    return span.path not in test_paths(evidence) and place not in _dead_places(evidence)


@once_a_work
def _dead_places(evidence: Evidence) -> frozenset[Place]:
    """Return the lines of the functions that nothing reaches, and of what no run comes to."""
    dead = outermost([fact for fact in own_functions(evidence) if not is_reached(evidence, fact.span.path, fact.name)])
    places = [*(fact.span for fact in dead), *(block.span for block in evidence.code.dead)]
    return frozenset(
        (span.path, span.cell, line) for span in places for line in range(span.line or 0, (span.end_line or 0) + 1)
    )


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
