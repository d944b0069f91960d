"""Which variables hold results, and which hold predictions, whatever they are called."""

from __future__ import annotations

import re

from grader import Call, Evidence, Span
from rubrics.code_text import place
from rubrics.live import MOST_CHARACTERS, before, live_matches, statement_at
from rubrics.once import once_a_work
from rubrics.reached import last, live_calls

Name = tuple[str, str]
Binding = tuple[str, list[str], list[str]]
_Line = tuple[Span, list[str], list[str]]
_HOPS = 2
_RETURNED = re.compile(r"^\s*return\b")
# What stands left of a result on its line: `a = ...`, `a[name] = ...`, `a += ...`, `a.append(...)`
_LEFT = re.compile(
    r"^\s*(?:([A-Za-z_][\w, ]*?)(?:\[[^\]]*\])?\s*[-+]?=(?!=)"
    r"|([A-Za-z_]\w*)(?:\[[^\]]*\])?\.(?:append|extend|update)\()"
)
_BOUND = re.compile(r"(^\s*[A-Za-z_]\w*(?:\[[^\]]*\])?\s*[-+]?=(?!=).{1,300}|\bfor\s+[\w, ()]+?\s+in\s+.{1,200})")
_LOOP = re.compile(r"\bfor\s+([\w, ()]+?)\s+in\s+([^:\]})]{1,200})")
_INTO = re.compile(r"^\s*([A-Za-z_]\w*)\[")  # what is put into a table or a dict: `a["b"] = ...`
_GIVEN = re.compile(r"^(\s*[A-Za-z_]\w*\s?=(?!=).{1,250})")
_PUT_IN = re.compile(r"^(\s*[A-Za-z_]\w*\.append\(.{1,250})\)\s*$")
NAME = re.compile(r"[A-Za-z_]\w*")
LOOP_TARGETS = re.compile(r"\bfor\s+([\w, ()]{1,100}?)\s+in\b")


@once_a_work
def result_names(evidence: Evidence) -> frozenset[Name]:
    """Return (file, variable) of what holds a score, the results of folds, or something made of that."""
    scores = live_calls(evidence, "score", "cross_validate")
    measuring = {last(call.function) for call in scores if call.function}
    return _spread(evidence, [*scores, *(call for call in live_calls(evidence) if last(call.name) in measuring)])


@once_a_work
def predicted_names(evidence: Evidence) -> frozenset[Name]:
    """Return (file, variable) of what holds predictions, or something made of them."""
    return _spread(evidence, live_calls(evidence, "predict"))


def predicted_names_at(evidence: Evidence, here: Span) -> frozenset[Name]:
    """Return the same without the tables that are given a column of predictions, as of clusters, only below `here`."""
    later = {name for name, first in _given_later(evidence).items() if before(here, first)}
    return predicted_names(evidence) - later if later else predicted_names(evidence)


@once_a_work
def _given_later(evidence: Evidence) -> dict[Name, Span]:
    """Return what holds predictions for no other reason than that they are put into it, and the first line that may."""
    calls = live_calls(evidence, "predict")
    whole = _spread(evidence, calls, into=False)
    later, made = predicted_names(evidence) - whole, {place(call.span) for call in calls}
    found: dict[Name, Span] = {}
    for span, _, source in _bindings(evidence):
        into = _INTO.match(span.text)
        given = place(span) in made or any((span.path, name) in whole for name in source)
        if into and given and (span.path, into[1]) in later:
            found.setdefault((span.path, into[1]), span)
    return found


@once_a_work
def answering_functions(evidence: Evidence) -> frozenset[str]:
    """Return the work's own functions that return what a model predicts."""
    predicting = [call for call in live_calls(evidence, "predict") if call.function]
    said = [call for call in predicting if _RETURNED.match(statement_at(evidence, call.span)[:MOST_CHARACTERS])]
    return frozenset(last(call.function) for call in said)


@once_a_work
def bound_names(evidence: Evidence) -> frozenset[Name]:
    """Return (file, variable) of what a line gives a value to, so that its name need not tell what it holds."""
    return frozenset((span.path, name) for span, bound, _ in _bindings(evidence) for name in bound)


@once_a_work
def values_given(evidence: Evidence) -> dict[Name, list[str]]:
    """Return what each (file, variable) is given by the lines that name it alone."""
    found: dict[Name, list[str]] = {}
    for span, text in live_matches(evidence, _GIVEN, most=3000):
        name, _, value = text.partition("=")
        found.setdefault((span.path, name.strip()), []).append(value)
    return found


@once_a_work
def values_put_in(evidence: Evidence) -> dict[Name, list[str]]:
    """Return what is put into each (file, variable) that is a list, one value after the other."""
    found: dict[Name, list[str]] = {}
    for span, text in live_matches(evidence, _PUT_IN, most=3000):
        name, _, value = text.partition(".append(")
        found.setdefault((span.path, name.strip()), []).append(value)
    return found


def holds(call: Call, names: frozenset[Name]) -> bool:
    """Tell whether a call is made on, or given, one of the variables `names`."""
    return any((call.span.path, name) in names for name in (call.receiver, *call.arguments))


def _spread(evidence: Evidence, calls: list[Call], *, into: bool = True) -> frozenset[Name]:
    """Return what holds the results of calls, or something made of them; `into` counts what they are put into."""
    found = {(call.span.path, name) for call in calls for name in call.assigned}
    for call in calls:
        text = statement_at(evidence, call.span)[:MOST_CHARACTERS]  # cut, so that none takes long
        left = _LEFT.match(text) if into or not _INTO.match(text) else None
        found |= {(call.span.path, name) for name in NAME.findall(left[1] or left[2])} if left else set()
    lines = [line for line in _bindings(evidence) if into or not _INTO.match(line[0].text)]
    tables = _tables(evidence)
    found -= tables
    for _ in range(_HOPS):
        found |= {
            (span.path, name)
            for span, bound, source in lines
            if any((span.path, used) in found for used in source)
            for name in bound
            if (span.path, name) not in tables
        }
    return frozenset(found)


@once_a_work
def _bindings(evidence: Evidence) -> tuple[_Line, ...]:
    return tuple((span, *sides(text)) for span, text in live_matches(evidence, _BOUND, most=3000))


def sides(text: str) -> tuple[list[str], list[str]]:
    """Return the names that a line binds, and those it binds them from: an assignment's, or a loop's."""
    if (loop := _LOOP.search(text)) is not None:
        return NAME.findall(loop[1]), NAME.findall(loop[2])
    left, _, right = text.partition("=")
    return NAME.findall(left.partition("[")[0]), NAME.findall(right)


@once_a_work
def _tables(evidence: Evidence) -> frozenset[Name]:
    """Return the variables that hold the data itself: a column of predictions makes no table of predictions."""
    lines = _bindings(evidence)
    found = {(call.span.path, name) for call in live_calls(evidence, "load") for name in call.assigned}
    for _ in range(_HOPS):
        found |= {
            (span.path, name) for span, bound, source in lines for name in bound if (span.path, *source[:1]) in found
        }
    return frozenset(found)
