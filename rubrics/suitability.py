"""Model choice: whether the kind of model suits the task and its data, and what is done about rare classes."""

from __future__ import annotations

import re

from grader import Call, Evidence, Figure, Finding, Span, criterion, met, not_applicable, not_met, partly
from rubrics.facts import is_given, last, live_calls, named, nothing_seen, spans, start, unreadable
from rubrics.following import fitted_on
from rubrics.images import of_images
from rubrics.live import statement_at, target_columns
from rubrics.metrics import CLASSIFICATION, REGRESSION, metrics_used
from rubrics.models import (
    families,
    family,
    is_classifier,
    is_network,
    is_regressor,
    models,
    needs_scaling,
    scalers,
    trained,
)
from rubrics.raw_answers import judged_as_classes
from rubrics.texts import of_texts

RARE = 0.2
UNITLESS = ("OneHotEncoder.fit_transform", ".predict_proba")
ENCODERS = ("OneHotEncoder", "TfidfVectorizer", "CountVectorizer", "HashingVectorizer")
PIPED = re.compile(r"\b(?:make_pipeline|Pipeline)\(")
DUMMIES = re.compile(r"\[\[.*\]\]$")  # of columns that are named, not of a whole table with its numbers
WEIGHTS = ("class_weight", "scale_pos_weight", "is_unbalance", "auto_class_weights", "class_weights", "sample_weight")
RANKING = ("roc_auc", "average_precision")
FOR_SEQUENCES = ("Conv1D", "Conv2D", "LSTM", "GRU", "SimpleRNN")
_KINDS = {"classifier": is_classifier, "regressor": is_regressor}
_TASKS = {"classifier": "classes", "regressor": "quantities"}


@criterion("model_choice.suits_the_task", title="The kind of model suits the task and its data", weight=2)
def suits_the_task(evidence: Evidence) -> Finding:
    """Judge whether models suit the target and the data. Classifiers go with metrics of classes, regressors with those
    of quantities. Images are met by a convolutional or pretrained network or a descriptor such as HOG, partly by pixels
    in a row; texts by counts, weights or embeddings of words, partly by whole texts as categories or by their lengths.
    Where an assignment is about images or texts, a model that gets no pixel or no word is not met. On a table, a model
    that depends on units and gets no scaler, and a network for images or sequences alone, are partly met.
    """
    if problem := unreadable(evidence):
        return problem
    used, measured = models(evidence), metrics_used(evidence)
    kinds = {name: [call for call in used if test(call)] for name, test in _KINDS.items()}
    wanted = "classifier" if set(measured) & CLASSIFICATION else "regressor" if set(measured) & REGRESSION else ""
    odd = kinds["regressor" if wanted == "classifier" else "classifier"] if wanted else []
    if odd and not kinds[wanted] and (wanted == "regressor" or judged_as_classes(evidence, odd)):
        return _of_another_kind(wanted, odd, [*measured.values()])
    if of_the_data := of_images(evidence) or of_texts(evidence):
        return of_the_data
    layers = named(evidence, FOR_SEQUENCES)
    if evidence.modality == "tabular" and layers and all(is_network(call) for call in used):
        reason = "A network for images or sequences is put on a table, with nothing of another kind beside it."
        return partly(reason, evidence=spans(layers), advice="Try gradient boosting on the same folds.")
    if not wanted or not kinds[wanted]:
        return nothing_seen(evidence, "Too little was seen of models and metrics to say whether they belong together.")
    needing = [call for call in used if needs_scaling(call) and not _gets_dummies(evidence, call)]
    if needing and not scalers(evidence) and not _of_one_unit(evidence):
        reason = f"{family(needing[0])} depends on the units of its features, and no scaler was seen."
        return partly(reason, evidence=spans(needing), advice="Put a StandardScaler before it in the pipeline.")
    reason = f"A {wanted} is measured with metrics of {_TASKS[wanted]}."
    return met(reason, evidence=spans([*kinds[wanted], *measured.values()]))


def _gets_dummies(evidence: Evidence, model: Call) -> bool:
    """Tell whether a model stands in one pipeline behind what makes dummies or counts of all that it is given."""
    text = statement_at(evidence, model.span)
    if not PIPED.search(text) or "ColumnTransformer" in text:
        return False
    made = [call for call in named(evidence, ENCODERS) if call.span.path == model.span.path]
    return any(statement_at(evidence, call.span) == text for call in made)


def _of_one_unit(evidence: Evidence) -> bool:
    """Tell whether every model is fitted on what has one unit by itself: dummies of categories, or probabilities."""
    calls = live_calls(evidence)
    made = [call for call in calls if call.name.endswith(UNITLESS) or DUMMIES.search(_first(call))]
    fits = trained(evidence)
    return bool(made) and len(fitted_on(evidence, made)) == len(fits)


def _first(call: Call) -> str:
    return call.positional[0] if call.positional and last(call.name) == "get_dummies" else ""


def _of_another_kind(wanted: str, odd: list[Call], measures: list[Call]) -> Finding:
    return not_met(
        f"The metrics are those of {_TASKS[wanted]}, and {family(odd[0])} is no {wanted}.",
        evidence=spans([*odd, *measures]),
        advice=f"Use a {wanted}, or the metrics that belong to what is predicted.",
        question=f"What does {family(odd[0])} predict here, and what is that compared with?",
    )


@criterion("model_choice.imbalance_treated", title="Rare classes get their weight")
def imbalance_treated(evidence: Evidence) -> Finding:
    """Judge whether, where the rarer class has less than a fifth of the rows, classes are weighed or resampled; shares
    that are only kept by the split are partly met. The share is known from the hidden rows or from counts that the run
    printed; it does not apply where it is not known, or where the assignment's metric ranks rows.
    """
    if problem := unreadable(evidence):
        return problem
    classifiers = [call for call in models(evidence) if is_classifier(call) or is_network(call)]
    if not classifiers:
        return nothing_seen(evidence, "No classifier was seen.")
    calls = [*live_calls(evidence, "fit"), *classifiers]
    weighed = [call for call in calls if is_given(call, *WEIGHTS)]
    if treated := [*weighed, *resampled(evidence)]:
        return met("Classes are weighed or resampled.", evidence=spans(treated))
    share, places = _rare_share(evidence)
    if not any(map(is_classifier, classifiers)):
        name = family(classifiers[0])
        return not_applicable(f"Whether {name} predicts classes, and how rare they are, could not be followed.")
    if share is None:
        return not_applicable("How rare the classes are is not known.")
    if share >= RARE:
        return not_applicable(f"The rarer class has {share:.0%} of the rows: no weights are needed.")
    if evidence.hidden and evidence.hidden[0].metric in RANKING:
        return not_applicable("The assignment's metric ranks rows, which rare classes do not spoil.")
    reason = f"The rarer class has {share:.0%} of the rows, and nothing was seen that weighs it"
    advice = "Give the model class_weight (or scale_pos_weight), or resample the training rows inside the folds."
    places += spans(classifiers)
    stratified = [call for call in live_calls(evidence, "split") if is_given(call, "stratify")]
    if stratified:
        return partly(f"{reason}; the split keeps its share.", evidence=spans(stratified) + places, advice=advice)
    return not_met(f"{reason}.", evidence=places, advice=advice)


def resampled(evidence: Evidence) -> list[Call]:
    """Return the calls that resample what a model is fitted on: rows drawn for a look or a bootstrap are none."""
    drawn = [call for call in live_calls(evidence, "resample") if call.name == "sklearn.utils.resample"]
    own = {*families(evidence), "Pipeline"}
    return [
        call
        for call in live_calls(evidence, "resample")
        if call not in drawn or any(_is_of(fit, own) for fit in fitted_on(evidence, [call]))
    ]


def _is_of(fit: Call, own: set[str]) -> bool:
    """Tell whether a fit is one of the work's models, a search's, or of what is not known."""
    parts = fit.name.split(".")
    return fit.kind != "fit" or not parts[0] or not own.isdisjoint(parts) or parts[-2].endswith("CV")


def _rare_share(evidence: Evidence) -> tuple[float | None, list[Span]]:
    """Return the rarer class's share, of the hidden rows or of the printed counts of a target, and where that shows."""
    if evidence.hidden and evidence.hidden[0].histogram:
        first, second = (sum(bar[n] for bar in evidence.hidden[0].histogram) for n in (1, 2))
        return (min(first, second) / (first + second) if first + second else None), start(evidence)
    targets = target_columns(evidence)
    counts: list[Figure] = [f for f in evidence.observed if f.metric == "minority share" and f.subject in targets]
    return (counts[0].value, [counts[0].span]) if counts else (None, [])
