"""Which models are measured by the same measure on the same rows, and which figures the run printed of which model."""

from __future__ import annotations

import re

from grader import Call, Evidence, Figure
from rubrics.ensembles import ENSEMBLES
from rubrics.facts import last, live_calls, named
from rubrics.live import in_loop, loops_around, statement_at
from rubrics.metrics import NAMES, OF_METRICS
from rubrics.models import family, is_simple, models
from rubrics.once import once_a_work
from rubrics.results import LOOP_TARGETS
from rubrics.settings import settings_of

OWN_FOLDS = ("xgboost.cv", "lightgbm.cv", "catboost.cv")
_EVAL_METRIC = re.compile(r"(?:eval_metric|metric|custom_metric)['\"]?\s*[:=]\s*\[?\s*['\"](\w+)")
_OF_BOOSTERS = {"auc": "ROC AUC", "aucpr": "average precision", "logloss": "log loss", "binary_logloss": "log loss",
                "rmse": "squared error", "l2": "squared error", "mae": "absolute error", "l1": "absolute error",
                "accuracy": "accuracy", "f1": "F1"}  # fmt: skip
_SIGNATURES = {"cross_validate": (("estimator",), ("X",), ("y",)), "search": (("estimator",),)}
OF_SURPRISE, _TESTED = "surprise.accuracy.", re.compile(r"\.test\((\w+)\)")
SCORING = ("score", "cross_validate", "search")
# Names of models in printed figures -> how their classes' names begin or contain them.
_IN_CLASS = {
    "XGBoost": "xgb", "LightGBM": "lgbm", "nearest neighbours": "kneighbors", "SVM": "sv", "neural network": "mlp",
    "naive Bayes": "nb",
}  # fmt: skip
SIMPLE_NAMES = frozenset(("logistic regression", "linear regression", "ridge", "lasso", "decision tree", "naive Bayes"))
# What stands in capitals for a model in a printed line, where the work has that model.
_SHORT = {"LR": ("logistic regression", "linear regression"), "RF": ("random forest",), "DT": ("decision tree",),
          "NB": ("naive Bayes",), "GBM": ("gradient boosting", "LightGBM"), "GB": ("gradient boosting",),
          "ET": ("extra trees",), "NN": ("neural network",)}  # fmt: skip
_CAPITALS = re.compile(rf"(?<![\w-])(?:{'|'.join(_SHORT)})(?![\w-])")
TRAINING = re.compile(r"(?i)\btrain(ing)?\b(?! time)")


def shared_measure(evidence: Evidence) -> list[Call]:
    """Return the calls that measure several models alike: one call over a variable, several with the same rows, or
    cross-validations of several kinds by the same measure.
    """
    single = {name for call in models(evidence) for name in call.assigned}
    groups: dict[tuple[str, ...], list[Call]] = {}
    for call in live_calls(evidence, *SCORING):
        measured, signature = _measured(call)
        if not measured:
            continue
        if (measured not in single or _is_loops_own(evidence, call, measured)) and _repeated(evidence, call):
            return [call]
        groups.setdefault(signature, []).append(call)
    alike = (calls for calls in groups.values() if len({_measured(call)[0] for call in calls}) > 1)
    return next(alike, []) or _validated_alike(evidence)


def _is_loops_own(evidence: Evidence, call: Call, name: str) -> bool:
    """Tell whether a name is the variable of a loop around a call, whatever else is called so elsewhere."""
    around = [statement_at(evidence, call.span), *loops_around(evidence, call.span)]
    targets = (target for line in around for target in LOOP_TARGETS.findall(line))
    return any(name in re.findall(r"\w+", target) for target in targets)


def _validated_alike(evidence: Evidence) -> list[Call]:
    """Return the cross-validations of several kinds of model, each by its library's own function, by one measure."""
    found: dict[str, dict[str, Call]] = {}
    for call in [*live_calls(evidence, "cross_validate"), *named(evidence, ("cv",))]:
        kind, measure = _kind_validated(evidence, call), _measure_of(evidence, call)
        if kind and measure:
            found.setdefault(measure, {}).setdefault(kind, call)
    return next((list(calls.values()) for calls in found.values() if len(calls) > 1), [])


def _kind_validated(evidence: Evidence, call: Call) -> str:
    """Return the family of the model that a cross-validation is given, "" where it is not known."""
    if call.kind != "cross_validate":
        return family(call) if call.name in OWN_FOLDS else ""
    given = call.positional[0] if call.positional else call.keywords.get("estimator", "")
    if model := _made(evidence).get((call.span.path, given)):
        return family(model)
    kinds = {family(model) for model in models(evidence) if f"{family(model)}(" in given}
    return kinds.pop() if len(kinds) == 1 else ""


def _measure_of(evidence: Evidence, call: Call) -> str:
    """Return the measure of a cross-validation, by one name for all libraries."""
    asked = call.keywords.get("scoring", "") if call.kind == "cross_validate" else call.keywords.get("metrics", "")
    asked = asked or call.keywords.get("eval_metric", "")
    if not asked and call.kind != "cross_validate":
        found = _EVAL_METRIC.search(settings_of(evidence, call) or "")
        asked = found[1] if found else ""
    word = asked.strip("\"'[]() ").lower()
    return _OF_BOOSTERS.get(word) or NAMES.get(word, "")


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
    name, (given, keywords) = last(call.name), _in_order(call)
    rest = tuple(f"{key}={value}" for key, value in sorted(keywords.items()))
    if call.kind == "cross_validate" and given:
        return given[0], (name, *given[1:], *rest)
    if call.kind == "search":
        return given[0] if given else "", ("search", *(text for text in rest if "cv=" in text))
    if call.name.startswith(OF_SURPRISE) and given:  # what was predicted brings its truth along
        return given[0], (name, *_TESTED.findall(given[0]))
    if name in ("score", "evaluate"):
        return call.receiver, (name, *given, *(text.removeprefix("X=").removeprefix("y=") for text in rest))
    if len(given) > 1:
        return given[1], (name, given[0], *rest)
    return "", ()


def _in_order(call: Call) -> tuple[list[str], dict[str, str]]:
    """Return the arguments in the order of scikit-learn's signatures, whether they are named or not, and the rest."""
    given, keywords = list(call.positional), dict(call.keywords)
    for names in _SIGNATURES.get(call.kind, OF_METRICS)[len(given) :]:
        named_so = next((name for name in names if name in keywords), "")
        if not named_so:
            break
        given.append(keywords.pop(named_so))
    return given, keywords


def class_of(evidence: Evidence, name: str) -> str:
    """Return the class of the work's own models that a printed name means, "" where there is none."""
    wanted = _IN_CLASS.get(name, name.replace(" ", "").lower())
    return next((family(call) for call in models(evidence) if wanted in family(call).lower()), "")


def best_by_model(evidence: Evidence) -> dict[str, dict[str, Figure]]:
    """Return, a metric, the best figure that the run printed of each kind of model of the work."""
    found: dict[str, dict[str, Figure]] = {}
    for figure in evidence.observed:
        held_out = not TRAINING.search(figure.span.text)
        subject = figure.subject or _in_capitals(evidence, figure.span.text)
        if held_out and figure.metric and subject and class_of(evidence, subject):
            best = found.setdefault(figure.metric, {})
            if subject not in best or figure.merit > best[subject].merit:
                best[subject] = figure.model_copy(update={"subject": subject})
    return found


def _in_capitals(evidence: Evidence, text: str) -> str:
    """Return the one model that a printed line names in capitals, "" where it may be another or none."""
    known = [name for short in {*_CAPITALS.findall(text)} for name in _SHORT[short] if class_of(evidence, name)]
    return known[0] if len(known) == 1 else ""


def final_model(evidence: Evidence) -> Call | None:
    """Return the live call that made the model which predicts last, None where that could not be followed."""
    calls = live_calls(evidence, "predict")
    said = [call for call in calls if evidence.plan is None or call.span.path in evidence.started]
    if not said:
        return None
    made, final = _made(evidence), said[-1]
    if model := made.get((final.span.path, final.receiver)) or _built(evidence, final):
        return model
    kind = final.name.split(".")[-2] if final.name.count(".") > 1 else ""
    return next((model for model in models(evidence) if family(model) == kind), None)


def _built(evidence: Evidence, asked: Call) -> Call | None:
    """Return the model that the function makes whose result is asked: the one that the others are put together into."""
    calls = live_calls(evidence)
    here = [call for call in calls if asked.receiver and asked.receiver in call.assigned and call.kind == "other"]
    names = {last(call.name) for call in here if (call.span.path, call.function) == (asked.span.path, asked.function)}
    inside = [call for call in calls if call.function and last(call.function) in names]
    made = [call for call in inside if last(call.name) in ENSEMBLES] or [c for c in models(evidence) if c in inside]
    return made[-1] if len({family(call) for call in made}) == 1 else None


def expanded(evidence: Evidence) -> list[Call]:
    """Return the simple models of one kind, where one learns from the features as they are and another from their
    polynomials: two models, of which the first is a floor for the second.
    """
    makers = {name for call in named(evidence, ("PolynomialFeatures",)) for name in call.assigned}
    made = {name for call in live_calls(evidence, "transform") if call.receiver in makers for name in call.assigned}
    fits = {call.receiver: call.positional[:1] for call in live_calls(evidence, "fit")}
    kinds: dict[str, dict[bool, Call]] = {}
    for model in models(evidence):
        given = [text for name in model.assigned for text in fits.get(name, ())]
        if is_simple(model) and given:
            kinds.setdefault(family(model), {})[any(text in made for text in given)] = model
    return [model for both in kinds.values() if len(both) > 1 for model in both.values()]


@once_a_work
def _made(evidence: Evidence) -> dict[tuple[str, str], Call]:
    """Return which (file, variable) holds which model: one that was assigned to it, or a pipeline's only one."""
    used = models(evidence)
    made = {(call.span.path, name): call for call in used for name in call.assigned}
    for call in live_calls(evidence):
        if not call.assigned or not last(call.name).endswith("ipeline"):
            continue
        held = {word for text in call.positional for word in re.findall(r"\w+", text)}
        inside = [model for model in used if held.intersection((family(model), *model.assigned))]
        if len({family(model) for model in inside}) == 1:
            made |= {(call.span.path, name): inside[0] for name in call.assigned}
    return made
