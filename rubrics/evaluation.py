"""Evaluation: on rows the model has not seen, with metrics that suit, and with a look at where it fails."""

from __future__ import annotations

from grader import Call, Evidence, Finding, criterion, met, needs_human, not_applicable, not_met, partly
from rubrics.facts import absent, last, live_calls, named, spans, unreadable
from rubrics.leaks import leakage
from rubrics.metrics import CLASSIFICATION, REGRESSION, metrics_used, own_metrics
from rubrics.models import is_classifier, models, predictors

OF_THE_ASSIGNMENT = {
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "accuracy": "accuracy",
    "rmse": "squared error",
    "mae": "absolute error",
}
WEAK = frozenset(("accuracy", "R2", "the model's own score"))
FAILURES_SHOWN = (
    "confusion_matrix", "classification_report", "permutation_importance", "calibration_curve", "learning_curve",
    "validation_curve", "precision_recall_curve", "PartialDependenceDisplay", "plot_importance", "residplot",
)  # fmt: skip
DISPLAYS = ("ConfusionMatrixDisplay", "RocCurveDisplay", "PrecisionRecallDisplay", "CalibrationDisplay",
            "PredictionErrorDisplay", "PartialDependenceDisplay", "shap", "eli5")  # fmt: skip
STRATIFIED = ("StratifiedKFold", "RepeatedStratifiedKFold", "StratifiedShuffleSplit", "StratifiedGroupKFold")
GROUPED = ("GroupKFold", "GroupShuffleSplit", "TimeSeriesSplit", "LeaveOneGroupOut")
FOLDS = ("KFold", "RepeatedKFold", *STRATIFIED, *GROUPED)
OPTIMISTIC = "scored_on_training_data"
NO_MODEL = "No model was seen to be made and used."


@criterion("evaluation.multi_test_leakage", title="The test rows are looked at once", weight=2)
def multi_test_leakage(evidence: Evidence) -> Finding:
    """Judge whether models or settings are chosen by comparing results on the same test rows."""
    scores = live_calls(evidence, "score")
    return leakage(
        evidence,
        "multi_test",
        looked_at=[*live_calls(evidence, "split")[:2], *scores[:4]] if scores else [],
        clean="No choice was seen to be made by results on the test rows.",
        nothing="No result on test rows was seen, so none could be used to choose.",
        advice="Choose by cross-validation on the training rows; score the one chosen model on the test rows, once.",
        question="After this choice, what is the test result still an estimate of?",
    )


@criterion("evaluation.scored_on_training_data", title="No result comes from rows the model was trained on", weight=3)
def scored_on_training_data(evidence: Evidence) -> Finding:
    """Judge whether a model is scored on the very rows it was fitted on, with nothing held out beside it."""
    return leakage(
        evidence,
        "scored_on_training_data",
        looked_at=live_calls(evidence, "score", "cross_validate", "search")[:6],
        clean="Every result seen rests on rows that were held out.",
        nothing="No result was seen to be computed.",
        advice="Hold rows out with train_test_split or cross-validation, and report the result on those.",
        question="What does this figure say about a new row?",
    )


@criterion("evaluation.held_out_evaluation", title="A result on held-out rows is computed", weight=3)
def held_out_evaluation(evidence: Evidence) -> Finding:
    """Judge whether rows are set aside and a result on them is really computed: by cross-validation, or by a split
    and a score after it.
    """
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return not_applicable(NO_MODEL)
    if validated := live_calls(evidence, "cross_validate"):
        return met("Results are computed on folds that were held out.", evidence=spans(validated))
    splits, scores = live_calls(evidence, "split"), live_calls(evidence, "score")
    on_training_rows = [span for leak in evidence.code.leaks if leak.kind == OPTIMISTIC for span in leak.spans]
    if scores and all(call.span in on_training_rows for call in scores):
        return not_met(
            "Every result is computed on the rows the model was trained on.",
            evidence=spans(scores),
            advice="Hold rows out with train_test_split, or use cross_val_score, and report the result on those.",
        )
    if splits and scores:
        return met("Rows are held out and a result is computed.", evidence=spans([*splits[:3], *scores[:3]]))
    if watched := _watched(evidence):
        return met("A part of the rows is held out and measured while the model is fitted.", evidence=spans(watched))
    if scores:
        reason = "Results are computed; whether on rows the model has not seen could not be followed."
        return needs_human(reason, evidence=spans(scores))
    if splits:
        return partly(
            "Rows are held out, but no result on them was seen to be computed.",
            evidence=spans(splits),
            score=0.3,
            advice="Compute the metric on the held-out rows and say what it is.",
        )
    return absent(
        evidence,
        "No rows are held out: nothing says how well the model does on new ones.",
        "Hold rows out with train_test_split, or use cross_val_score, before anything is fitted.",
        question="How do you know how well this works on rows it has not seen?",
    )


@criterion("evaluation.cross_validated", title="The result does not hang on one split")
def cross_validated(evidence: Evidence) -> Finding:
    """Judge whether results come from several folds; one split alone is partly met."""
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return not_applicable(NO_MODEL)
    folds = [*live_calls(evidence, "cross_validate"), *named(evidence, FOLDS)]
    searched = [call for call in live_calls(evidence, "search") if last(call.name) != "create_study"]
    if folds or searched:
        return met("Results come from several folds.", evidence=spans([*folds, *searched]))
    advice = "Use cross_val_score with five folds and report mean and spread."
    if splits := live_calls(evidence, "split"):
        return partly("Results come from one split.", evidence=spans(splits), advice=advice)
    if watched := _watched(evidence):
        return partly("Results come from one part held out in fitting.", evidence=spans(watched), advice=advice)
    on_training_rows = [span for leak in evidence.code.leaks if leak.kind == OPTIMISTIC for span in leak.spans]
    if scores := [call for call in live_calls(evidence, "score") if call.span not in on_training_rows]:
        return partly("Results come from one set of rows.", evidence=spans(scores), advice=advice)
    return absent(evidence, "No folds and no split were seen.", advice)


@criterion("evaluation.fitting_metric", title="The metric suits the problem", weight=2)
def fitting_metric(evidence: Evidence) -> Finding:
    """Judge what the work measures itself with: the assignment's own metric, or one that shows more than a share of
    hits, is met; accuracy, R2 or the model's own score alone is partly met.
    """
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return not_applicable(NO_MODEL)
    measured = metrics_used(evidence)
    asked = OF_THE_ASSIGNMENT.get(evidence.hidden[0].metric) if evidence.hidden else None
    if asked in measured:
        return met(f"The work measures {asked}, as the assignment does.", evidence=spans([measured[asked]]))
    strong = [name for name in measured if name not in WEAK and name in CLASSIFICATION | REGRESSION]
    if strong:
        places = spans(measured[name] for name in strong)
        if asked:
            reason = f"The work measures {', '.join(strong)}, but not {asked}, by which it is judged."
            return partly(reason, evidence=places, score=0.7, advice=f"Measure {asked} too, on held-out rows.")
        return met(f"The work measures {', '.join(strong)}.", evidence=places)
    if measured:
        return partly(
            f"The work measures {', '.join(measured)} alone.",
            evidence=spans(measured.values()),
            score=0.4,
            advice="Add metrics that show what a miss and a false alarm cost, such as ROC AUC, precision and recall.",
            question="What would a model that always says the commonest class reach by this measure?",
        )
    if own := own_metrics(evidence):
        return met("The work measures with a metric of its own.", evidence=spans(own))
    return absent(
        evidence, "No metric was seen to be computed.", "Compute a metric that fits the task on held-out rows."
    )


@criterion("evaluation.error_analysis", title="It is shown where the model fails")
def error_analysis(evidence: Evidence) -> Finding:
    """Judge whether the work looks beyond one number: a confusion matrix, curves, importances, residuals."""
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return not_applicable(NO_MODEL)
    shown = named(evidence, FAILURES_SHOWN)
    shown += [call for call in live_calls(evidence) if set(DISPLAYS) & set(call.name.split("."))]
    if shown:
        names = ", ".join(dict.fromkeys(_short(call.name) for call in shown))
        return met(f"The work looks beyond one number: {names}.", evidence=spans(shown))
    return absent(
        evidence,
        "Nothing was seen that shows where the model fails.",
        "Show a confusion matrix or residuals, and the features the model leans on; say what follows.",
        question="For which kind of row is this model wrong most often?",
    )


@criterion("evaluation.split_keeps_shares", title="The split keeps the classes' shares")
def split_keeps_shares(evidence: Evidence) -> Finding:
    """Judge whether classes are split with their shares kept, or groups and times are kept apart. Classes only."""
    if problem := unreadable(evidence):
        return problem
    splits = live_calls(evidence, "split", "cross_validate", "search")
    if not splits or not any(is_classifier(call) for call in models(evidence)):
        return not_applicable("No split of classes was seen.")
    kept = [call for call in splits if call.keywords.get("stratify", "None") != "None"]
    kept += named(evidence, (*STRATIFIED, *GROUPED))
    if kept:
        return met("Classes, groups or times are kept by the split.", evidence=spans(kept))
    if not live_calls(evidence, "split"):
        # cross_val_score and the searches stratify by themselves when they are given a classifier
        return met("Folds of a classifier are stratified by default.", evidence=spans(splits))
    return not_met(
        "The split leaves the classes' shares to chance.",
        evidence=spans(live_calls(evidence, "split")),
        advice="Pass stratify=y to train_test_split, or use StratifiedKFold.",
    )


def _watched(evidence: Evidence) -> list[Call]:
    """Return the fits that hold rows out by themselves: `validation_split`, `validation_data`."""
    fits = live_calls(evidence, "fit")
    return [call for call in fits if not {"validation_split", "validation_data"}.isdisjoint(call.keywords)]


def _short(name: str) -> str:
    known = [part for part in name.split(".") if part in DISPLAYS]
    return known[0] if known else last(name)
