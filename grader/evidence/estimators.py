"""What estimators, transformers and pipelines do to rows: fits, transforms, predictions and scores."""

from __future__ import annotations

from collections.abc import Hashable

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import STATEFUL, role_of
from grader.evidence.networks import is_network
from grader.evidence.tables import ARRAY, LOOKUP, TRANSPOSED, as_groups, is_label_encoder, narrowed
from grader.evidence.values import (
    FOLDS,
    NO_ROWS,
    UNKNOWN,
    Event,
    Model,
    Prediction,
    RowSets,
    Taint,
    Value,
    learned_marks,
    rows_of,
    taints_of,
)

_CHOOSING = {"pipeline", "selector", ""}  # a ColumnTransformer, and what is not known, may leave columns out
PREDICTING = {"predict", "predict_proba", "decision_function", "predict_log_proba", "predict_classes"}


def construct(site: CallSite) -> Value:
    """Return a new object of a known class; loops that reach its settings are remembered as tuning it."""
    parts = tuple(item for value in site.values for item in _flat(value))
    loops = site.loops | frozenset(loop for part in parts if part.model for loop in part.model.tuned_by)
    model = Model(site.name, parts=parts, tuned_by=loops, settings=site.keywords)
    role = role_of(site.name)
    if role == "container":  # xgb.DMatrix(X, y), lgb.Dataset(X, y): the rows in another box
        data = site.argument(0, "data")
        return data.evolve(type=site.name, items=None) if data else UNKNOWN
    return Value(type=site.name, model=model, loops=loops)


def _flat(value: Value, depth: int = 0) -> list[Value]:
    if value.items is None or depth > 3:
        return [value]
    return [inner for item in value.items for inner in _flat(item, depth + 1)]


def method_of_model(site: CallSite) -> Value | None:
    """Return what a method of an estimator gives, or None when it is not one that is known."""
    model = site.receiver.model
    assert model is not None
    method = site.method
    if is_network(model) and method in _MODES:
        return site.receiver
    if method in ("fit", "partial_fit", "train", "fit_on_texts", "train_on_batch", "adapt"):
        fit(site, model)
        return site.receiver if method != "train" else UNKNOWN
    if method == "fit_transform":
        event = fit(site, model)
        return _transformed(site, model, event)
    if method in ("fit_resample", "fit_sample"):
        return _resampled(site, model)
    if method in ("transform", "texts_to_sequences", "texts_to_matrix"):
        return _transformed(site, model, model.fits[-1] if model.fits else None)
    if method == "inverse_transform":
        return site.argument(0) or UNKNOWN
    if method == "fit_predict":
        fit(site, model)
        return Value(rows=_features(site).rows, type=ARRAY)
    if method in PREDICTING:
        return _predicted(site, model)
    if method in ("score", "evaluate") and role_of(model.type) not in ("clusterer", "statistical", "splitter"):
        evaluate(site, model, _features(site))
        return UNKNOWN
    if method == "optimize" and role_of(model.type) == "search":
        return _optimized(site)
    if method == "set_params":
        model.tuned_by |= site.loops
        return site.receiver
    if method == "split" and role_of(model.type) == "splitter":
        return _folds(site)
    if method == "get_support" and model.fits:
        return Value(type=LOOKUP, statistic=model.fits[-1].rows, taints=learned_marks(model))
    return None


def _optimized(site: CallSite) -> Value:
    """Walk the objective that a study asks about one trial after another: each trial sets other parameters."""
    state = site.state
    trial = state.enter_loop(site.node, UNKNOWN)
    if site.arguments:
        state.hooks.call(site, site.arguments[0], [trial])
    state.loops.pop()
    return UNKNOWN


def _features(site: CallSite) -> Value:
    given = site.argument(0, "X", "x", "data", "exog", "raw_documents", "texts") or UNKNOWN
    if given.type == LOOKUP and not given.rows:  # groups are the rows of a table of their own
        return as_groups(given)
    return given.evolve(rows=NO_ROWS) if given.type == TRANSPOSED else given


def fit(site: CallSite, model: Model) -> Event:
    """Log that `model` was fitted on the first argument (or, for statsmodels, on its constructor's)."""
    features = _features(site)
    rows, taints = features.rows, features.taints | taints_of(part for part in model.parts if not part.rows)
    if not rows and role_of(model.type) == "statistical":
        tables = [part for part in model.parts if part.rows]
        rows, taints = rows_of(tables[-1:]), taints_of(tables)
    if role_of(model.type) == "network":  # its layers are not fitted anew, as the steps of a pipeline are
        taints |= frozenset(mark for part in model.parts if part.model for mark in learned_marks(part.model))
    event = site.state.record(
        "fit", site.node, f"{model.type}.{site.method}", rows=rows, taints=taints, model=model,
        features=features, target=site.argument(1, "y", "Y"), stopped_by=_stopped_by(site, model),
    )  # fmt: skip
    model.fits.append(event)
    return event


_MODES = ("to", "cuda", "cpu", "float", "double", "half", "eval", "train", "apply", "requires_grad_")  # of a network
_WATCHED = ("validation_data", "eval_set", "valid_sets", "evals")
_STOPPERS = ("EarlyStopping", "early_stopping", "ModelCheckpoint")


def _stopped_by(site: CallSite, model: Model) -> RowSets:
    """Return the rows whose score decides when training stops, or which of its states is kept."""
    given = {**model.settings, **site.keywords}
    callbacks = _flat(given["callbacks"]) if "callbacks" in given else []
    named = [value.type or (value.model.type if value.model else value.dotted) for value in callbacks]
    stops = any(name.rpartition(".")[2] in _STOPPERS for name in named)
    stops |= any(name in given for name in ("early_stopping_rounds", "use_best_model"))
    watched = [given[name] for name in _WATCHED if name in given]
    return rows_of(item for value in watched for item in _flat(value)) if stops else NO_ROWS


def called_as_layer(site: CallSite, model: Model) -> Value:
    """Return what calling a fitted Keras layer gives: its transformation."""
    return _transformed(site, model, model.fits[-1] if model.fits else None)


def _transformed(site: CallSite, model: Model, event: Event | None) -> Value:
    features = _features(site)
    taints = features.taints
    # A label encoder on a column that cannot be named is most likely on the target, where it does no harm.
    on_target = is_label_encoder(model.type) and features.column is None and not site.state.loops
    if event is not None and event.rows and stateful(model) and not (on_target and features.columns):
        touched = frozenset({features.column}) if features.column else None
        if features.columns and features.columns.kept is not None and features.column is None:
            touched = features.columns.kept
        taints |= {Taint(event, event.rows, touched)}
    columns = features.columns
    if columns and role_of(model.type) in _CHOOSING:
        columns = columns.fewer()
    return Value(
        type=ARRAY, rows=features.rows, taints=taints, columns=columns, column=features.column, loops=features.loops
    )


def stateful(model: Model) -> bool:
    """Tell whether transforming depends on the rows seen in fitting; of a pipeline, whether any step does."""
    role = role_of(model.type)
    if role == "pipeline":
        return any(part.model and stateful(part.model) for part in model.parts)
    return role in STATEFUL


def _resampled(site: CallSite, model: Model) -> Value:
    features, target = _features(site), site.argument(1, "y") or UNKNOWN
    event = site.state.record("resample", site.node, f"{model.type}.{site.method}", rows=features.rows, model=model)
    # Under-sampling drops rows; only what repeats or makes rows can put one of them on both sides of a split.
    makes_rows = ".under_sampling." not in model.type
    marks = frozenset({Taint(event, features.rows)}) if features.rows and makes_rows else frozenset()
    key = next(iter(site.state.fresh())).origin  # other rows are drawn each time
    made = (part.evolve(rows=narrowed(part.rows, key), taints=part.taints | marks) for part in (features, target))
    return Value(items=tuple(made))


def _predicted(site: CallSite, model: Model) -> Value:
    features = _features(site)
    event = model.fits[-1] if model.fits else None
    site.state.record(
        "predict", site.node, f"{model.type}.{site.method}", rows=features.rows, taints=features.taints,
        model=model, fit=event, features=features, varied=model.tuned_by,
    )  # fmt: skip
    said = Prediction(model, event, features.rows, features.taints)
    loops = features.loops | model.tuned_by
    return Value(type=ARRAY, rows=features.rows, prediction=said, loops=loops)


def evaluate(site: CallSite, model: Model | None, features: Value) -> None:
    """Log an evaluation of `model` on `features`."""
    site.state.record(
        "evaluate", site.node, f"{model.type}.{site.method}" if model else site.name, rows=features.rows,
        taints=features.taints, model=model, fit=model.fits[-1] if model and model.fits else None, features=features,
        varied=model.tuned_by if model else frozenset(),
    )  # fmt: skip


def evaluate_predictions(site: CallSite) -> None:
    """Log the evaluation that a metric function makes of the predictions among its arguments."""
    said = next((value.prediction for value in site.values if value.prediction), None)
    truth = rows_of(site.table_arguments()[:1])
    site.state.record(
        "evaluate", site.node, site.name, rows=said.rows if said else truth,
        taints=said.taints if said else frozenset(), model=said.model if said else None, fit=said.fit if said else None,
        varied=site.loops,
    )  # fmt: skip


def split_rows(site: CallSite) -> Value:
    """Return the parts that train_test_split makes: for each table its train rows, then its test rows."""
    tables = list(site.arguments)
    key = _split_key(site)
    parts: list[Value] = []
    for table in tables:
        rows = table.rows or site.state.fresh()
        for name in ("train", "test"):
            chosen = frozenset(item.part(key, name) for item in rows)
            parts.append(table.evolve(rows=chosen, items=None, constant=None, splits=not table.type or table.splits))
    ordered = next((table.in_time for table in tables if table.in_time), None)
    site.state.record(
        "split", site.node, site.name, rows=rows_of(tables), taints=taints_of(tables[:1]), key=key, in_time=ordered,
        shuffled=not site.is_false("shuffle"),
    )  # fmt: skip
    return Value(items=tuple(parts))


def _times_split(site: CallSite) -> int:
    """Return how many splits the rows went through before: with one seed, the parts of a part are not its own parts."""
    paths = [rows.path for table in site.arguments for rows in table.rows]
    return max((sum(part in ("train", "test") for _, part in path) for path in paths), default=0)


def shuffles(splitter: Model | None) -> bool:
    """Tell whether a cross-validator draws its folds at random."""
    if splitter is None:
        return False
    name = splitter.type.rpartition(".")[2]
    shuffle = splitter.settings.get("shuffle")
    return "ShuffleSplit" in name or (shuffle is not None and shuffle.constant is True)


def _split_key(site: CallSite) -> Hashable:
    """Return what tells this split from others: the same call draws the same parts again only with a fixed seed."""
    seed = site.keywords.get("random_state")
    sizes = [site.keywords[name].constant for name in ("test_size", "train_size") if name in site.keywords]
    if site.is_false("shuffle"):
        return "in order", _times_split(site), *sizes
    if seed is not None and seed.constant is not None and not seed.loops:
        return "drawn", seed.constant, _times_split(site), *sizes
    return "drawn anew", next(iter(site.state.fresh())).origin


def _folds(site: CallSite) -> Value:
    """Return the pair of row numbers that a splitter gives for each fold."""
    key = id(site.node)
    data = _features(site)
    site.state.record(
        "split", site.node, site.name, rows=data.rows, key=key, in_time=data.in_time,
        shuffled=shuffles(site.receiver.model),
    )  # fmt: skip
    numbers = site.state.fresh()
    parts = [frozenset(item.part(key, name) for item in numbers) for name in ("train", "test")]
    made = tuple(Value(type=ARRAY, rows=rows, splits=True) for rows in parts)
    return Value(type=FOLDS, each=Value(items=made))


def cross_validate(site: CallSite) -> Value:
    """Log a cross-validation of the first argument on the second."""
    estimator, features = site.argument(0, "estimator"), site.argument(1, "X") or UNKNOWN
    folds = site.keywords.get("cv")
    site.state.record(
        "cross_validate", site.node, site.name, rows=features.rows, taints=features.taints,
        model=estimator.model if estimator else None, features=features,
        target=site.argument(2, "y"), in_time=features.in_time, shuffled=shuffles(folds.model if folds else None),
    )  # fmt: skip
    if site.method == "cross_val_predict":
        return Value(type=ARRAY, rows=features.rows)
    return UNKNOWN
