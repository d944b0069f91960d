"""Which model each figure of a line is said of: the one named before it, or after it where figures come first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.evidence.vocabulary import MODEL, model_of

_BEFORE = re.compile(  # between a model and its number: "LR: 0.93", "LR reaches only 0.93"
    r"(?i)^(?:'s|\u2019s)?[ *`]*(?:[:=(|,~-]|at|with|of|is|was|gets?|got|has|had|reach\w*|scor\w+|achiev\w+|to)?"
    r"[ *`]*(?:(?:only|about|around|just|of|at|an?) )?[*`]*$"
)
_RIGHT_BEFORE = re.compile(r"^[ *`]*[(:=]?[ *`]*$")
_AFTER = re.compile(r"(?i)^ ?(?:for|with|by|from|of|\()? ?(?:the )?$")  # "0.93 for the random forest"


def model_beside(line: str, number: re.Match[str]) -> bool:
    """Tell whether a model's name stands right before or right behind a number."""
    near = line[max(0, number.start() - 60) : number.start()], line[number.end() : number.end() + 60]
    before = list(MODEL.finditer(near[0]))[-1:]
    after = MODEL.search(near[1])
    joined = any(_BEFORE.match(near[0][found.end() :]) for found in before)
    return joined or (after is not None and bool(_AFTER.match(near[1][: after.start()])))


def models_of(line: str, figures: Sequence[tuple[str, re.Match[str]]]) -> list[str]:
    """Return the kind of model that each figure, a metric and its number, is said of, in the order of the line.

    A line of one model says everything of that; "" where it is not sure.
    """
    found = list(MODEL.finditer(line))
    kinds = {model_of(match) for match in found}
    if len(kinds) < 2 or not figures:
        return [model_of(found[0], metric) if found else "" for metric, _ in figures]
    if found[0].start() < min(number.start() for _, number in figures):
        return _named_before(line, found, figures)
    return _named_behind(found, figures)


def _named_before(
    line: str, models: Sequence[re.Match[str]], figures: Sequence[tuple[str, re.Match[str]]]
) -> list[str]:
    """Return the model named since the last figure; without one it goes on, until the same metric comes again."""
    subjects: list[str] = []
    told: set[tuple[str, str]] = set()
    end, subject = 0, ""
    for metric, number in figures:
        between = [match for match in models if end <= match.start() < number.start()]
        if between and _RIGHT_BEFORE.match(line[between[-1].end() : number.start()]):
            between = between[-1:]
        kinds = {model_of(match, metric) for match in between}
        if kinds:
            subject = kinds.pop() if len(kinds) == 1 else ""
        elif (metric, subject) in told:
            subject = ""
        told.add((metric, subject))
        subjects.append(subject)
        end = number.end()
    return subjects


def _named_behind(models: Sequence[re.Match[str]], figures: Sequence[tuple[str, re.Match[str]]]) -> list[str]:
    """Return the model named between a figure and the next."""
    ends = [number.start() for _, number in figures[1:]] + [10**6]
    subjects = []
    for (metric, number), end in zip(figures, ends, strict=True):
        kinds = {model_of(match, metric) for match in models if number.end() <= match.start() < end}
        subjects.append(kinds.pop() if len(kinds) == 1 else "")
    return subjects
