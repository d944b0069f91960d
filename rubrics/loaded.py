"""Models that a work only loads: they learned elsewhere, and nothing beside them trains them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader import Call, Evidence
from rubrics.detectors import makes_detector
from rubrics.networks import training_steps
from rubrics.reached import last, live_calls

_RESTORING = frozenset(("load_state_dict", "load_weights", "load_model"))
_TRAINS = re.compile(r"(?i)train|tune|optimi|(^|_)fit")
Where = tuple[str, str, str]


def only_loaded(evidence: Evidence, made: Iterable[Call]) -> list[Call]:
    """Return the models of `made` whose weights are read from a file, and which are not trained from there on; none
    where that would leave no model of a work that trains one.
    """
    found = list(made)
    restored, trained = _restored(evidence), _trained(evidence)
    loaded = [call for call in found if _names(call) & restored or _is_ready(call)]
    loaded = [call for call in loaded if call.assigned and not _is_trained(evidence, call, trained)]
    trains = bool(live_calls(evidence, "fit", "cross_validate", "search") or training_steps(evidence))
    return [] if trains and len(loaded) == len(found) else loaded


def _is_ready(call: Call) -> bool:
    """Tell whether a network comes with all its weights, and no new head on them."""
    return makes_detector(call) or (last(call.name) == "from_pretrained" and "num_labels" not in call.keywords)


def _names(call: Call) -> set[Where]:
    """Return (file, function, variable) of what holds a call's result; an attribute is the whole file's."""
    return {_where(call, name) for name in call.assigned}


def _where(call: Call, name: str) -> Where:
    return (call.span.path, "" if "." in name else call.function, name)


def _restored(evidence: Evidence) -> set[Where]:
    calls = (call for call in live_calls(evidence) if last(call.name) in _RESTORING)
    return {_where(call, call.receiver) for call in calls}


def _trained(evidence: Evidence) -> set[Where]:
    """Return what is fitted, gives its weights to an optimiser, or is given to what trains by its name."""
    steps = training_steps(evidence)
    training = {last(call.function) for call in steps if call.function}
    found = {_where(call, call.receiver) for call in steps}
    for call in live_calls(evidence):
        if call.kind == "fit" or last(call.name) == "parameters":
            found.add(_where(call, call.receiver))
        if _TRAINS.search(call.name) or last(call.name) in training:
            found |= {_where(call, word) for text in _texts(call) for word in re.findall(r"[A-Za-z_][\w.]*", text)}
    return found


def _texts(call: Call) -> list[str]:
    return [*call.positional, *call.keywords.values()]


def _is_trained(evidence: Evidence, call: Call, trained: set[Where]) -> bool:
    """Tell whether a model is trained as it is made (`xgb.train`), where it is made, or where the function that makes
    it is called.
    """
    if last(call.name) == "train" or _names(call) & trained:
        return True
    name = last(call.function)
    callers = [other for other in live_calls(evidence) if name and last(other.name) == name]
    return any(_names(other) & trained for other in callers)
