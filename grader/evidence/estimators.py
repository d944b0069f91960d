"""What estimators, transformers and pipelines do to rows: fits, transforms, predictions and their own scores."""

from __future__ import annotations

from grader.evidence.attributes import own_method
from grader.evidence.callsite import CallSite
from grader.evidence.catalog import SEEDS, STATEFUL, is_metric, role_of
from grader.evidence.columns_taken import as_taken
from grader.evidence.files import FILE
from grader.evidence.lists import as_table
from grader.evidence.networks import held_by
from grader.evidence.rows import NO_ROWS, Rows, RowSets, covered
from grader.evidence.said import fitted_values
from grader.evidence.significance import fit_behind
from grader.evidence.tables import ARRAY, LOOKUP, TRANSPOSED, as_groups, column_of, is_label_encoder
from grader.evidence.unseen import unseen
from grader.evidence.values import (
    NONE,
    UNKNOWN,
    Event,
    Loop,
    Model,
    Prediction,
    Taint,
    Value,
    learned_marks,
    rows_of,
    taints_of,
)

CURVE = "numpy.polyfit"  # a fit of numpy's, which is called and not asked to predict
_CHOOSING = {"pipeline", "selector", ""}  # a ColumnTransformer, and what is not known, may leave columns out
PREDICTING = {"predict", "predict_proba", "decision_function", "predict_log_proba", "predict_classes"}
_WATCHED = ("validation_data", "eval_set", "valid_sets", "evals")
_CLUSTERING = ("sklearn.cluster.", "sklearn.mixture.", "hdbscan.", "kmodes.")
_STOPPERS = ("EarlyStopping", "early_stopping", "ModelCheckpoint")


def construct(site: CallSite) -> Value:
    """Return a new object of a known class; loops that reach its settings are remembered as tuning it."""
    parts = tuple(item for value in site.values for item in _flat(value))
    varied = [*site.arguments, *(value for name, value in site.keywords.items() if name not in SEEDS)]
    loops = frozenset(loop for value in varied for loop in value.loops) | frozenset(
        loop for part in parts if part.model for loop in part.model.tuned_by
    )
    model = Model(site.name, parts=parts, tuned_by=loops, settings=site.keywords)
    role = role_of(site.name)
    if role == "container":  # xgb.DMatrix(X, y), lgb.Dataset(X, y): the rows in another box
        data = site.argument(0, "data")
        return data.evolve(type=site.name, items=None, beside=site.argument(1, "label")) if data else UNKNOWN
    return Value(type=site.name, model=model, loops=loops)


def _flat(value: Value, depth: int = 0) -> list[Value]:
    if value.items is None or depth > 3:
        return [value]
    return [inner for item in value.items for inner in _flat(item, depth + 1)]


def features_of(site: CallSite) -> Value:
    given = _held(site.argument(0, "X", "x", "data", "exog", "raw_documents", "texts") or UNKNOWN)
    if given.type == LOOKUP and not given.rows:  # groups are the rows of a table of their own
        return as_groups(given)
    if given.type == FILE and given.constant is not None:  # a text a line
        return Value(rows=frozenset({Rows((FILE, given.constant))}))
    given = as_table(given)
    return given.evolve(rows=NO_ROWS) if given.type == TRANSPOSED else given


def _held(given: Value) -> Value:
    """Return what is given, of an object of the submission (Keras's `Sequence`, say) the rows that it keeps."""
    return held_by(given.instance) if given.instance is not None else given


def fit(site: CallSite, model: Model, given: Value | None = None) -> Event:
    """Log that `model` was fitted on the first argument or what is `given` (for statsmodels, on its constructor's)."""
    features = as_taken(given or features_of(site), model)
    rows, taints = features.rows, features.taints | taints_of(part for part in model.parts if not part.rows)
    if not rows and role_of(model.type) == "statistical":
        tables = [as_taken(part, model) for part in model.parts if part.rows]
        rows, taints = rows_of(tables[-1:]), taints_of(tables)
    if role_of(model.type) == "network":  # its layers are not fitted anew, as the steps of a pipeline are
        taints |= frozenset(mark for part in model.parts if part.model for mark in learned_marks(part.model))
    event = site.state.record(
        "fit", site.node, f"{model.type}.{site.method}", rows=rows, taints=taints, model=model,
        features=features, target=_answers(site, features, model), chosen_on=_chosen_on(site, model),
    )  # fmt: skip
    model.fits.append(event)
    if role_of(model.type) == "network" and _holds_some_back(site):
        site.state.record(
            "validate", site.node, event.name, rows=rows, taints=taints, model=model, features=features,
            target=event.target,
        )  # fmt: skip
    for shown in _watched(site, rows):
        site.state.record(
            "validate", site.node, event.name, rows=shown.rows, taints=shown.taints, model=model, fit=event,
            features=shown, target=event.target, varied=model.tuned_by,
        )  # fmt: skip
    return event


def _watched(site: CallSite, fitted: RowSets) -> list[Value]:
    """Return the tables beside the training rows whose score a fit shows as it goes on, one of the same rows each."""
    shown: dict[RowSets, Value] = {}
    for name in _WATCHED:
        for item in _inputs_of(_held(site.keywords[name])) if name in site.keywords else ():
            # Of several sets to watch, one may be that of training; what Keras validates on is to be another.
            if item.rows and (name == "validation_data" or not covered(item.rows, fitted)):
                shown.setdefault(item.rows, item)
    return list(shown.values())


def _inputs_of(watched: Value) -> list[Value]:
    """Return the features of what a fit watches: `(X, y)`, `[(X, y), (Xv, yv)]`, `[(data, "name")]` or data sets."""
    items = watched.items
    if not items:
        return [watched]
    if any(item.items for item in items) and all(item.items or not item.rows for item in items):
        return [as_table(item.items[0] if item.items else item) for item in items]
    pair = len(items) > 1 and role_of(items[0].type) != "container"
    return [as_table(items[0])] if pair else list(items)


def _holds_some_back(site: CallSite) -> bool:
    """Tell whether Keras keeps some of the rows to validate on: `fit(X, y, validation_split=0.2)`."""
    share = site.keywords.get("validation_split")
    return share is not None and share != NONE and share.constant != 0


def _answers(site: CallSite, features: Value, model: Model) -> Value | None:
    """Return what a fit is to predict: it lies beside the rows in a container as in CatBoost's pools, or in what a
    network is fed with, or is a column that the model was told of when it was made.
    """
    given = site.argument(1, "y", "Y")
    told = model.settings.get("label") or model.settings.get("target")
    if given is None and told is not None and isinstance(told.constant, str):
        return column_of(features, told.constant)
    if given is None and role_of(features.type) == "container":
        return features.beside or UNKNOWN
    return UNKNOWN if given is None and role_of(model.type) == "network" else given


def _chosen_on(site: CallSite, model: Model) -> RowSets:
    """Return the rows whose score decides when training stops, or which of its states is kept."""
    given = {**model.settings, **site.keywords}
    callbacks = _flat(given["callbacks"]) if "callbacks" in given else []
    stops = any(_chooses(value) for value in callbacks)
    best = given.get(
        "use_best_model", Value(constant=model.type.startswith("catboost."))
    )  # CatBoost keeps it by itself
    stops |= "early_stopping_rounds" in given or best.constant is not False
    watched = [given[name] for name in _WATCHED if name in given]
    return rows_of(item for value in watched for item in _flat(value)) if stops else NO_ROWS


def _chooses(callback: Value) -> bool:
    """Tell whether a callback goes by the score on the watched rows: not by that in training, nor by keeping all."""
    name = (callback.type or callback.dotted).rpartition(".")[2]
    model = callback.model
    if name not in _STOPPERS or model is None:
        return name in _STOPPERS
    monitor = model.settings.get("monitor")
    if monitor is None and name == "EarlyStopping":
        monitor = next(iter(model.parts), None) if len(model.parts) > len(model.settings) else None
    if monitor is not None and isinstance(monitor.constant, str) and not monitor.constant.startswith("val"):
        return False
    best = model.settings.get("save_best_only")
    return name != "ModelCheckpoint" or (best is not None and best.constant is True)


def transformed_as_fitted(site: CallSite, model: Model) -> Value:
    """Return what a transformer gives as it was fitted last: asked by a method or, as Keras's layers are, called."""
    return transformed(site, model, fit_behind(model))


def transformed(site: CallSite, model: Model, event: Event | None) -> Value:
    features = features_of(site)
    taints = features.taints
    # A label encoder on a column that cannot be named is most likely on the target, where it does no harm.
    on_target = is_label_encoder(model.type) and features.column is None and not site.state.loops
    if event is not None and event.rows and stateful(model) and not (on_target and features.columns):
        touched = frozenset({features.column}) if features.column else None
        if features.columns and features.columns.kept is not None and features.column is None:
            touched = features.columns.kept
        taints |= {Taint(event, event.rows, touched)}
    elif event is not None and event.rows and is_unknown(model):
        taints |= {unseen(site, event.rows)}
    columns = features.columns
    if columns and role_of(model.type) in _CHOOSING:
        columns = columns.fewer()
    return Value(
        type=ARRAY,
        rows=features.rows,
        taints=taints,
        columns=columns,
        column=features.column,
        loops=features.loops | model.tuned_by,
        made_of=features.made_of if features.column else frozenset(),
    )


def stateful(model: Model) -> bool:
    """Tell whether transforming depends on the rows seen in fitting; of a pipeline, whether any step does."""
    role = role_of(model.type)
    if role == "pipeline":
        return any(part.model and stateful(part.model) for part in model.parts)
    return role in STATEFUL and not _is_declared(model)


def is_unknown(model: Model) -> bool:
    """Tell whether it is not known what a transformer does with the rows it saw; of a pipeline, what any step does."""
    if role_of(model.type) == "pipeline":
        return any((part.model and is_unknown(part.model)) or _is_closed(part) for part in model.parts)
    return not role_of(model.type)


def _is_closed(part: Value) -> bool:
    """Tell whether a step is an object of the submission whose transforming cannot be followed."""
    owner = part.instance.owner if part.instance else None
    return part.instance is not None and (owner is None or own_method(owner, "transform") is None)


def _is_declared(model: Model) -> bool:
    """Tell whether all that a transformer would learn is given: a constant to fill with, the categories in order."""
    strategy, categories = model.settings.get("strategy"), model.settings.get("categories")
    name = model.type.rpartition(".")[2]
    if name == "SimpleImputer":
        return strategy is not None and strategy.constant == "constant"
    return name in ("OrdinalEncoder", "OneHotEncoder") and categories is not None and bool(categories.items)


def predicted(site: CallSite, model: Model) -> Value:
    if not site.values and model.fits and role_of(model.type) == "statistical":
        return fitted_values(model).evolve(type=ARRAY)
    features = as_taken(features_of(site), model)
    event = model.fits[-1] if model.fits else None
    site.state.record(
        "predict", site.node, f"{model.type}.{site.method}", rows=features.rows, taints=features.taints,
        model=model, fit=event, features=features, varied=model.tuned_by,
    )  # fmt: skip
    said = Prediction(model, event, features.rows, features.taints)
    loops = _settings_of(model, features)
    taints = clusters_of(model) if event is not None else frozenset()
    return Value(type=ARRAY, rows=features.rows, prediction=said, loops=loops, taints=taints)


def clusters_of(model: Model) -> frozenset[Taint]:
    """Return the mark on the numbers of clusters: as a feature they know the rows that the clusters were found in."""
    finds_outliers = role_of(model.type) != "clusterer" or not model.type.startswith(_CLUSTERING)
    return frozenset() if finds_outliers else learned_marks(model)


def _settings_of(model: Model, features: Value) -> frozenset[Loop]:
    """Return the loops that set what is tried: a parameter, or the columns that the model is fitted on."""
    fitted_in = frozenset(model.fits[-1].loops) if model.fits else frozenset()
    return model.tuned_by | (features.loops & fitted_in)


def evaluate(site: CallSite, model: Model, features: Value) -> Value:
    """Log an evaluation of `model` on `features` and return the score."""
    features = as_taken(features, model)
    event = model.fits[-1] if model.fits else None
    name = site.name if is_metric(site.name) else f"{model.type}.{site.method}"
    site.state.record(
        "evaluate", site.node, name, rows=features.rows, taints=features.taints,
        model=model, fit=event, features=features, varied=_settings_of(model, features),
    )  # fmt: skip
    return Value(scored=Prediction(model, event, features.rows, features.taints))
