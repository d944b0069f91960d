"""Evaluation: whether decisions rest on more than the default threshold."""

from __future__ import annotations

import re

from grader import Call, Evidence, Finding, Span, criterion, met, not_met, partly
from rubrics.facts import last, live_calls, named, nothing_seen, spans, unreadable
from rubrics.live import live_matches, live_places
from rubrics.models import is_classifier, models
from rubrics.results import predicted_names, result_names

RANKING = ("roc_auc", "average_precision")
CALIBRATING = ("calibration_curve", "CalibratedClassifierCV", "brier_score_loss", "TunedThresholdClassifierCV")
CUTS = re.compile(r"(\b[A-Za-z_]\w*(?:\([^()]*\))?(?:\[[^\]]*\])?\s*>=?\s*(?:0?\.\d+|[A-Za-z_]\w*)\b(?!\())")
BINARY = re.compile(r"predict_proba\([^)]*\)\[:, ?1\]")
OF_POSITIVES = ("recall_score", "precision_score", "f1_score", "fbeta_score")
BY_DEFAULT = "'binary'"
TRAINERS = ("xgboost.train", "lightgbm.train")
CURVES = ("precision_recall_curve", "roc_curve")


@criterion("evaluation.decision_threshold", title="Decisions rest on more than the default threshold")
def decision_threshold(evidence: Evidence) -> Finding:
    """Judge whether, where one of two classes is predicted outright, probabilities are checked (calibration, Brier
    score) or the threshold is derived (from a curve, or varied); one set by hand is partly met. It does not apply to
    more classes, to quantities, or where the assignment's metric ranks rows.
    """
    if problem := unreadable(evidence):
        return problem
    if not any(is_classifier(call) for call in models(evidence)):
        return nothing_seen(evidence, "No classifier was seen.")
    checked = named(evidence, CALIBRATING)
    checked += [call for call in live_calls(evidence) if "CalibrationDisplay" in call.name.split(".")]
    cuts = _cuts(evidence)
    derived = named(evidence, CURVES) if named(evidence, ("argmax", "argmin")) or _varied(cuts) else []
    if checked or derived:
        return met("Probabilities are checked, or the threshold is derived.", evidence=spans([*checked, *derived]))
    if _varied(cuts):
        return met("The threshold is a variable that the work sets by results.", evidence=[span for span, _ in cuts])
    if not _decides(evidence, cuts):
        return nothing_seen(evidence, "No decision between two classes was seen.")
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
    found = []
    for span, text in live_matches(evidence, CUTS, most=500):
        left, _, right = text.rpartition(">")
        names = re.findall(r"[A-Za-z_]\w*", left)
        if names and ((span.path, names[0]) in predicted or "predict_proba" in names):
            found.append((span, right.lstrip("= ")))
    return found


def _varied(cuts: list[tuple[Span, str]]) -> bool:
    return any(text[:1].isalpha() or text[:1] == "_" for _, text in cuts)


def _decides(evidence: Evidence, cuts: list[tuple[Span, str]]) -> bool:
    """Tell whether one of two classes is predicted outright, as far as the assignment or the code says so."""
    if evidence.hidden:
        two = bool(evidence.hidden[0].histogram) or evidence.hidden[0].metric == "accuracy"
        return two and evidence.hidden[0].metric not in RANKING
    said = live_calls(evidence, "predict")
    if said and last(said[-1].name) == "predict_proba" and all(text == "0.5" for _, text in cuts):
        return False  # what is handed over in the end are probabilities
    binary = bool(named(evidence, CURVES) or _of_two_classes(evidence) or live_places(evidence, BINARY))
    return binary and bool(cuts or _outright(evidence))


def _outright(evidence: Evidence) -> list[Call]:
    """Return the live calls that predict classes; a booster that was trained by `xgb.train` gives probabilities."""
    trained = {name for call in live_calls(evidence) if call.name in TRAINERS for name in call.assigned}
    said = [call for call in live_calls(evidence, "predict") if last(call.name) == "predict"]
    return [call for call in said if ".Booster." not in call.name and call.receiver not in trained]


def _of_two_classes(evidence: Evidence) -> list[Call]:
    """Return the metrics that are asked for as only two classes allow: recall of the positive one, one ROC curve."""
    found = [call for call in named(evidence, OF_POSITIVES) if call.keywords.get("average", BY_DEFAULT) == BY_DEFAULT]
    return found + [call for call in named(evidence, ("roc_auc_score",)) if "multi_class" not in call.keywords]
