"""Functions that only wrap a whole program: with one around it, a work is cut into no more parts than without."""

from __future__ import annotations

import re
from collections import Counter

from grader import Evidence, FunctionFact
from rubrics.code_text import code_lines
from rubrics.once import once_a_work
from rubrics.reached import own_functions
from rubrics.redefined import first_line

_AROUND = re.compile(r"^(?:import\b|from\b|if\s+__name__\b|[\w ]+,$|\)$)")
_CALLED = re.compile(r"^(?:raise\s+SystemExit\(|sys\.exit\()?(\w+)\(\)\)?$")


@once_a_work
def parts(evidence: Evidence) -> tuple[FunctionFact, ...]:
    """Return the work's own functions but those beside which their program only imports, and calls them."""
    functions = own_functions(evidence)
    outer = [fact for fact in functions if "." not in fact.name and fact.span.cell is None]
    in_file = Counter(fact.span.path for fact in outer)
    alone = [fact for fact in outer if in_file[fact.span.path] == 1]  # what has another beside it is not around all
    around = [fact for fact in alone if _is_around_all(evidence, fact)]
    return tuple(fact for fact in functions if fact not in around)


def _is_around_all(evidence: Evidence, fact: FunctionFact) -> bool:
    source = next(source for source in evidence.code.sources if source.path == fact.span.path)
    inside = range(first_line(fact), (fact.span.end_line or 0) + 1)
    around = [text.strip() for number, text in code_lines(source) if number not in inside]
    rest = [text for text in around if not _AROUND.match(text)]
    calls = [match[1] for text in rest if (match := _CALLED.match(text))]
    return calls == [fact.name] and len(rest) == 1
