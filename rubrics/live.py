"""What of columns, searches and patterns of code takes part when the work runs; as `live_calls`, dead code left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader import ColumnUse, Evidence, SearchFact, Span
from rubrics.code_text import Place, line_span, place
from rubrics.live_code import logical_lines
from rubrics.once import once_a_work
from rubrics.reached import is_reached, last, live_calls, test_paths

MOST_LINES = 12
MOST_CHARACTERS = 300
MOST_ABOVE = 400
_BRANCH = re.compile(r"\s*(if|elif|else|except|case|while)\b")


def live_columns(evidence: Evidence, *actions: str) -> list[ColumnUse]:
    """Return the places that name a column in code that is reached, of the given actions or of any."""
    tests = test_paths(evidence)
    return [
        use
        for use in evidence.code.columns
        if (not actions or use.action in actions)
        and use.span.path not in tests
        and is_reached(evidence, use.span.path, use.function)
        and not (use.action == "looked" and place(use.span) in _unseen(evidence))
    ]


@once_a_work
def _unseen(evidence: Evidence) -> frozenset[Place]:
    """Return the lines on which a look at the data is shown to nobody, and none that is."""
    calls = [call for call in evidence.code.calls if call.kind in ("explore", "plot")]
    shown = {place(call.span) for call in calls if not call.idle}
    return frozenset({place(call.span) for call in calls if call.idle} - shown)


def target_columns(evidence: Evidence) -> frozenset[str]:
    """Return the columns that the work predicts, as far as the code names them."""
    return frozenset(use.column for use in live_columns(evidence, "target"))


def live_searches(evidence: Evidence) -> list[SearchFact]:
    """Return the searches of settings in code that is reached, over more than one setting and put to use."""
    calls = {(call.span, last(call.name)) for call in live_calls(evidence)}
    return [fact for fact in evidence.code.searches if (fact.span, fact.name) in calls and fact.settings != 1]


def live_learned(evidence: Evidence, *names: str) -> list[Span]:
    """Return where code that is reached reads one of these attributes that a model has learned."""
    tests = test_paths(evidence)
    found = [use for use in evidence.code.learned if use.name in names and use.span.path not in tests]
    return [use.span for use in found if is_reached(evidence, use.span.path, use.function)]


def live_places(evidence: Evidence, pattern: re.Pattern[str]) -> list[Span]:
    """Return up to 12 lines of reached code that hold `pattern`, strings and comments left out."""
    return [span for span, _ in _matches(evidence, pattern, MOST_LINES)]


def live_matches(evidence: Evidence, pattern: re.Pattern[str], *, most: int = MOST_LINES) -> list[tuple[Span, str]]:
    """Return the same lines, up to `most`, with the text of the pattern's first group."""
    return [(span, match[1]) for span, match in _matches(evidence, pattern, most)]


def _matches(evidence: Evidence, pattern: re.Pattern[str], most: int) -> Iterator[tuple[Span, re.Match[str]]]:
    found = 0
    for source, number, _, line in logical_lines(evidence):
        if match := pattern.search(line[:MOST_CHARACTERS]):  # cut, so that no pattern takes long
            found += 1
            yield line_span(source, number), match
            if found >= most:
                return


def statement_at(evidence: Evidence, span: Span) -> str:
    """Return the code around the line that a span begins on, the whole of a statement over several lines."""
    return _statements(evidence).get(place(span), span.text.partition("\n")[0])


@once_a_work
def _statements(evidence: Evidence) -> dict[Place, str]:
    return {
        (source.path, source.cell, number): text
        for source, first, final, text in logical_lines(evidence)
        for number in range(first, final + 1)
    }


def before(first: Span, second: Span) -> bool:
    """Tell whether `first` stands before `second` in the same file or notebook."""
    return first.path == second.path and _order(first) < _order(second)


def in_loop(evidence: Evidence, span: Span) -> bool:
    """Tell whether a place stands in a loop or a comprehension, by the indentation of the lines above it."""
    lines = _lines(evidence).get((span.path, span.cell), [])[: span.line or 0]
    own = lines[-1][:MOST_CHARACTERS] if lines else ""
    return bool(re.search(r"\bfor\b.+\bin\b", own) or loops_around(evidence, span))


def loops_around(evidence: Evidence, span: Span) -> list[str]:
    """Return the lines that begin the loops around a place in the same function, the innermost first."""
    return [line for _, line in numbered_loops(evidence, span)]


def numbered_loops(evidence: Evidence, span: Span) -> list[tuple[int, str]]:
    """Return the same lines with their numbers in the file or cell."""
    heads = _heads_above(evidence, span)
    return [(number, line) for number, line in heads if re.match(r"\s*(async\s+)?(for|while)\b", line)]


def branches_around(evidence: Evidence, span: Span) -> frozenset[int]:
    """Return the lines that begin the branches around a place in the same function, by their number in file or cell."""
    return frozenset(number for number, line in _heads_above(evidence, span) if _BRANCH.match(line))


def _heads_above(evidence: Evidence, span: Span) -> list[tuple[int, str]]:
    """Return the lines that begin the blocks around a place in the same function, each with its number."""
    lines = _lines(evidence).get((span.path, span.cell), [])[: span.line or 0]
    depth, found = _depth(lines[-1]) if lines else 0, []
    for number in range(len(lines) - 1, max(len(lines) - MOST_ABOVE, 0), -1):
        line = lines[number - 1]
        if not line.strip() or _depth(line) >= depth:
            continue
        depth = _depth(line)
        found.append((number, line[:MOST_CHARACTERS]))
        if not depth or re.match(r"\s*(async\s+)?(def|class)\b", line):
            break
    return found


@once_a_work
def _lines(evidence: Evidence) -> dict[tuple[str, int | None], list[str]]:
    return {(source.path, source.cell): source.text.split("\n") for source in evidence.code.sources}


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _order(span: Span) -> tuple[int, int]:
    return (span.cell or 0, span.line or 0)
