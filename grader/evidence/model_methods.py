"""What the methods of estimators, transformers, splitters, searches and networks give."""

from __future__ import annotations

from collections.abc import Callable

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import SEEDS, role_of
from grader.evidence.estimators import (
    PREDICTING,
    clusters_of,
    evaluate,
    features_of,
    fit,
    predicted,
    transformed,
    transformed_as_fitted,
)
from grader.evidence.iterating import tried
from grader.evidence.networks import called, is_network
from grader.evidence.own_steps import left_by_own_steps, through_own_steps, with_own_steps
from grader.evidence.rows import NO_ROWS, parts_of
from grader.evidence.significance import ANSWERS, answered, says_of_columns
from grader.evidence.splits import folds
from grader.evidence.tables import ARRAY, FRAME, narrowed
from grader.evidence.tuning import best_tuned, built, tuned
from grader.evidence.values import UNKNOWN, Model, Prediction, Taint, Value

METHODS_HANDED_ON = frozenset(("fit_transform", "transform", "predict", "fit_predict"))
_MODES = ("to", "cuda", "cpu", "float", "double", "half", "eval", "train", "apply", "requires_grad_")  # of a network


def method_of_model(site: CallSite) -> Value | None:
    """Return what a method of an estimator gives, or None when it is not one that is known."""
    model = site.receiver.model
    assert model is not None
    if is_network(model) and site.method in _MODES:
        return site.receiver
    if is_network(model) and site.method == "forward":
        return called(site, model)
    method = _METHODS.get(site.method)
    return method(site, model) if method else None


def _fitted(site: CallSite, model: Model) -> Value:
    features = features_of(site)
    own = through_own_steps(site, model, features, fitting=True)
    fit(site, model, left_by_own_steps(model, features, own))
    return site.receiver if site.method != "train" else UNKNOWN


def _fit_transformed(site: CallSite, model: Model) -> Value:
    features = features_of(site)
    own = through_own_steps(site, model, features, fitting=True)
    event = fit(site, model, left_by_own_steps(model, features, own))
    return with_own_steps(model, transformed(site, model, event), own)


def _transformed(site: CallSite, model: Model) -> Value:
    made = transformed_as_fitted(site, model)
    return with_own_steps(model, made, through_own_steps(site, model, features_of(site), fitting=False))


def _turned_back(site: CallSite, _: Model) -> Value:
    return site.argument(0) or UNKNOWN


def _clustered(site: CallSite, model: Model) -> Value:
    fit(site, model)
    return Value(rows=features_of(site).rows, type=ARRAY, taints=clusters_of(model))


def _scored(site: CallSite, model: Model) -> Value | None:
    if role_of(model.type) in ("clusterer", "statistical", "splitter"):
        return None
    return evaluate(site, model, features_of(site))


def _flowed(site: CallSite, model: Model) -> Value | None:
    """Return the batches that Keras's `ImageDataGenerator` makes of rows, with their answers where it has these."""
    if not model.type.endswith(".ImageDataGenerator"):
        return None
    data, subset = features_of(site), site.keywords.get("subset")
    part = {"training": "train", "validation": "test"}.get(str(subset.constant) if subset else "")
    rows = parts_of(data.rows, id(model), part) if part else data.rows
    has_answers = site.argument(1, "y") is not None
    return Value(type="tensorflow.data.Dataset" if has_answers else ARRAY, rows=rows, taints=data.taints)


def _layered(site: CallSite, model: Model) -> Value | None:
    """Put a layer onto a network, or an optimizer into it: what sets that, or how many there are, sets the network."""
    if role_of(model.type) != "network":
        return None
    layers = [value for value in site.values if value.model]
    model.parts += tuple(layers)
    model.tuned_by |= site.loops.union(*(layer.model.tuned_by for layer in layers if layer.model))
    model.tuned_by |= {loop for around in site.state.loops for loop in around.of}
    return Value(loops=site.loops)


def _foretold(site: CallSite, model: Model) -> Value | None:
    """Return what a statistical model says of the rows behind its own: which those are, the answers tell."""
    if role_of(model.type) != "statistical" or not model.fits:
        return None
    said = Prediction(model, model.fits[-1], NO_ROWS, model.fits[-1].taints)
    return Value(prediction=said, loops=site.loops | model.tuned_by)


def _days_ahead(site: CallSite, _: Model) -> Value:
    """Return the days that Prophet is to say something of: no rows, so that the truth tells which they are."""
    return Value(type=FRAME, loops=site.loops)


def _set(site: CallSite, model: Model) -> Value:
    """Set parameters: which of them a fit had before is not told any more, so that each fit is a trial of its own."""
    model.tuned_by |= site.loops
    changed = {name: value.evolve(constant=None) for name, value in site.keywords.items() if name not in SEEDS}
    model.settings = {**model.settings, **changed}
    return site.receiver


def _tested(site: CallSite, model: Model) -> Value | None:
    """Return what a recommender of Surprise says of the rows that it is tested on."""
    return predicted(site, model) if model.type.startswith("surprise.") else None


def _split(site: CallSite, model: Model) -> Value | None:
    return folds(site) if role_of(model.type) == "splitter" else None


def _answered(site: CallSite, model: Model) -> Value | None:
    return answered(model, site.method) if says_of_columns(model, site.method) else None


def _optimized(site: CallSite, model: Model) -> Value | None:
    """Walk the objective that a study asks about one trial after another: each trial sets other parameters, and what it
    finds has seen the rows that the objective splits or cross-validates.
    """
    if role_of(model.type) != "search":
        return None
    before = len(site.state.events)
    made = tried(site, site.argument(0, "func"))
    known = {event.key for event in site.state.events[:before] if event.kind == "split"}
    inside = (event for event in site.state.events[before:] if event.kind in ("split", "cross_validate"))
    # Where the objective draws again what was drawn before, it looks at that very test part: another matter.
    seen = frozenset(rows for event in inside if event.key is None or event.key not in known for rows in event.rows)
    if seen:
        event = site.state.record("fit", site.node, f"{model.type}.optimize", rows=seen, model=model)
        model.fits.append(event)
    return made


def _searched(site: CallSite, model: Model) -> Value | None:
    """Return what a search gives that was told of its rows when it was made: EvalML's, or one of Keras Tuner's."""
    if "X_train" not in model.settings:
        return tuned(site, model)
    given = {"X": model.settings["X_train"], "y": model.settings.get("y_train", UNKNOWN)}
    fit(CallSite(site.node, site.name, [], given, site.scope, site.state, site.receiver), model)
    return UNKNOWN


def _resampled(site: CallSite, model: Model) -> Value:
    features, target = features_of(site), site.argument(1, "y") or UNKNOWN
    event = site.state.record("resample", site.node, f"{model.type}.{site.method}", rows=features.rows, model=model)
    # Under-sampling drops rows; only what repeats or makes rows can put one of them on both sides of a split.
    makes_rows = ".under_sampling." not in model.type
    marks = frozenset({Taint(event, features.rows)}) if features.rows and makes_rows else frozenset()
    key = site.state.birth()  # other rows are drawn each time
    made = (part.evolve(rows=narrowed(part.rows, key), taints=part.taints | marks) for part in (features, target))
    return Value(items=tuple(made))


_METHODS: dict[str, Callable[[CallSite, Model], Value | None]] = {
    **dict.fromkeys(
        ("fit", "partial_fit", "fit_generator", "train", "fit_on_texts", "train_on_batch", "adapt"), _fitted
    ),
    "fit_transform": _fit_transformed,
    **dict.fromkeys(("transform", "texts_to_sequences", "texts_to_matrix"), _transformed),
    "inverse_transform": _turned_back,
    **dict.fromkeys(("fit_resample", "fit_sample"), _resampled),
    "fit_predict": _clustered,
    **dict.fromkeys(PREDICTING, predicted),
    **dict.fromkeys(("score", "evaluate", "evaluate_generator"), _scored),
    "predict_generator": predicted,
    **dict.fromkeys(("forecast", "get_forecast"), _foretold),
    "make_future_dataframe": _days_ahead,
    "flow": _flowed,
    **dict.fromkeys(("add", "compile"), _layered),
    "optimize": _optimized,
    "search": _searched,
    "build": built,
    "get_best_models": best_tuned,
    "set_params": _set,
    "split": _split,
    "test": _tested,
    **dict.fromkeys(ANSWERS, _answered),
}
