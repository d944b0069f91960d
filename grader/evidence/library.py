"""What functions of known libraries give, each by its name: what loads, splits, fits and scores, and all others."""

from __future__ import annotations

import ast
from collections.abc import Callable

from grader.evidence.arranging import ARRANGING
from grader.evidence.callsite import CallSite
from grader.evidence.catalog import CROSS_VALIDATORS, is_metric, kind_of, role_of
from grader.evidence.column_sets import Columns
from grader.evidence.estimators import CURVE, construct, fit
from grader.evidence.files import DUMPERS, loaded_back, note_dumped, read_back
from grader.evidence.folders import READERS, load_folder
from grader.evidence.iterating import tried
from grader.evidence.networks import MODULE, held, holds_rows
from grader.evidence.passing import passed_on
from grader.evidence.published import LOADER, load_published
from grader.evidence.registry import LOADERS, LOGGERS, model_of_registry, note_logged, note_registered
from grader.evidence.rows import Rows
from grader.evidence.scoring import evaluate_predictions, scored_by_name
from grader.evidence.significance import is_test, tested
from grader.evidence.splits import (
    benchmark_part,
    benchmark_parts,
    cross_validate,
    cross_validate_boosting,
    random_split,
    split_rows,
)
from grader.evidence.standard import STANDARD, call_builtin
from grader.evidence.subscripts import PICKLED
from grader.evidence.tables import ARRAY, FRAME, is_table
from grader.evidence.unseen import of_unknown
from grader.evidence.values import NUMBER, UNKNOWN, Model, Value

_PASSING = ("numpy.", "pandas.", "scipy.", "copy.", "joblib.", "math.", "statistics.", "sklearn.preprocessing.",
            "torch.", "tensorflow.", "keras.preprocessing.", "keras.utils.", "statsmodels.tools.", "statsmodels.api.",
            "scipy.sparse.", "surprise.Dataset.load_from_df")  # fmt: skip
_MOMENTS = ("pandas.Timestamp", "pandas.Timedelta", "pandas.DateOffset", "datetime.datetime", "datetime.date",
            "datetime.timedelta")  # fmt: skip
_MAKERS = {
    "sklearn.pipeline.make_pipeline": "sklearn.pipeline.Pipeline",
    "sklearn.pipeline.make_union": "sklearn.pipeline.FeatureUnion",
    "sklearn.compose.make_column_transformer": "sklearn.compose.ColumnTransformer",
    "imblearn.pipeline.make_pipeline": "imblearn.pipeline.Pipeline",
    "statsmodels.formula.api.ols": "statsmodels.formula.api.OLS",
    "statsmodels.formula.api.logit": "statsmodels.formula.api.Logit",
    "statsmodels.formula.api.glm": "statsmodels.formula.api.GLM",
}


def call_library(site: CallSite) -> Value:
    """Return what a call of the library function or class `site.name` gives."""
    name, method = site.name, site.method
    if name in _MAKERS:
        site.name = _MAKERS[name]
        made = construct(site)
        site.name = name
        return made
    special = _SPECIAL.get(name) or _SPECIAL.get(method)
    if special and "." in name:
        return special(site)
    if holds_rows(name):
        return held(site)
    if name.startswith("torchvision.") and (ready := _of_torchvision(site)) is not None:
        return ready
    if is_test(name):
        return tested(site)
    if is_metric(name) or (name == "pandas.crosstab" and any(value.prediction for value in site.values)):
        return evaluate_predictions(site)
    if role_of(name):
        return construct(site)
    if kind_of(name) == "load":
        return _loaded(site)
    if name.startswith(_PASSING):
        return passed_on(site)
    if "." not in name:
        return call_builtin(site)
    if method[:1].isupper() and not any(is_table(table) or table.items for table in site.table_arguments()):
        # A class of a library that is not modelled: if it is fitted and predicts as estimators do, it is one.
        return construct(site).evolve(rows=site.state.fresh())
    return scored_by_name(site) or of_unknown(site)


def _of_torchvision(site: CallSite) -> Value | None:
    """Return a network or a benchmark that torchvision holds ready."""
    if site.name.startswith("torchvision.models."):
        return Value(type=MODULE, model=Model(MODULE))
    is_benchmark = site.name.startswith("torchvision.datasets.") and site.method != "ImageFolder"
    return benchmark_part(site) if is_benchmark else None


def _loaded(site: CallSite) -> Value:
    if (again := read_back(site) or loaded_back(site)) is not None:
        return again
    rows = frozenset({Rows((PICKLED, site.state.birth()))}) if _is_pickled(site) else site.state.fresh()
    site.state.record("load", site.node, site.name, rows=rows, key=_file_of(site))
    if site.name.startswith("sklearn.datasets."):
        data = Value(type="sklearn.utils.Bunch", rows=rows)
        if site.is_true("return_X_y") or site.method.startswith("make_"):
            return Value(items=(data.evolve(type=ARRAY), data.evolve(type=ARRAY)))
        return data
    if site.name.startswith(("pandas.", "seaborn.")) and not _is_of_sheets(site):
        index = site.keywords.get("index_col")
        dropped = frozenset({str(index.constant)}) if index and isinstance(index.constant, str) else frozenset()
        return Value(type=FRAME, rows=rows, columns=Columns(rows, dropped))
    is_array = site.name.startswith("numpy.") and ".npz" not in _file_of(site)  # which holds several, of other rows
    return Value(type=ARRAY if is_array else "", rows=rows, loops=site.loops)


def _is_pickled(site: CallSite) -> bool:
    """Tell whether a file holds an object of any kind: a table, or several in a dict."""
    return site.method == "read_pickle" or site.is_true("allow_pickle")


def _is_of_sheets(site: CallSite) -> bool:
    """Tell whether several sheets are read, each a table of its own: `read_excel(path, sheet_name=None)`."""
    sheet = site.argument(1, "sheet_name") if site.method == "read_excel" else None
    return sheet is not None and not isinstance(sheet.constant, str | int)


def _file_of(site: CallSite) -> str:
    """Return what tells the file that is loaded from others: its name, or what is written in its place."""
    said = site.argument(0, "filepath_or_buffer", "path", "io")
    part = next((ast.unparse(word.value) for word in site.node.keywords if word.arg == "split"), "")
    if said is not None and isinstance(said.constant, str):
        return f"{said.constant.removeprefix('./')} {part}"
    return " ".join([*(ast.unparse(given)[:200] for given in site.node.args[:1]), part])


def _curve(site: CallSite) -> Value:
    """Return the curve that `numpy.polyfit(x, y, degree)` fits, a model that is called."""
    model = Model(CURVE)
    fit(site, model)
    return Value(type=CURVE, model=model)


def _curve_of(site: CallSite) -> Value:
    """Return `numpy.poly1d(numpy.polyfit(...))`: the same curve."""
    return next((value for value in site.values if value.type == CURVE), Value(loops=site.loops))


def _trained(site: CallSite) -> Value:
    """xgb.train(params, data), lgb.train(params, data): a model fitted in one call."""
    if not site.name.startswith(("xgboost.", "lightgbm.")):
        return site.fresh()
    params = site.argument(0, "params") or UNKNOWN
    settings = dict(zip(params.keys or (), params.items or (), strict=False))
    kind = f"{site.name.split('.')[0]}.Booster"
    model = Model(kind, tuple(settings.values()), tuned_by=site.loops, settings=settings)
    data = site.argument(1, "dtrain", "train_set") or UNKNOWN
    given = [data, data.beside or UNKNOWN]
    fit(CallSite(site.node, f"{model.type}.train", given, site.keywords, site.scope, site.state), model)
    return Value(type=model.type, model=model)


def _minimised(site: CallSite) -> Value:
    """Walk the function that is asked about one setting after another."""
    return tried(site, site.argument(0, "fn", "func"))


def _study(_: CallSite) -> Value:
    return Value(type="optuna.Study", model=Model("optuna.Study"))


def _moment(site: CallSite) -> Value:
    """Return a point in time, or a stretch of it: no rows."""
    return Value(type=NUMBER, loops=site.loops)


def _by_chance(site: CallSite) -> Value:
    """Return numbers drawn at random: others each time, where they are of no rows."""
    made = passed_on(site)
    return made if made.rows else Value(type=ARRAY, rows=site.state.fresh(), loops=site.loops)


def _named(site: CallSite) -> Value:
    """Return a thing of which only the name matters."""
    return Value(type=site.name)


def _cloned(site: CallSite) -> Value:
    first = site.argument(0, "estimator", "x") or UNKNOWN
    if first.model is None:
        return first.evolve(items=first.items)
    model = Model(first.model.type, first.model.parts, tuned_by=first.model.tuned_by)
    if site.method != "clone":
        model.fits = list(first.model.fits)
    return Value(type=model.type, model=model)


def _generator(_: CallSite) -> Value:
    """Return `numpy.random.default_rng()`: its methods are the module's functions."""
    return Value(dotted="numpy.random")


def _network_again(_: CallSite) -> Value:
    """Return `load_model(path)`: a network that is not known, but can be asked."""
    return Value(type="keras.Model", model=Model("keras.Model"))


_SPECIAL: dict[str, Callable[[CallSite], Value]] = {
    **STANDARD,
    **ARRANGING,
    "train_test_split": split_rows,
    **dict.fromkeys(tuple(CROSS_VALIDATORS), cross_validate),
    "train": _trained,
    "optuna.create_study": _study,
    "keras.models.load_model": _network_again,
    **dict.fromkeys(("hyperopt.fmin", "skopt.gp_minimize", "skopt.forest_minimize"), _minimised),
    "early_stopping": _named,
    "load_data": benchmark_parts,
    **dict.fromkeys(READERS, load_folder),
    "random_split": random_split,
    **dict.fromkeys(DUMPERS, note_dumped),
    **dict.fromkeys(LOGGERS, note_logged),
    **dict.fromkeys(LOADERS, model_of_registry),
    "mlflow.register_model": note_registered,
    **dict.fromkeys(("xgboost.cv", "lightgbm.cv", "catboost.cv"), cross_validate_boosting),
    "clone": _cloned,
    "deepcopy": _cloned,
    **dict.fromkeys(("numpy.random.default_rng", "numpy.random.RandomState"), _generator),
    **dict.fromkeys(_MOMENTS, _moment),
    **{f"numpy.random.{name}": _by_chance for name in ("rand", "random", "random_sample", "uniform", "binomial")},
    LOADER: load_published,
    "numpy.polyfit": _curve,
    "numpy.poly1d": _curve_of,
}
