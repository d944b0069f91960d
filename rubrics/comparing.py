"""Which models are measured by the same measure on the same rows, and which figures the run printed of which model."""

from __future__ import annotations

from grader import Call, Evidence, Figure
from rubrics.facts import last, live_calls
from rubrics.models import family, models

SCORING = ("score", "cross_validate", "search")
# Names of models in printed figures -> how their classes' names begin or contain them.
_IN_CLASS = {
    "XGBoost": "xgb", "LightGBM": "lgbm", "nearest neighbours": "kneighbors", "SVM": "sv", "neural network": "mlp",
    "naive Bayes": "nb",
}  # fmt: skip
SIMPLE_NAMES = frozenset(("logistic regression", "linear regression", "ridge", "lasso", "decision tree", "naive Bayes"))
ERRORS = frozenset(("RMSE", "MSE", "MAE", "MAPE", "log loss", "Brier score"))


def shared_measure(evidence: Evidence) -> list[Call]:
    """Return the calls that measure several models alike: one call over a variable, or several with the same rows."""
    single = {name for call in models(evidence) for name in call.assigned}
    groups: dict[tuple[str, ...], list[Call]] = {}
    for call in live_calls(evidence, *SCORING):
        measured, signature = _measured(call)
        if not measured:
            continue
        if call.function or (measured not in single and measured.split("(")[0].isidentifier() and "(" not in measured):
            return [call]
        groups.setdefault(signature, []).append(call)
    return next((calls for calls in groups.values() if len({_measured(call)[0] for call in calls}) > 1), [])


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
        if figure.metric and figure.subject and class_of(evidence, figure.subject):
            best = found.setdefault(figure.metric, {})
            sign = -1 if figure.metric in ERRORS else 1
            if figure.subject not in best or sign * figure.value > sign * best[figure.subject].value:
                best[figure.subject] = figure
    return found


def final_model(evidence: Evidence) -> Call | None:
    """Return the live call that made the model which predicts last, None where that could not be followed."""
    made = _made(evidence)
    for call in reversed(live_calls(evidence, "predict")):
        if call.receiver in made:
            return made[call.receiver]
        kind = call.name.split(".")[-2] if call.name.count(".") > 1 else ""
        if found := next((model for model in models(evidence) if family(model) == kind), None):
            return found
    return None


def _made(evidence: Evidence) -> dict[str, Call]:
    """Return which variable holds which model: one that was assigned to it, or the only one of a pipeline in it."""
    used = models(evidence)
    made = {name: call for call in used for name in call.assigned}
    for call in live_calls(evidence):
        if not call.assigned or not last(call.name).endswith("ipeline"):
            continue
        inside = [model for model in used if any(family(model) in text for text in call.positional)]
        if len({family(model) for model in inside}) == 1:
            made |= dict.fromkeys(call.assigned, inside[0])
    return made
