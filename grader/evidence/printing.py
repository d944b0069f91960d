"""What the code prints behind a text: `print("LR", roc_auc_score(y, p))` makes of "LR 0.81" a ROC AUC."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from grader.evidence.vocabulary import METRIC, MODEL, RATIOS, metric_of
from grader.model import Call

ANY_MODEL = ""  # the key of what is printed behind a variable, where that holds a model's name
_TEXT = re.compile(r"""^(['"])([^'"{}\\]{1,60})\1$""")
_FORMATTED = re.compile(r"""^f(['"])([^'"{}\\]{1,60})\{([^{}]{1,120})\}['"]$""")
_FUNCTION = re.compile(r"^(?:(?:np\.)?round\(|float\()*([\w.]+)\(")
_VARIABLE = re.compile(r"^(?:(?:np\.)?round\(|float\()*([A-Za-z_]\w*)\b")
_NUMBER = re.compile(r"[\s:=]*-?\d+\.\d")
Makers = Mapping[tuple[str, str], Sequence[Call]]


def told_beside(calls: Iterable[Call], makers: Makers) -> dict[str, str]:
    """Return the metric that is printed behind each text, of ratios only; one that two are printed behind is left out.

    `makers` are the calls that each (file, variable) was assigned from.
    """
    found: dict[str, set[str]] = {}
    for call in calls:
        if call.name == "print" and (pair := _pair(call)):
            found.setdefault(pair[0], set()).add(_metric(call.span.path, pair[1], makers))
    return {text: metrics.pop() for text, metrics in found.items() if len(metrics) == 1 and metrics <= RATIOS}


def text_before(line: str) -> str:
    """Return what stands before the first number of a printed line, "" where none does."""
    number = _NUMBER.search(line)
    return line[: number.start()].strip(" :=\t") if number else ""


def metric_behind(line: str, told: Mapping[str, str]) -> str:
    """Return the metric of the number in a printed line by the text before it, "" where that is not known."""
    text = text_before(line)
    by_variable = told.get(ANY_MODEL, "") if MODEL.fullmatch(text) else ""
    return (told.get(text, "") if text else "") or by_variable


def metric_named(name: str) -> str:
    """Return the metric that a function of this name computes, "" for every other function."""
    name = name.rpartition(".")[2]
    found = METRIC.fullmatch(name.removesuffix("_score")) or METRIC.fullmatch(name)
    return metric_of(found) if found else ""


def _pair(call: Call) -> tuple[str, str] | None:
    """Return the text, or `ANY_MODEL` for a variable, and the one expression that a call prints behind it."""
    if len(call.positional) == 1 and (formatted := _FORMATTED.match(call.positional[0])):
        return formatted[2].strip(" :=\t"), formatted[3]
    if len(call.positional) != 2:
        return None
    text = _TEXT.match(call.positional[0])
    if text is None:
        return (ANY_MODEL, call.positional[1]) if call.positional[0].isidentifier() else None
    return text[2].strip(" :=\t"), call.positional[1]


def _metric(path: str, expression: str, makers: Makers) -> str:
    if called := _FUNCTION.match(expression):
        return metric_named(called[1])
    variable = _VARIABLE.match(expression)
    made = makers.get((path, variable[1]), ()) if variable else ()
    metrics = {metric_named(call.name) for call in made if call.name not in ("round", "float")}
    return metrics.pop() if len(metrics) == 1 else ""
