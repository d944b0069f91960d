"""Evaluation: whether decisions rest on more than the default threshold."""

from __future__ import annotations

import re

from grader import Call, Evidence, Finding, Span, criterion, met, not_applicable, not_met, partly
from rubrics.classes import CURVES, class_boosters, class_layers, of_two_classes, tells_classes
from rubrics.code_text import place
from rubrics.facts import last, live_calls, named, nothing_seen, spans, unreadable
from rubrics.live import live_matches
from rubrics.models import is_classifier, models
from rubrics.networks import networks
from rubrics.results import NAME, Name, predicted_names, result_names
from rubrics.sweeping import swept

RANKING = ("roc_auc", "average_precision")
CALIBRATING = ("calibration_curve", "CalibratedClassifierCV", "brier_score_loss", "TunedThresholdClassifierCV")
CUTS = re.compile(r"(\b[A-Za-z_]\w*(?:\([^()]*\))?(?:\[[^\]]*\])*\s*>=?\s*(?:0?\.\d+|[A-Za-z_]\w*)\b(?!\())")
ROUNDING = ("round", "rint", "around")
# What ends with the answer of a model, or with a variable: `model.predict(b).flatten()`, `said[:, 1]`
_GIVEN = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
ANSWER = re.compile(
    rf"(?:\.(predict|predict_proba){_GIVEN}|(?<![\w.])([A-Za-z_]\w*))"
    r"(?:\[[^\[\]]{0,40}\]|\.(?:flatten|ravel|squeeze)\(\))*$"
)
TRAINERS = ("xgboost.train", "lightgbm.train")
CHANCES = ("predict_proba", "predict_log_proba", "decision_function")
NO_DECISION = "No decision between two classes was seen."
ONLY_RANKED = "The assignment's metric ranks rows, so no threshold is asked for."


@criterion("evaluation.decision_threshold", title="Decisions rest on more than the default threshold")
def decision_threshold(evidence: Evidence) -> Finding:
    """Judge whether, where one of two classes is predicted outright, probabilities are checked (calibration, Brier
    score) or the threshold is derived (from a curve, or varied); one set by hand is partly met. It does not apply to
    more classes, to quantities, or where the assignment's metric ranks rows.
    """
    if problem := unreadable(evidence):
        return problem
    if not tells_classes(evidence):
        return nothing_seen(evidence, NO_DECISION if networks(evidence) else "No classifier was seen.")
    checked = named(evidence, CALIBRATING)
    checked += [call for call in live_calls(evidence) if "CalibrationDisplay" in call.name.split(".")]
    cuts = _cuts(evidence)
    varied = swept(evidence) or [span for span, text in cuts if text[:1].isalpha() or text[:1] == "_"]
    curves = named(evidence, CURVES) if varied or named(evidence, ("argmax", "argmin")) else []
    if checked or curves:
        places = [*spans(checked), *(varied or spans(curves))]
        return met("Probabilities are checked, or the threshold is derived.", evidence=places)
    if varied:
        return met("The threshold is a variable that the work sets by results.", evidence=varied)
    if evidence.hidden and evidence.hidden[0].metric in RANKING:
        return not_applicable(ONLY_RANKED)
    if not _decides(evidence, cuts):
        return nothing_seen(evidence, NO_DECISION)
    advice = "Choose the threshold on validation rows by what a miss and a false alarm cost, and check the calibration."
    by_hand = [span for span, text in cuts if float(text) != 0.5]
    if by_hand:
        reason = "Probabilities are cut at a number; nothing shows where it comes from."
        return partly(reason, evidence=by_hand, advice=advice)
    places = spans(_outright(evidence)) or [span for span, _ in cuts]
    return not_met("Classes are predicted at the default threshold.", evidence=places, advice=advice)


def _cuts(evidence: Evidence) -> list[tuple[Span, str]]:
    """Return where a prediction is compared with a number or a variable, with that number or variable."""
    predicted = predicted_names(evidence) - result_names(evidence)  # how good they are is no prediction
    chances = class_layers(evidence) or class_boosters(evidence)
    said = {"predict_proba", "predict"} if chances else {"predict_proba"}
    found = []
    for span, text in live_matches(evidence, CUTS, most=500):
        left, _, right = text.rpartition(">")
        names = NAME.findall(left)
        if names and ((span.path, names[0]) in predicted or said.intersection(names)):
            found.append((span, right.lstrip("= ")))
    return [*found, *((call.span, "0.5") for call in _rounded(evidence, said, predicted))]


def _rounded(evidence: Evidence, said: set[str], predicted: frozenset[Name]) -> list[Call]:
    """Return where what a model says is rounded to nought or one: it is cut at a half."""
    held = predicted if class_layers(evidence) else frozenset()
    found = []
    for call in named(evidence, ROUNDING):
        is_method = bool(call.receiver)
        if len(call.positional) != (0 if is_method else 1) or call.keywords:
            continue  # to some digits
        text = call.span.text.partition(f".{last(call.name)}(")[0] if is_method else call.positional[0]
        asked = ANSWER.search(text)
        if asked and ((asked[1] or "") in said or (call.span.path, asked[2] or "") in held):
            found.append(call)
    return found


def _decides(evidence: Evidence, cuts: list[tuple[Span, str]]) -> bool:
    """Tell whether one of two classes is predicted outright, as far as the assignment or the code says so."""
    if evidence.hidden:
        return bool(evidence.hidden[0].histogram) or evidence.hidden[0].metric == "accuracy"
    said = [call for call in live_calls(evidence, "predict") if not _is_measured(evidence, call)]
    if said and last(said[-1].name) == "predict_proba" and all(text == "0.5" for _, text in cuts):
        return False  # what is handed over in the end are probabilities
    return bool(cuts or _outright(evidence)) and of_two_classes(evidence)


def _is_measured(evidence: Evidence, call: Call) -> bool:
    """Tell whether probabilities are only asked for to measure or to draw how good they are."""
    if last(call.name) not in CHANCES:
        return False
    looks = [look for look in live_calls(evidence, "score", "plot") if look.span.path == call.span.path]
    within = any(last(call.name) in "".join(look.positional) and place(look.span) == place(call.span) for look in looks)
    return within or any(set(call.assigned).intersection(look.arguments) for look in looks)


def _outright(evidence: Evidence) -> list[Call]:
    """Return the live calls that predict classes; a network, and a booster that was trained by `xgb.train`, give
    probabilities.
    """
    trained = {name for call in live_calls(evidence) if call.name in TRAINERS for name in call.assigned}
    classes = {"predict"} if any(is_classifier(call) for call in models(evidence)) else set()
    said = [call for call in live_calls(evidence) if last(call.name) in classes | {"predict_classes"}]
    of_chances = ("keras.", "torch.")
    return [
        call
        for call in said
        if last(call.name) == "predict_classes"
        or not (".Booster." in call.name or call.receiver in trained or call.name.startswith(of_chances))
    ]
