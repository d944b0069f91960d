"""Folds that a work cuts by hand: a loop chooses rows anew, fits a model on some of them and scores others."""

from __future__ import annotations

import re

from grader import Call, Evidence, Span
from rubrics.facts import live_calls, own_functions
from rubrics.live import live_matches, loops_around
from rubrics.once import once_a_work
from rubrics.reached import last
from rubrics.results import NAME, sides

_REPEATING = re.compile(
    r"\bin\b.*\b(?:range|enumerate)\s*\(|\bin\b.*(?i:cut_?offs?|origins?|windows?|folds?|splits?|starts)\b"
)
_BOUND = re.compile(r"(^\s*[A-Za-z_][\w, ]*(?:\[[^\]]*\])?\s*=(?!=).{1,300})")
_STEPS = 6
MOST_ABOVE = 80  # lines of a loop's body
Place = tuple[str, int | None, str]


def own_folds(evidence: Evidence) -> list[Call]:
    """Return the results in such loops: what is fitted and what is scored both differ from turn to turn."""
    fits: dict[Place, list[Call]] = {}
    fitted, own = live_calls(evidence, "fit"), {last(fact.name) for fact in own_functions(evidence)}
    fitting = own & {last(call.function) for call in fitted if call.function}
    for fit in [*fitted, *(call for call in live_calls(evidence) if last(call.name) in fitting and call.positional)]:
        fits.setdefault(_place(fit), []).append(fit)
    measured = _measured(evidence)
    return [call for call in measured if any(_is_fold(evidence, call, fit) for fit in fits.get(_place(call), ()))]


def beside_folds(calls: list[Call], folds: list[Call]) -> list[Call]:
    """Return the calls that stand in the function, or the cell, of folds that are cut by hand."""
    places = {_place(call) for call in folds}
    return [call for call in calls if _place(call) in places]


def _measured(evidence: Evidence) -> list[Call]:
    """Return the calls that compute results, and those of the work's own functions that do."""
    scores = live_calls(evidence, "score")
    measuring = {last(call.function) for call in scores if call.function}
    own = {last(fact.name) for fact in own_functions(evidence)} & measuring
    return scores + [call for call in live_calls(evidence) if last(call.name) in own]


def _place(call: Call) -> Place:
    return call.span.path, call.span.cell, call.function


def _is_fold(evidence: Evidence, score: Call, fit: Call) -> bool:
    loops = [loop for loop in loops_around(evidence, score.span) if _REPEATING.search(loop)]
    loops = [loop for loop in loops if loop in loops_around(evidence, fit.span)]
    if not loops:
        return False
    turns = set(NAME.findall(loops[0].partition(" in ")[0])) - {"for", "async", "_"}
    chosen = _made_of(evidence, score.span, turns) - turns
    rows = set(NAME.findall(" ".join(fit.positional[:2])))
    truth = set(NAME.findall(" ".join(score.positional)))
    return bool(rows & chosen) and bool(truth & chosen) and not rows & turns


def _made_of(evidence: Evidence, span: Span, turns: set[str]) -> set[str]:
    """Return the names that the lines above a place bind to something of a loop's own variables, in some steps."""
    lines = [
        (bound, used)
        for line, bound, used in _bindings(evidence).get((span.path, span.cell), ())
        if 0 <= (span.line or 0) - line < MOST_ABOVE
    ]
    found = set(turns)
    for _ in range(_STEPS):
        found.update(name for bound, used in lines if found.intersection(used) for name in bound)
    return found


@once_a_work
def _bindings(evidence: Evidence) -> dict[tuple[str, int | None], list[tuple[int, list[str], list[str]]]]:
    found: dict[tuple[str, int | None], list[tuple[int, list[str], list[str]]]] = {}
    for span, text in live_matches(evidence, _BOUND, most=3000):
        found.setdefault((span.path, span.cell), []).append((span.line or 0, *sides(text)))
    return found
