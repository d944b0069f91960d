"""Which variables hold something that was made from given calls, and which models are fitted on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from grader import Call, Evidence
from rubrics.code_text import begins_in, place
from rubrics.live import live_matches
from rubrics.models import trained
from rubrics.once import once_a_work
from rubrics.reached import last, live_calls
from rubrics.results import NAME, Binding, Name, sides

MOST_SEEDS, MOST_STEPS = 200, 8
GROWING = frozenset(("append", "extend", "add", "insert", "update"))
Heads = dict[str, tuple[str, list[str]]]
_BOUND = re.compile(
    r"(^\s*[A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_]\w*)*(?:\[[^\]]*\])?\s*[-+]?=(?!=).{1,300}"
    r"|\bfor\s+[\w, ()]+?\s+in\s+.{1,200})"
)
_HEAD = re.compile(r"^\s*(?:async\s+)?def\s+(\w+\s*\([^()]{0,250})")
_LEFT = re.compile(r"^([\w\s,.\[\]'\"]+)=(?!=)")


def made_from(evidence: Evidence, seeds: list[Call]) -> frozenset[Name]:
    """Return (file, variable) of what holds something of `seeds`: bound, appended, looped over, passed or returned."""
    calls, bindings, heads = live_calls(evidence), _bindings(evidence), heads_of(evidence)
    giving = {last(call.function) for call in seeds if call.function}
    found = {name for call in _around(calls, seeds) for name in _receives(call)}
    found |= {(call.span.path, name) for call in seeds for name in (*_left(call), *call.assigned)}
    for _ in range(MOST_STEPS):
        known = len(found)
        for call in calls:
            reads = touches(call, found)
            if reads or last(call.name) in giving:
                found |= {*_receives(call), *_passed(call, found, heads)}
            if reads and call.function:
                giving.add(last(call.function))
        found |= {(path, name) for path, bound, used in bindings if _any(path, used, found) for name in bound}
        if len(found) == known:
            break
    return frozenset(found)


def fitted_on(evidence: Evidence, seeds: list[Call]) -> list[Call]:
    """Return the live calls that fit a model on something made of `seeds`, or on what holds one of them itself."""
    names = made_from(evidence, seeds)
    giving = {call.function for call in seeds if call.function and "." not in call.function}
    given = [call for call in live_calls(evidence) if call.name in giving]  # `model.fit(numbers(texts), y)`
    around = {place(call.span) for call in _around(live_calls(evidence), [*seeds, *given])}
    return [call for call in trained(evidence) if touches(call, names) or place(call.span) in around]


def touches(call: Call, names: Set[Name]) -> bool:
    """Tell whether a call is made on one of `names`, or reads one."""
    return _any(call.span.path, {call.receiver.partition(".")[0], *call.arguments}, names)


def same_line(call: Call, others: list[Call]) -> bool:
    """Tell whether one of `others` begins on the line on which `call` does."""
    return any(place(call.span) == place(other.span) for other in others)


def _any(path: str, used: Iterable[str], found: Set[Name]) -> bool:
    return any((path, name) in found for name in used)


def _around(calls: list[Call], seeds: list[Call]) -> list[Call]:
    """Return the seeds, and the calls that are given one of them in place."""
    return [call for call in calls if any(begins_in(seed.span, call.span) for seed in seeds[:MOST_SEEDS])]


def _receives(call: Call) -> set[Name]:
    """Return what holds a call's result: what it is assigned to, or the list that it is put into."""
    grown = {call.receiver.partition(".")[0]} if call.receiver and last(call.name) in GROWING else set()
    return {(call.span.path, name) for name in {*call.assigned, *grown}}


def _left(call: Call) -> list[str]:
    """Return the names left of the sign on a call's own line: of a comprehension, say."""
    left = _LEFT.match(call.span.text.partition("\n")[0])
    return NAME.findall(left[1]) if left else []


def _passed(call: Call, found: Set[Name], heads: Heads) -> set[Name]:
    """Return the parameters of the work's own function that a call gives something of `found` to."""
    path, parameters = heads.get(last(call.name), ("", []))
    given = [*zip(parameters, call.positional, strict=False), *call.keywords.items()] if parameters else []
    return {(path, name) for name, text in given if _any(call.span.path, {*NAME.findall(text)}, found)}


@once_a_work
def _bindings(evidence: Evidence) -> tuple[Binding, ...]:
    return tuple((span.path, *sides(text)) for span, text in live_matches(evidence, _BOUND, most=3000))


@once_a_work
def heads_of(evidence: Evidence) -> Heads:
    """Return the file and the parameters of each function whose head stands on one line, `self` left out."""
    found: Heads = {}
    for span, text in live_matches(evidence, _HEAD, most=1000):
        name, _, inside = text.partition("(")
        names = [re.split("[:=]", part)[0].strip(" *") for part in inside.split(",")]
        found.setdefault(name.strip(), (span.path, [part for part in names if part and part != "self"]))
    return found
