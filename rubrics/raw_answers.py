"""Whether metrics of classes take a regressor's answers as they are, to the target that it has learned.

A quantity may be cut into classes, and a risk may rank rows by what came of them: neither makes the regressor wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader import Call, Evidence
from rubrics.facts import live_calls
from rubrics.metrics import CLASSIFICATION, OF_METRICS, metrics_of
from rubrics.once import once_a_work
from rubrics.results import NAME, Name, values_given

_CUT = re.compile(r"[<>]|\bwhere\(|\bround\(|\brint\(|\bcut\(|\bdigitize\(|\bastype\(|\bselect\(|==")
_OF_CLASSES = re.compile(r"survival|cox|rank|logistic|softmax|softprob|hinge")


def judged_as_classes(evidence: Evidence, regressors: Iterable[Call]) -> bool:
    """Tell whether a metric of classes is surely taken of what `regressors` answer: not what could not be followed."""
    if all(_OF_CLASSES.search(" ".join(call.keywords.values())) for call in regressors):
        return False
    validated = live_calls(evidence, "cross_validate", "search")
    if any(CLASSIFICATION.intersection(metrics_of(call)) for call in validated):
        return True
    scores = [call for call in live_calls(evidence, "score") if CLASSIFICATION.intersection(metrics_of(call))]
    return any(_takes_answers(evidence, call) for call in scores)


def _takes_answers(evidence: Evidence, call: Call) -> bool:
    truth, said = (_argument(call, place, names) for place, names in enumerate(OF_METRICS))
    answered = {(one.span.path, name) for one in live_calls(evidence, "predict") for name in one.assigned}
    is_raw = ".predict" in said or (call.span.path, said) in answered
    if not is_raw or _is_cut(evidence, call, said) or _is_cut(evidence, call, truth):
        return False
    return (call.span.path, _root(truth)) in _targets(evidence)


def _argument(call: Call, place: int, names: tuple[str, ...]) -> str:
    if len(call.positional) > place:
        return call.positional[place]
    return next((call.keywords[name] for name in names if name in call.keywords), "")


def _is_cut(evidence: Evidence, call: Call, text: str) -> bool:
    return bool(_CUT.search(text)) or (call.span.path, text) in _cuts(evidence)


@once_a_work
def _cuts(evidence: Evidence) -> frozenset[Name]:
    """Return (file, variable) of what is bound to a comparison, or to what is rounded or cut."""
    given = values_given(evidence).items()
    return frozenset(name for name, values in given if any(map(_CUT.search, values)))


@once_a_work
def _targets(evidence: Evidence) -> frozenset[Name]:
    """Return (file, variable) of what models learn to predict, and of the other parts of the splits that gave it."""
    fits = [call for call in live_calls(evidence, "fit") if len(call.positional) > 1 or "y" in call.keywords]
    found = {(call.span.path, _root(call.keywords.get("y") or call.positional[1])) for call in fits}
    for split in live_calls(evidence, "split"):
        pairs = zip(split.assigned[::2], split.assigned[1::2], strict=False)
        for pair in pairs:
            names = {(split.span.path, name) for name in pair}
            found |= names if names & found else set()
    return frozenset(found)


def _root(text: str) -> str:
    """Return the variable that a text begins with, with the column that is taken of it."""
    name = NAME.match(text)
    column = re.search(r"\[['\"][^'\"]*['\"]\]", text)
    return (name[0] if name else "") + (column[0] if column else "")
