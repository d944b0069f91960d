"""Evaluation: a metric that suits, where the model fails, decisions, and what it leans on."""

from __future__ import annotations

import re

from grader import Call, Evidence, Finding, criterion, met, needs_human, partly
from rubrics.crashed import not_reached
from rubrics.detectors import trainings, validations
from rubrics.facts import absent, last, live_calls, named, nothing_seen, spans, unreadable
from rubrics.failures import confused_rows, is_of_one_group, is_put_to_use, scored_part_by_part, told_by_group
from rubrics.live import MOST_CHARACTERS, live_learned, live_matches, statement_at
from rubrics.metrics import CLASSIFICATION, OF_ITS_OWN, REGRESSION, metrics_used, own_figures, own_metrics
from rubrics.models import NO_MODEL, predictors
from rubrics.networks import hits_counted, networks
from rubrics.preparing import DECORATION
from rubrics.results import NAME, Name, answering_functions, bound_names, holds, predicted_names, sides, values_given
from rubrics.traced_fits import draws_a_trace

OF_THE_ASSIGNMENT = {
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "accuracy": "accuracy",
    "multiclass_accuracy": "accuracy",
    "rmse": "squared error",
    "mae": "absolute error",
    "mase": "absolute error",  # the same, as a multiple of a constant
}
WEAK = frozenset(("accuracy", "R2", "the model's own score"))
FAILURES_SHOWN = ("confusion_matrix", "classification_report", "residplot", "learning_curve", "validation_curve",
                  "plot_confusion_matrix", "plot_metric")  # fmt: skip
FAILURE_DISPLAYS = ("ConfusionMatrixDisplay", "PredictionErrorDisplay", "LearningCurveDisplay")
FAILURES_DRAWN = ("ResidualsPlot", "residuals_plot", "PredictionError", "prediction_error", "ConfusionMatrix",
                  "ClassificationReport", "ClassPredictionError", "LearningCurve")  # fmt: skip
# What shows residuals or tests them; the methods of axes, of which the library is not known, too.
OF_RESIDUALS = ("scatter", "violinplot", "hexbin", "qqplot", "probplot", "lag_plot", "plot_acf",
                "het_goldfeldquandt", "het_breuschpagan", "het_white", "durbin_watson", "acorr_ljungbox", "jarque_bera",
                "shapiro", "anderson", "normaltest")  # fmt: skip
# `error = y - p`, `rows["wrong"] = y != p`, `rows["hit"] = y == p`
MINUS = re.compile(
    r"^\s*([A-Za-z_][\w.]*(?:\[[^\]]*\])?\s*=(?!=).*(?:[\w\])]\s-\s|!=).*"
    r"|[A-Za-z_][\w.]*\[[^\]]*\]\s*=(?!=).*[\w\])]\s==\s.*)"
)
# `rows.append(part.assign(error=part["y"] - forecast(part)))`, and what is put together of such rows
GATHERED = re.compile(r"^\s*([A-Za-z_]\w*\.(?:append|extend)\(.*[\w\])]\s-\s.*)")
TOGETHER = re.compile(r"\b(?:concat|DataFrame|vstack|concatenate)\(")
_VALUE = r"([A-Za-z_]\w*(?:\.\w+|\[[^\[\]]{0,80}\]|\([^()]{0,80}\)){0,8})"
WRONG_ROWS = re.compile(r"(\[[^\[\]]{0,80}?" + _VALUE + r"\s?!=\s?" + _VALUE + ")")
DIFFERENCE = re.compile(_VALUE + r" - " + _VALUE)
SAID = re.compile(r"(?i)pred|hat")  # the name of a parameter, of which nothing else is known
PART = re.compile(r"^[\w.]+?(?:\.i?loc)?\[(?![^\]]*:)(.{1,80})\]$")
# `history.history["loss"]` of Keras, or a list of losses that the loop over epochs has filled
CURVE = re.compile(
    r"(?i)(?:\b\w*hist\w*\.history\b|\.history\[)"
    r"|\b(?:train|training|val|valid|validation|eval|test|dev)_?(?:loss|losses|acc|accs|accuracy|accuracies)\b"
    r"|\b(?:loss|losses)_?(?:train|val|valid|validation|eval|test)\b|\b(?:loss_history|losses)\b"
)
BY_ITSELF = "The training writes a confusion matrix and a table by class by itself; whether anybody looked is not told."
MISSED = "The code for it is there, but the run stopped before it was shown; what was handed in may hold it."
EXPLAINING = ("permutation_importance", "plot_importance", "partial_dependence", "plot_partial_dependence", "plot_tree",
              "export_text", "summary_plot", "TreeExplainer", "LimeTabularExplainer", "show_weights",
              "get_score", "get_feature_importance", "plot_components", "plot_components_plotly")  # fmt: skip
EXPLAINING_PARTS = frozenset(("PartialDependenceDisplay", "shap", "eli5", "lime"))
LEARNED = ("feature_importances_", "coef_")


@criterion("evaluation.fitting_metric", title="The metric suits the problem", weight=2)
def fitting_metric(evidence: Evidence) -> Finding:
    """Judge what the work measures itself with: the assignment's own metric, or one that shows more than a share of
    hits, is met; accuracy, R2 or the model's own score alone is partly met.
    """
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return nothing_seen(evidence, NO_MODEL)
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
    if figures := own_figures(evidence):
        return needs_human(OF_ITS_OWN, evidence=spans(figures))
    if networks(evidence) and (counted := hits_counted(evidence)):
        advice = (
            "Count what is missed and what is a false alarm too: classification_report takes truth and predictions."
        )
        return partly("The hits of a network are counted by hand.", evidence=counted, score=0.4, advice=advice)
    return absent(
        evidence, "No metric was seen to be computed.", "Compute a metric that fits the task on held-out rows."
    )


@criterion("evaluation.error_analysis", title="It is shown where the model fails")
def error_analysis(evidence: Evidence) -> Finding:
    """Judge whether the work looks at its errors and not at one number alone: a confusion matrix or a report by class,
    residuals, learning curves, the rows that it gets wrong, errors or scores by group.
    """
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return nothing_seen(evidence, NO_MODEL)
    shown = [call for call in named(evidence, FAILURES_SHOWN) if is_put_to_use(evidence, call)]
    shown += [call for call in live_calls(evidence) if set(FAILURE_DISPLAYS) & set(call.name.split("."))]
    shown += _drawn_by_yellowbrick(evidence, *FAILURES_DRAWN)
    wrong = _error_names(evidence)
    grouping = named(evidence, ("groupby",))
    looks = [*live_calls(evidence, "plot", "explore"), *named(evidence, OF_RESIDUALS), *grouping]
    shown += [call for call in looks if _of_errors(evidence, call, wrong) or _is_learning_curve(evidence, call)]
    shown += [call for call in grouping if _is_scored_by_group(evidence, call)] + told_by_group(evidence)
    shown += scored_part_by_part(evidence)
    shown += [call for call in live_calls(evidence, "score") if _of_a_part(call) or is_of_one_group(evidence, call)]
    shown += [call for call in named(evidence, ("crosstab",)) if _of_predictions(evidence, call)]
    shown += validations(evidence)
    rows = live_matches(evidence, WRONG_ROWS, most=200)
    places = [*spans(shown), *(span for span, text in rows if _differs(evidence, span.path, text, "!="))]
    places += confused_rows(evidence)
    if not_reached(evidence, places):
        return needs_human(MISSED, evidence=places)
    if not places and (by_itself := trainings(evidence)):
        return needs_human(BY_ITSELF, evidence=spans(by_itself))
    if places:
        names = ", ".join(dict.fromkeys(last(call.name) for call in shown[:6])) or "the rows that it gets wrong"
        return met(f"The work looks at its errors: {names}.", evidence=places)
    return absent(
        evidence,
        "Nothing was seen that shows where the model fails.",
        "Show a confusion matrix or residuals, by group where groups matter; say what follows.",
        question="For which kind of row is this model wrong most often?",
    )


@criterion("evaluation.features_interpreted", title="It is shown what the model leans on")
def features_interpreted(evidence: Evidence) -> Finding:
    """Judge whether code that runs computes or shows what the features contribute: importances, coefficients,
    permutation, partial dependence, SHAP, the parts that a series is made of.
    """
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return nothing_seen(evidence, NO_MODEL)
    shown = named(evidence, EXPLAINING)
    shown += [call for call in live_calls(evidence) if EXPLAINING_PARTS & set(call.name.split("."))]
    shown += _drawn_by_yellowbrick(evidence, "FeatureImportances", "feature_importances")
    shown += [call for call in named(evidence, ("summary", "summary2")) if _is_statistical(evidence, call)]
    places = [*spans(shown), *live_learned(evidence, *LEARNED)]
    if not_reached(evidence, places):
        return needs_human(MISSED, evidence=places)
    if places:
        return met("It is shown what the features contribute.", evidence=places)
    return absent(
        evidence,
        "Nothing was seen that shows what the model leans on.",
        "Show permutation_importance on held-out rows, or coefficients of scaled features, and check them for sense.",
        question="Which three features matter most here, and do you believe it?",
    )


def _drawn_by_yellowbrick(evidence: Evidence, *names: str) -> list[Call]:
    """Return where one of these pictures of a model is drawn: by a function, or by what is made and then fitted."""
    calls = [call for call in live_calls(evidence) if call.name.startswith("yellowbrick.")]
    drawn = [call for call in calls if last(call.name) in names and last(call.name).islower()]
    return drawn + [c for c in calls if last(c.name) in ("fit", "score", "show") and c.name.split(".")[-2] in names]


def _of_a_part(call: Call) -> bool:
    """Tell whether a score is taken of some of the rows, the same of the truth and of what was predicted."""
    parts = [found for text in call.positional[:2] if (found := PART.match(text))]
    return len(parts) == 2 and parts[0][1] == parts[1][1]


def _is_scored_by_group(evidence: Evidence, call: Call) -> bool:
    """Tell whether a table that holds predictions is grouped, and each group scored: in its own statement, in a
    function that this is given to, or in a loop over the groups.
    """
    if not holds(call, predicted_names(evidence)):
        return False
    text = statement_at(evidence, call.span)[:MOST_CHARACTERS]
    scores = live_calls(evidence, "score")
    used = set(NAME.findall(text))
    own = {last(score.function) for score in scores if score.function}
    rows = {name for name in sides(text)[0] if text.lstrip().startswith("for ")}
    inside = any(last(score.name) in used and score.span.path == call.span.path for score in scores)
    return (
        inside
        or bool(own & used)
        or any(rows.intersection(NAME.findall(" ".join(score.positional))) for score in scores)
    )


def _of_predictions(evidence: Evidence, call: Call) -> bool:
    """Tell whether a call is given what was predicted beside something else."""
    said = {name for path, name in predicted_names(evidence) if path == call.span.path}
    given = [bool(said.intersection(NAME.findall(text))) or ".predict(" in text for text in call.positional[:2]]
    return len(given) == 2 and any(given) and not all(given)


def _error_names(evidence: Evidence) -> frozenset[Name]:
    """Return what holds the truth minus what was predicted, or where the two differ, or a column where they agree."""
    predicted, answering = predicted_names(evidence), answering_functions(evidence)
    found = set()
    for span, text in [*live_matches(evidence, MINUS, most=500), *live_matches(evidence, GATHERED, most=200)]:
        name, *words = NAME.findall(text)
        used = {(span.path, word) for word in words}
        if predicted & used or ".predict(" in text or answering.intersection(words):
            found.add((span.path, name))
    together = {
        (path, name)
        for (path, name), values in values_given(evidence).items()
        for value in values
        if TOGETHER.search(value) and any((path, word) in found for word in NAME.findall(value))
    }
    return frozenset(found | together)


def _is_statistical(evidence: Evidence, call: Call) -> bool:
    """Tell whether a summary is one of statsmodels, with coefficients: that of a network tells its layers."""
    is_unknown = call.name.startswith(".") and "statsmodels" in evidence.code.imports
    return is_unknown or call.name.startswith("statsmodels.")


def _is_learning_curve(evidence: Evidence, call: Call) -> bool:
    """Tell whether a plot shows how the loss, or a measure, went while the model was fitted."""
    if call.kind != "plot" or last(call.name) in DECORATION:
        return False
    drawn = (*call.positional, *(call.keywords.get(axis, "") for axis in ("y", "data")))
    if draws_a_trace(evidence, call, drawn):
        return True
    drawn += (call.span.text,) if call.receiver or call.name == ".plot" else ()
    return any(CURVE.search(text) for text in drawn if text[:1] not in "\"'")


def _of_errors(evidence: Evidence, call: Call, wrong: frozenset[Name]) -> bool:
    """Tell whether a look is at errors: at a variable that holds them, or at the truth minus what was predicted."""
    if last(call.name) in DECORATION:
        return False
    given = (text for text in (*call.positional, *call.keywords.values()) if text[:1] not in "\"'")
    return holds(call, wrong) or any(_differs(evidence, call.span.path, text, " - ") for text in given)


def _differs(evidence: Evidence, path: str, text: str, sign: str) -> bool:
    """Tell whether one side of a difference is what a model predicted, by what it holds and not by its name."""
    predicted, bound = predicted_names(evidence), bound_names(evidence)
    pattern = DIFFERENCE if sign == " - " else WRONG_ROWS
    for found in pattern.finditer(text):
        for side in found.groups()[-2:]:
            name = re.findall(r"\w+", side)[0]
            by_name = (path, name) not in bound and bool(SAID.search(side))
            if (path, name) in predicted or ".predict(" in side or by_name:
                return True
    return sign == " - " and sign in text and ".predict(" in text
