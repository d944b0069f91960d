"""Errors that are averaged by hand: those of a mean or median of the target, and those of a model's predictions."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader import Call, Evidence
from rubrics.code_text import begins_in
from rubrics.facts import last, live_calls
from rubrics.following import heads_of
from rubrics.once import once_a_work
from rubrics.results import NAME, Name, predicted_names

_ERRORS = frozenset(("abs", "absolute", "square", "power", "pow"))
_AVERAGING = frozenset(("mean", "median", "average", "nanmean"))
_SQUARES = re.compile(r"^\((.{1,120} - .{1,120})\) \*\* 2$")
_CENTRE = re.compile(r"^\(?(?:(?:np|numpy|statistics)\.(?:mean|median)\(([^()]+)\)|([^()]+)\.(?:mean|median)\(\))\)?$")
_PLAIN = re.compile(r"^(\w+)(?:\[[^\]'\"]*\]|\.values|\.to_numpy\(\))?$")
_HOPS = 2


def floors_by_hand(evidence: Evidence) -> list[Call]:
    """Return the calls that give the errors of a target's mean or median, which are averaged."""
    truths = _truths(evidence)
    return [call for call in _averaged(evidence) if any(pair <= truths for pair in _centred(call))]


def errors_by_hand(evidence: Evidence) -> list[Call]:
    """Return the calls that give the errors of what a model has predicted, which are averaged."""
    predicted = predicted_names(evidence)
    return [
        call
        for call in _averaged(evidence)
        if any(".predict" in side or _rows(call, side) in predicted for side in _sides(call))
    ]


@once_a_work
def _averaged(evidence: Evidence) -> tuple[Call, ...]:
    """Return the calls that take the sizes of differences, where these are averaged in the same place or by name."""
    calls = live_calls(evidence)
    means = [call for call in calls if last(call.name) in _AVERAGING]
    errors = [call for call in calls if last(call.name) in _ERRORS and _sides(call)]
    found = [call for call in errors if any(_takes(mean, call) for mean in means)]
    return (*found, *(mean for mean in means if _sides(mean)))


def _takes(mean: Call, errors: Call) -> bool:
    if mean.span.path != errors.span.path:
        return False
    given = " ".join((*mean.positional, mean.receiver))
    nested = begins_in(errors.span, mean.span) and errors.positional[0] in given
    return nested or bool(set(errors.assigned).intersection(NAME.findall(given)))


def _sides(call: Call) -> list[str]:
    """Return the two sides of the difference that a call is given, or that is squared where an average is taken."""
    text = call.positional[0] if call.positional else ""
    if last(call.name) in _AVERAGING:
        squares = _SQUARES.match(text)
        text = squares[1] if squares else ""
    sides = [side.strip() for side in text.split(" - ")]
    return sides if len(sides) == 2 else []


def _centred(call: Call) -> Iterable[set[Name]]:
    """Yield the rows whose mean stands on one side, with those on the other."""
    for one, other in (_sides(call), _sides(call)[::-1]):
        if (centre := _CENTRE.match(one)) is not None:
            yield {_rows(call, centre[1] or centre[2]), _rows(call, other)}


def _rows(call: Call, text: str) -> Name:
    """Return the file and the rows that a text means: a variable's, or a column's."""
    plain = _PLAIN.match(text)
    return (call.span.path, plain[1] if plain else text)


@once_a_work
def _truths(evidence: Evidence) -> frozenset[Name]:
    """Return what models learn to predict, or are measured against, through own functions too."""
    fits, scores = live_calls(evidence, "fit", "cross_validate"), live_calls(evidence, "score")
    given = [(call, text) for call in fits for text in call.positional[-1:] if len(call.positional) > 1]
    given += [(call, text) for call in scores for text in call.positional[:1]]
    found = {_rows(call, text) for call, text in given}
    for _ in range(_HOPS):
        for call in live_calls(evidence):
            path, parameters = heads_of(evidence).get(last(call.name), ("", []))
            pairs = zip(parameters, call.positional, strict=False)
            found |= {_rows(call, text) for name, text in pairs if (path, name) in found}
    return frozenset(found)
