"""Thresholds that are varied: something is cut at each of them, and a score is taken of what that says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader import Call, Evidence, FunctionFact, Span
from rubrics.following import heads_of
from rubrics.live import live_matches, loops_around, statement_at
from rubrics.reached import last, live_calls, own_functions
from rubrics.results import NAME, predicted_names, sides

_AT_EACH = re.compile(r"^\s*([A-Za-z_]\w*\s*=[^=<>\n]{1,120}>=?\s*[A-Za-z_]\w*)\b(?![.(\[])")  # `said = (p >= cut)`
_SAID = re.compile(r"(?i)prob|pred|hat\b")
_COMPARED = re.compile(r"([A-Za-z_][\w\]\[)'\",: ]*>=?\s*[A-Za-z_]\w*)\b(?![.(\[])")


def swept(evidence: Evidence) -> list[Span]:
    """Return where a loop over thresholds cuts something at each, there or in a function that is given it, and a score
    is taken of what that says.
    """
    scores = [
        (call.span.path, call.span.cell, name) for call in live_calls(evidence, "score") for name in call.arguments
    ]
    scored = frozenset(scores)
    found = []
    for span, text in live_matches(evidence, _AT_EACH, most=500):
        name, *_, threshold = NAME.findall(text)
        loops = loops_around(evidence, span) if (span.path, span.cell, name) in scored else []
        if any(threshold in sides(loop)[0] for loop in loops):
            found.append(span)
    return found or list(_through_functions(evidence))


def _through_functions(evidence: Evidence) -> Iterator[Span]:
    """Yield the calls in a loop that hand its threshold to a function of the work's own which cuts at that."""
    calls, scores = live_calls(evidence), live_calls(evidence, "score")
    measured = {(call.span.path, name) for call in scores for name in call.arguments}
    for name, place, parameter, fact in _cutting(evidence):
        inside = any((call.span.path, call.function) == (fact.span.path, fact.name) for call in scores)
        for call in calls:
            given = call.keywords.get(parameter, call.positional[place] if place < len(call.positional) else "")
            if last(call.name) != name or not any(given in bound for bound in _bound_around(evidence, call)):
                continue
            if not any(_is_of_model(evidence, call.span.path, text) for text in _given(call) if text != given):
                continue
            if inside or any((call.span.path, said) in measured for said in call.assigned):
                yield call.span


def _cutting(evidence: Evidence) -> Iterator[tuple[str, int, str, FunctionFact]]:
    """Yield the functions that compare something with a parameter: its place among them, and its name."""
    heads, facts = heads_of(evidence), own_functions(evidence)
    for span, text in live_matches(evidence, _COMPARED, most=500):
        around = [fact for fact in facts if _holds(fact.span, span)]
        name = last(around[-1].name) if around else ""
        path, parameters = heads.get(name, ("", []))
        threshold = NAME.findall(text)[-1]
        if path == span.path and threshold in parameters:
            yield name, parameters.index(threshold), threshold, around[-1]


def _bound_around(evidence: Evidence, call: Call) -> Iterator[list[str]]:
    """Yield the variables of the loops around a call, of one within its statement too."""
    yield from (sides(loop)[0] for loop in loops_around(evidence, call.span))
    text = statement_at(evidence, call.span)
    if re.search(r"\bfor\b.+\bin\b", text):
        yield sides(text)[0]


def _given(call: Call) -> list[str]:
    return [*call.positional, *call.keywords.values()]


def _is_of_model(evidence: Evidence, path: str, text: str) -> bool:
    """Tell whether something handed over is what a model says: by what it holds, or by its name."""
    return bool(_SAID.search(text)) or any((path, name) in predicted_names(evidence) for name in NAME.findall(text))


def _holds(outer: Span, inner: Span) -> bool:
    same = (outer.path, outer.cell) == (inner.path, inner.cell)
    return same and (outer.line or 0) <= (inner.line or 0) <= (outer.end_line or 0)
