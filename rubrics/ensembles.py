"""Models that only work inside another one: they are no alternative to it, and nothing to compare it with."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.code_text import begins_in
from rubrics.facts import last, live_calls
from rubrics.live import live_matches
from rubrics.models import family, models
from rubrics.once import once_a_work
from rubrics.settings import written

ENSEMBLES = ("VotingClassifier", "VotingRegressor", "StackingClassifier", "StackingRegressor")
_JOINING = re.compile(r"^(Voting|Stacking|Blending)\w*(Classifier|Regressor)$")
_STACKED = re.compile(
    r"^\s*(\w+(?:\[[^\]]*\])?\s*=(?!=).*\b(?:column_stack|hstack|vstack|stack|c_|concat|DataFrame|array)\b.*)"
)
_ALONE = ("predict", "score", "cross_validate")


@once_a_work
def joined(evidence: Evidence) -> tuple[Call, ...]:
    """Return the models that are members of an ensemble, or learn from what other models predict, and of which no
    result is computed by itself.
    """
    ensembles = [call for call in live_calls(evidence) if _JOINING.match(last(call.name))]
    inside = [model for model in models(evidence) if any(_holds(evidence, one, model) for one in ensembles)]
    alone = _measured_alone(evidence)
    members = [model for model in inside if not alone.intersection(_names(model))]
    return (*members, *(model for model in models(evidence) if model not in members and _is_stacked(evidence, model)))


def apart(evidence: Evidence) -> list[Call]:
    """Return the models in use that stand by themselves."""
    return [model for model in models(evidence) if model not in joined(evidence)]


def _names(model: Call) -> set[tuple[str, str]]:
    return {(model.span.path, name) for name in model.assigned}


def _holds(evidence: Evidence, ensemble: Call, model: Call) -> bool:
    """Tell whether an ensemble is given a model: in the call, by its name, in a list that has a name, or by a function
    that makes it for nothing else.
    """
    if model.span.path != ensemble.span.path:
        return False
    if not model.assigned and begins_in(model.span, ensemble.span):
        return True
    if model.function and model.function != ensemble.function:
        made = [call for call in live_calls(evidence) if last(call.name) == last(model.function)]
        return bool(made) and all(begins_in(call.span, ensemble.span) for call in made)
    texts = [*_given(ensemble), *(written(evidence, text) or "" for text in _given(ensemble))]
    if not model.assigned:
        near = model.function in ("", ensemble.function)  # one of the same class elsewhere is another model
        return near and any(f"{family(model)}(" in text for text in texts)
    return any(re.search(rf"\b{re.escape(name)}\b", text) for name in model.assigned for text in texts)


def _given(call: Call) -> list[str]:
    return [text for text in (*call.positional[:1], call.keywords.get("estimators", "")) if text]


def _measured_alone(evidence: Evidence) -> set[tuple[str, str]]:
    """Return (file, variable) of what predicts by itself, or is scored or validated by itself."""
    found = set()
    for call in live_calls(evidence, *_ALONE):
        names = [call.receiver, *(call.positional[:1] if call.kind == "cross_validate" else ())]
        found |= {(call.span.path, name) for name in names}
    return found


def _is_stacked(evidence: Evidence, model: Call) -> bool:
    """Tell whether a model is fitted on what at least two others have predicted."""
    fits = [call for call in live_calls(evidence, "fit") if (call.span.path, call.receiver) in _names(model)]
    given = {(call.span.path, re.split(r"\W", text)[0]) for call in fits for text in call.positional[:1]}
    return bool(given & _of_predictions(evidence))


@once_a_work
def _of_predictions(evidence: Evidence) -> frozenset[tuple[str, str]]:
    """Return (file, variable) of tables whose columns several models have predicted."""
    by: dict[tuple[str, str], set[str]] = {}
    for call in live_calls(evidence, "predict"):
        for name in call.assigned:
            by.setdefault((call.span.path, name), set()).add(call.receiver)
    found = {name for name, models_of in by.items() if len(models_of) > 1 and _is_filled(evidence, name)}
    for span, text in live_matches(evidence, _STACKED, most=500):
        name, *used = re.findall(r"[A-Za-z_]\w*", text)
        receivers = {one for word in used for one in by.get((span.path, word), ())}
        if len(receivers) > 1:
            found.add((span.path, name))
    return frozenset(found)


def _is_filled(evidence: Evidence, name: tuple[str, str]) -> bool:
    """Tell whether predictions are put into a table, column by column; a name that is used again holds the last."""
    path, variable = name
    begun = re.compile(rf"^\s*{re.escape(variable)}\s*\[")
    calls = [call for call in live_calls(evidence, "predict") if call.span.path == path and variable in call.assigned]
    return all(begun.match(call.span.text) for call in calls)
