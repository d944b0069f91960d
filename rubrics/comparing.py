"""Which models are measured by the same measure on the same rows, and which figures the run printed of which model."""

from __future__ import annotations

import re

from grader import Call, Evidence, Figure
from rubrics.facts import last, live_calls
from rubrics.live import in_loop
from rubrics.models import family, models

SCORING = ("score", "cross_validate", "search")
# Names of models in printed figures -> how their classes' names begin or contain them.
_IN_CLASS = {
    "XGBoost": "xgb", "LightGBM": "lgbm", "nearest neighbours": "kneighbors", "SVM": "sv", "neural network": "mlp",
    "naive Bayes": "nb",
}  # fmt: skip
SIMPLE_NAMES = frozenset(("logistic regression", "linear regression", "ridge", "lasso", "decision tree", "naive Bayes"))
TRAINING = re.compile(r"(?i)\btrain(ing)?\b(?! time)")


def shared_measure(evidence: Evidence) -> list[Call]:
    """Return the calls that measure several models alike: one call over a variable, or several with the same rows."""
    single = {name for call in models(evidence) for name in call.assigned}
    groups: dict[tuple[str, ...], list[Call]] = {}
    for call in live_calls(evidence, *SCORING):
        measured, signature = _measured(call)
        if not measured:
            continue
        if measured not in single and _repeated(evidence, call):
            return [call]
        groups.setdefault(signature, []).append(call)
    return next((calls for calls in groups.values() if len({_measured(call)[0] for call in calls}) > 1), [])


def _repeated(evidence: Evidence, call: Call, depth: int = 3) -> bool:
    """Tell whether a call is made more than once: in a loop, or in a function that is."""
    if in_loop(evidence, call.span):
        return True
    if not call.function or not depth:
        return False
    calling = [other for other in live_calls(evidence) if last(other.name) == last(call.function)]
    return len(calling) > 1 or any(_repeated(evidence, other, depth - 1) for other in calling)


def _measured(call: Call) -> tuple[str, tuple[str, ...]]:
    """Return what a call measures (a model, or predictions), and the rest of it, by which measures are alike."""
    name, rest = last(call.name), tuple(f"{key}={value}" for key, value in sorted(call.keywords.items()))
    if call.kind == "cross_validate" and call.positional:
        return call.positional[0], (name, *call.positional[1:], *rest)
    if call.kind == "search":
        return call.positional[0] if call.positional else "", ("search", *(text for text in rest if "cv=" in text))
    if name in ("score", "evaluate"):
        return call.receiver, (name, *call.positional, *rest)
    if len(call.positional) > 1:
        return call.positional[1], (name, call.positional[0], *rest)
    return "", ()


def class_of(evidence: Evidence, name: str) -> str:
    """Return the class of the work's own models that a printed name means, "" where there is none."""
    wanted = _IN_CLASS.get(name, name.replace(" ", "").lower())
    return next((family(call) for call in models(evidence) if wanted in family(call).lower()), "")


def best_by_model(evidence: Evidence) -> dict[str, dict[str, Figure]]:
    """Return, a metric, the best figure that the run printed of each kind of model of the work."""
    found: dict[str, dict[str, Figure]] = {}
    for figure in evidence.observed:
        held_out = not TRAINING.search(figure.span.text)
        if held_out and figure.metric and figure.subject and class_of(evidence, figure.subject):
            best = found.setdefault(figure.metric, {})
            if figure.subject not in best or figure.merit > best[figure.subject].merit:
                best[figure.subject] = figure
    return found


def final_model(evidence: Evidence) -> Call | None:
    """Return the live call that made the model which predicts last, None where that could not be followed."""
    entry = evidence.plan.entry_point.path if evidence.plan else None
    said = [call for call in live_calls(evidence, "predict") if entry in (None, call.span.path)]
    if not said:
        return None
    made, final = _made(evidence), said[-1]
    if model := made.get((final.span.path, final.receiver)):
        return model
    kind = final.name.split(".")[-2] if final.name.count(".") > 1 else ""
    return next((model for model in models(evidence) if family(model) == kind), None)


def _made(evidence: Evidence) -> dict[tuple[str, str], Call]:
    """Return which (file, variable) holds which model: one that was assigned to it, or a pipeline's only one."""
    used = models(evidence)
    made = {(call.span.path, name): call for call in used for name in call.assigned}
    for call in live_calls(evidence):
        if not call.assigned or not last(call.name).endswith("ipeline"):
            continue
        inside = [model for model in used if any(family(model) in text for text in call.positional)]
        if len({family(model) for model in inside}) == 1:
            made |= {(call.span.path, name): inside[0] for name in call.assigned}
    return made
