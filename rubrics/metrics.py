"""Which metrics the work measures itself with, whatever way it asks for them."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.code_text import place
from rubrics.detectors import measures_of
from rubrics.facts import last, live_calls, own_functions
from rubrics.held_out import held_out
from rubrics.results import holds, predicted_names

# Name in code -> one name for the metric; scorer names of `scoring=` are found here too.
NAMES = {
    "accuracy_score": "accuracy",
    "accuracy": "accuracy",
    "balanced_accuracy_score": "balanced accuracy",
    "balanced_accuracy": "balanced accuracy",
    "roc_auc_score": "ROC AUC",
    "roc_auc": "ROC AUC",
    **dict.fromkeys(("roc_curve", "RocCurveDisplay", "plot_roc_curve"), "ROC AUC"),
    "average_precision_score": "average precision",
    "average_precision": "average precision",
    **dict.fromkeys(("precision_recall_curve", "PrecisionRecallDisplay"), "average precision"),
    "plot_precision_recall_curve": "average precision",
    "f1_score": "F1",
    "fbeta_score": "F1",
    "f1": "F1",
    "f1_macro": "F1",
    "f1_weighted": "F1",
    "precision_score": "precision",
    "precision": "precision",
    "recall_score": "recall",
    "recall": "recall",
    "precision_recall_fscore_support": "F1",
    "seqeval": "F1",
    "classification_report": "classification report",
    **dict.fromkeys(("confusion_matrix", "ConfusionMatrixDisplay", "plot_confusion_matrix"), "confusion matrix"),
    "log_loss": "log loss",
    "neg_log_loss": "log loss",
    "brier_score_loss": "Brier score",
    "neg_brier_score": "Brier score",
    "matthews_corrcoef": "Matthews correlation",
    "cohen_kappa_score": "kappa",
    "mean_squared_error": "squared error",
    "root_mean_squared_error": "squared error",
    "neg_mean_squared_error": "squared error",
    "neg_root_mean_squared_error": "squared error",
    "mean_absolute_error": "absolute error",
    "neg_mean_absolute_error": "absolute error",
    "median_absolute_error": "absolute error",
    "mean_absolute_percentage_error": "relative error",
    "neg_mean_absolute_percentage_error": "relative error",
    "mean_squared_log_error": "relative error",
    "r2_score": "R2",
    "r2": "R2",
}
REGRESSION = frozenset(("squared error", "absolute error", "relative error", "R2"))
CLASSIFICATION = frozenset(NAMES.values()) - REGRESSION
_METRIC = re.compile(
    r"(?i)(rmsl?e|rmspe|s?mape|(^|_)ma[ep]($|_)|(^|_)mse($|_)|r2|accuracy|auc|f1|log_?loss|precision|recall)"
)
_MEASURING = re.compile(
    r"(?i)(^|[._])(eval\w*|measur\w*|metrics?|scor(e|es|ing)|report\w*|summar\w*|compar\w*|bootstrap\w*|perform\w*|"
    r"accuracy|value|loss|errors?|gains?|lift|uplift|profit|regret|qini|back_?test\w*)($|_)"
)
_HELD_OUT = re.compile(r"(?i)(^|_)(test|tests|val|valid|validation|hold_?out|held_?out|dev|oos|oof|unseen)($|_|\.)")
_SCORING_ITSELF = ("cross_val_score", "cross_validate", "learning_curve", "validation_curve")
OF_TORCH = {
    "Accuracy": "accuracy",
    "AUROC": "ROC AUC",
    "AveragePrecision": "average precision",
    "F1Score": "F1",
    "FBetaScore": "F1",
    "Precision": "precision",
    "Recall": "recall",
    "ConfusionMatrix": "confusion matrix",
    "MeanSquaredError": "squared error",
    "MeanAbsoluteError": "absolute error",
    "MeanAbsolutePercentageError": "relative error",
    "R2Score": "R2",
}
OF_LOSS = {
    **dict.fromkeys(("mse", "mean_squared_error", "MeanSquaredError"), "squared error"),
    **dict.fromkeys(("mae", "mean_absolute_error", "MeanAbsoluteError"), "absolute error"),
    **dict.fromkeys(("mape", "mean_absolute_percentage_error", "MeanAbsolutePercentageError"), "relative error"),
}
_WATCHED = ("validation_data", "validation_split")
_LITERAL = re.compile(r"[\[\](), .\d-]+$")
OF_SURPRISE = {"rmse": "squared error", "mse": "squared error", "mae": "absolute error"}
LOADED = ("evaluate.load", "datasets.load_metric")
OF_ITS_OWN = "The work measures itself on held-out rows by functions of its own, which could not be followed."
# What a metric is given by place, and how it may be called: the truth, and what was said of it.
OF_METRICS = (("y_true",), ("y_pred", "y_score", "y_prob", "y_proba"))
ASKED_BY = ("scoring", "eval_metric", "metrics", "metric")


def metrics_used(evidence: Evidence) -> dict[str, Call]:
    """Return the metrics that live code computes, by name, each with the first call that does: on rows that are surely
    held out where there is one.
    """
    apart = {place(fact.span) for fact in held_out(evidence)}
    found: dict[str, Call] = {}
    for call in live_calls(evidence):
        if call.kind in ("score", "cross_validate", "search", "plot") or _is_asking(evidence, call):
            for name in metrics_of(call) or measures_of(evidence, call) or _of_loss(evidence, call):
                known = found.setdefault(name, call)
                if place(known.span) not in apart and place(call.span) in apart:
                    found[name] = call
    return found


def _of_loss(evidence: Evidence, call: Call) -> list[str]:
    """Return the measure that a network is compiled to lessen, where that is one of quantities and Keras computes it on
    held-out rows after each epoch.
    """
    if last(call.name) != "compile":
        return []
    told = call.keywords.get("loss", "".join(call.positional[1:2])).strip("'\"").rpartition(".")[2].removesuffix("()")
    fits = [fit for fit in live_calls(evidence, "fit") if fit.span.path == call.span.path]
    watched = any(fit.keywords.get(name, "None") != "None" for fit in fits for name in _WATCHED)
    return [OF_LOSS[told]] if watched and told in OF_LOSS else []


def own_metrics(evidence: Evidence) -> list[Call]:
    """Return the live calls of the work's own functions whose name is that of a metric ("rmspe")."""
    own = {fact.name for fact in own_functions(evidence)}
    calls = (call for call in live_calls(evidence) if last(call.name) in own or call.name in own)
    return [call for call in calls if _METRIC.search(last(call.name))]


def own_figures(evidence: Evidence) -> list[Call]:
    """Return the calls by which a work measures itself with functions of its own alone: they are given held-out rows,
    and their names say that they measure. Nothing where a known metric is computed, for that can be followed.
    """
    if live_calls(evidence, "score", "cross_validate", "search"):
        return []
    own = {fact.name for fact in own_functions(evidence)}
    calls = [call for call in live_calls(evidence) if call.name in own and _MEASURING.search(call.name)]
    return [call for call in calls if any(_HELD_OUT.search(name) for name in call.arguments)]


def own_scores(evidence: Evidence) -> list[Call]:
    """Return the calls of the work's own metrics that are given what a model has predicted."""
    predicted = predicted_names(evidence)
    calls = own_metrics(evidence)
    return [call for call in calls if holds(call, predicted) or any(".predict" in text for text in call.positional)]


def _is_asking(evidence: Evidence, call: Call) -> bool:
    if last(call.name) == "compile" or call.name in LOADED or measures_of(evidence, call):
        return True
    return _of_torch(call) and not _of_literals(evidence, call)


def _of_literals(evidence: Evidence, metric: Call) -> bool:
    """Tell whether a metric of torchmetrics is only ever given numbers that are written out: it evaluates nothing."""
    calls = [call for call in evidence.code.calls if call.span.path == metric.span.path]
    uses = [call for call in calls if {call.name, call.receiver}.intersection(metric.assigned)]
    given = {name for call in uses for name in call.arguments}
    made = [call for call in calls if given.intersection(call.assigned)]
    known = {name for call in made for name in call.assigned}
    literal = all(last(call.name) == "tensor" and _LITERAL.match(" ".join(call.positional)) for call in made)
    return bool(given) and given <= known and literal


def _of_torch(call: Call) -> bool:
    return call.name.startswith("torchmetrics.")


def metrics_of(call: Call) -> list[str]:
    """Return the metrics that one call computes or asks for."""
    if call.name in LOADED:  # of Hugging Face
        return [NAMES[word] for word in _words(" ".join(call.positional[:1])) if word in NAMES]
    if _of_torch(call):
        name = re.sub(r"^(Binary|Multiclass|Multilabel)", "", last(call.name))
        return [OF_TORCH[name]] if name in OF_TORCH else []
    if call.name.startswith("surprise."):
        asked = _words(call.keywords.get("measures", "'RMSE', 'MAE'")) if _asks_surprise(call) else [last(call.name)]
        return list(dict.fromkeys(OF_SURPRISE[word.lower()] for word in asked if word.lower() in OF_SURPRISE))
    parts = [part for part in call.name.split(".") if part in NAMES and "metrics" in call.name]
    asked = [word for key in ASKED_BY for word in _words(call.keywords.get(key, ""))]
    names = [NAMES[name] for name in (*parts, *asked) if name in NAMES]
    if not names and (last(call.name) in ("score", "evaluate") or last(call.name) in _SCORING_ITSELF):
        return ["the model's own score"]
    return names


def _asks_surprise(call: Call) -> bool:
    """Tell whether a call of Surprise measures on folds, by its usual measures where it is told none."""
    return last(call.name) in ("cross_validate", "GridSearchCV", "RandomizedSearchCV")


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() or letter == "_" else " " for letter in text).split()
