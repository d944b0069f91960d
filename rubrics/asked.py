"""What becomes of a prediction that a function asks for, and whether the model that it asks can be there."""

from __future__ import annotations

import re

from grader import Call, Evidence, Source, Span
from rubrics.code_text import begins_in
from rubrics.facts import own_functions
from rubrics.live import MOST_CHARACTERS, statement_at
from rubrics.live_code import logical_lines
from rubrics.reached import live_calls, outermost


def is_only_measured(evidence: Evidence, call: Call) -> bool:
    """Tell whether a prediction is compared with the truth where it is asked for, and goes nowhere else: a service that
    trains and measures answers no request with it.
    """
    said = set(call.assigned)
    scores = [score for score in live_calls(evidence, "score") if score.function == call.function]
    scores = [score for score in scores if score.span.path == call.span.path]
    if not said:
        return any(begins_in(call.span, score.span) and _gives(score, ".predict") for score in scores)
    names = "|".join(map(re.escape, said))
    compared = re.compile(rf"\b(?:{names})\s*[!=]=|[!=]=\s*(?:{names})\b|\w\s-\s(?:{names})\b|\b(?:{names})\s-\s\w")
    uses = [text for text in _lines_of(evidence, call) if re.search(rf"\b(?:{names})\b", text)]
    measured = [text for text in uses if compared.search(text)]
    statements = {statement_at(evidence, score.span) for score in scores if said.intersection(score.arguments)}
    return bool(uses) and all(text in statements or text in measured for text in uses)


def _gives(score: Call, what: str) -> bool:
    return any(what in text for text in (*score.positional, *score.keywords.values()))


def _lines_of(evidence: Evidence, call: Call) -> list[str]:
    """Return the lines of the function that a call stands in, without the call's own."""
    homes = [fact.span for fact in own_functions(evidence) if fact.name == call.function]
    own = call.span.line or 0
    return [
        text
        for source, first, final, text in logical_lines(evidence)
        if any(_holds(home, source, first) for home in homes if home.path == call.span.path)
        and not first <= own <= final
    ]


def _holds(home: Span, source: Source, line: int) -> bool:
    within = (home.line or 0) < line <= (home.end_line or 0)
    return within and (source.path, source.cell) == (home.path, home.cell)


def stays_none(evidence: Evidence, call: Call) -> bool:
    """Tell whether a model is asked by a name that its file sets to None at its margin, and that nothing sets to
    anything else for the call to see: what another function binds without `global` is that function's own.
    """
    name = re.escape(call.receiver)
    if not (call.receiver.isidentifier() and call.function):
        return False
    none = re.compile(rf"{name}\s*(?::[^=]{{1,80}})?=\s*None\s*$")
    if not any(none.match(text) for source, _, _, text in logical_lines(evidence) if source.path == call.span.path):
        return False
    bound = re.compile(
        rf"^\s*(?:[\w, ]+, ?)?{name}\b[\w, ]*(?::[^=]{{1,80}})?=(?!=)"
        rf"|\b(?:for|as|import|def)\b.*\b{name}\b|\b{name}\s*:="
    )
    anywhere = re.compile(rf"\.{name}\s*=(?!=)|\bglobal\b.*\b{name}\b|\b(?:globals|setattr|exec)\(")
    homes = [fact.span for fact in outermost(own_functions(evidence))]
    asking = [home for home in homes if home.path == call.span.path and begins_in(call.span, home)]
    for source, first, _, text in logical_lines(evidence):
        line = text[:MOST_CHARACTERS]
        others = [home for home in homes if _holds(home, source, first) and home not in asking]
        seen = source.path == call.span.path and not others and bound.search(line) and not none.match(line)
        if seen or anywhere.search(line):
            return False
    return True
