"""What functions of known libraries give: loads, splits, metrics, joins of tables, and what merely passes rows on."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import permutations

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import CROSS_VALIDATORS, STATISTICS, is_metric, kind_of, role_of
from grader.evidence.estimators import construct, evaluate_predictions, fit
from grader.evidence.iterating import numbered, tried, zipped
from grader.evidence.learning import computed_with, drawn_again, drawn_twice, learned, statistic
from grader.evidence.networks import held, holds_rows, loss
from grader.evidence.rows import covered
from grader.evidence.splits import benchmark_parts, cross_validate, random_split, split_rows
from grader.evidence.tables import ARRAY, FRAME, LOOKUP, SERIES, narrowed, some_columns
from grader.evidence.values import NUMBER, UNKNOWN, Columns, Model, Taint, Value, flattened, statistics_of, taints_of

_PASSING = ("numpy.", "pandas.", "scipy.", "copy.", "joblib.", "math.", "statistics.", "sklearn.preprocessing.",
            "torch.", "tensorflow.", "keras.preprocessing.", "keras.utils.", "statsmodels.tools.", "statsmodels.api.",
            "scipy.sparse.")  # fmt: skip
_MAKERS = {
    "sklearn.pipeline.make_pipeline": "sklearn.pipeline.Pipeline",
    "sklearn.pipeline.make_union": "sklearn.pipeline.FeatureUnion",
    "sklearn.compose.make_column_transformer": "sklearn.compose.ColumnTransformer",
    "imblearn.pipeline.make_pipeline": "imblearn.pipeline.Pipeline",
    "statsmodels.formula.api.ols": "statsmodels.formula.api.OLS",
    "statsmodels.formula.api.logit": "statsmodels.formula.api.Logit",
    "statsmodels.formula.api.glm": "statsmodels.formula.api.GLM",
}
_STACKERS = {"concat", "concatenate", "vstack", "append", "r_"}
_SIDE_BY_SIDE = {"hstack", "column_stack", "c_", "merge"}
_SAME_COLUMNS = {"array", "asarray", "asanyarray", "ascontiguousarray", "nan_to_num", "log", "log1p", "exp", "expm1",
                 "sqrt", "abs", "round", "copy", "deepcopy", "DataFrame", "Series", "where"}  # fmt: skip
# Functions that learn from all rows they are given and use it on each.
_LEARNING = {"scale", "minmax_scale", "maxabs_scale", "robust_scale", "quantile_transform", "power_transform", "zscore",
             "qcut", "boxcox", "yeojohnson", "rankdata"}  # fmt: skip
_CUTTING = {"delete", "compress", "unique", "take", "choice", "permutation", "extract", "setdiff1d", "intersect1d"}
_MOST_STACKED = 12
_NUMBERS = {"len", "sum", "max", "min", "abs", "round", "float", "int", "str", "bool", "isinstance", "type", "id"}


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
    if is_metric(name):
        evaluate_predictions(site)
        return Value(type=NUMBER, loops=site.loops)
    if role_of(name):
        return construct(site)
    if kind_of(name) == "load":
        return _loaded(site)
    if name.startswith(_PASSING):
        return _passed_on(site)
    if "." not in name:
        return _builtin(site)
    if method[:1].isupper() and not site.table_arguments():
        # A class of a library that is not modelled: if it is fitted and predicts as estimators do, it is one.
        return construct(site).evolve(rows=site.state.fresh())
    return site.fresh()


def _loaded(site: CallSite) -> Value:
    rows = site.state.fresh()
    site.state.record("load", site.node, site.name, rows=rows, key=_file_of(site))
    if site.name.startswith("sklearn.datasets."):
        data = Value(type="sklearn.utils.Bunch", rows=rows)
        if site.is_true("return_X_y") or site.method.startswith("make_"):
            return Value(items=(data.evolve(type=ARRAY), data.evolve(type=ARRAY)))
        return data
    if site.name.startswith(("pandas.", "seaborn.")):
        index = site.keywords.get("index_col")
        dropped = frozenset({str(index.constant)}) if index and isinstance(index.constant, str) else frozenset()
        return Value(type=FRAME, rows=rows, columns=Columns(rows, dropped))
    return Value(type=ARRAY if site.name.startswith("numpy.") else "", rows=rows, loops=site.loops)


def _file_of(site: CallSite) -> str:
    """Return what tells the file that is loaded from others: its name, or what is written in its place."""
    said = site.argument(0, "filepath_or_buffer", "path", "io")
    part = next((ast.unparse(word.value) for word in site.node.keywords if word.arg == "split"), "")
    if said is not None and isinstance(said.constant, str):
        return f"{said.constant.removeprefix('./')} {part}"
    return " ".join([*(ast.unparse(given)[:200] for given in site.node.args[:1]), part])


def _passed_on(site: CallSite) -> Value:
    tables = site.table_arguments()
    if site.name.startswith("torch.nn.functional.") and site.method.endswith(("loss", "entropy")):
        return loss(site)
    if site.name in ("torch.max", "torch.min") and len(site.values) > 1 and tables:
        return Value(items=(tables[0], tables[0]))  # the values, and where in each row they are
    if site.method in STATISTICS:
        return statistic(tables[0], site, site.argument(1, "axis")) if tables else UNKNOWN
    if site.name == "pandas.DataFrame" and not site.values:
        rows = site.state.fresh()
        return Value(type=FRAME, rows=rows, columns=Columns(rows, kept=frozenset()))
    if not tables:
        flat = flattened(site.values)
        if seen := statistics_of(flat):
            return Value(type=LOOKUP, statistic=seen, taints=taints_of(flat), loops=site.loops)
        return Value(loops=site.loops)
    if site.method in _LEARNING or (site.method == "cut" and _number_of_bins(site)):
        scaled = learned(site, tables[0].evolve(items=None, constant=None))
        return Value(items=(scaled, UNKNOWN)) if site.method in ("boxcox", "yeojohnson") else scaled
    if site.method in ("get_dummies", "cut", "to_datetime", "to_numeric"):
        return _recoded(site, tables[0])
    made = {"DataFrame": FRAME, "Series": SERIES}.get(site.method)
    if site.name.startswith("numpy."):
        made = ARRAY
    said = next((table.prediction for table in tables if table.prediction), None)
    first = tables[0] if _keeps_columns(site) else some_columns(tables[0]).evolve(column=tables[0].column)
    if site.method in _CUTTING:
        first = first.evolve(rows=narrowed(first.rows, object()))
    passed = first.evolve(
        type=made or first.type, taints=taints_of(tables), items=None, constant=None, prediction=said,
        loops=site.loops,
    )  # fmt: skip
    return computed_with(site, passed, *(value for value in site.values if not value.rows))


def _number_of_bins(site: CallSite) -> bool:
    bins = site.argument(1, "bins")
    return bins is not None and type(bins.constant) is int


def _keeps_columns(site: CallSite) -> bool:
    """Tell whether the columns of the first table surely stay: `numpy.delete` and its like may drop the target."""
    return site.method in _SAME_COLUMNS and "columns" not in site.keywords


def _recoded(site: CallSite, table: Value) -> Value:
    if site.method != "get_dummies":
        return table.evolve(type=SERIES)
    columns = table.columns.fewer() if table.columns else None
    taints = table.taints
    if table.type == SERIES:  # the columns made of it have other names
        taints = frozenset(Taint(mark.event, mark.rows) for mark in taints)
    return table.evolve(type=FRAME, columns=columns, column=None, taints=taints)


def _stacked(site: CallSite) -> Value:
    tables = site.table_arguments()
    if not tables:
        return site.fresh()
    if site.along_columns() or site.method in _SIDE_BY_SIDE:
        base = tables[0].columns
        columns = Columns(base.base, known=False) if base else None
        return tables[0].evolve(taints=taints_of(tables), columns=columns, column=None, items=None)
    rows, taints = site.rows_and_taints()
    stacked = tables[0].evolve(rows=rows, taints=taints, items=None)
    twice = any(covered(one.rows, other.rows) for one, other in permutations(tables[:_MOST_STACKED], 2))
    return drawn_twice(site, stacked) if twice else stacked


def _trained(site: CallSite) -> Value:
    """xgb.train(params, data), lgb.train(params, data): a model fitted in one call."""
    if not site.name.startswith(("xgboost.", "lightgbm.")):
        return site.fresh()
    model = Model(f"{site.name.split('.')[0]}.Booster", tuned_by=site.loops)
    data = site.argument(1, "dtrain", "train_set") or UNKNOWN
    fit(CallSite(site.node, f"{model.type}.train", [data, UNKNOWN], site.keywords, site.scope, site.state), model)
    return Value(type=model.type, model=model)


def _reduced(site: CallSite) -> Value:
    """Return `reduce(function, items, first)`: the function once for each known item."""
    items, first = site.argument(1), site.argument(2)
    if first is None or items is None or items.items is None:
        return site.fresh()
    made = first
    for item in items.items[:_MOST_STACKED]:
        made = site.state.hooks.call(site, site.arguments[0], [made, item])
    return made


def _preset(site: CallSite) -> Value:
    """Return `partial(function, ...)`: the function, whatever is set beforehand."""
    return site.argument(0) or UNKNOWN


def _shuffled(site: CallSite) -> Value:
    """Return the same rows in another order."""
    tables = site.arguments
    return tables[0] if len(tables) == 1 else Value(items=tuple(tables))


def _minimised(site: CallSite) -> Value:
    """Walk the function that is asked about one setting after another."""
    return tried(site, site.argument(0, "fn", "func"))


def _study(_: CallSite) -> Value:
    return Value(type="optuna.Study", model=Model("optuna.Study"))


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


def _resampled(site: CallSite) -> Value:
    if site.name != "sklearn.utils.resample":
        return site.fresh()
    made = [drawn_again(site, table) for table in site.table_arguments()]
    return made[0] if len(made) == 1 else Value(items=tuple(made))


def _builtin(site: CallSite) -> Value:
    first = site.argument(0) or UNKNOWN
    if site.name in ("list", "tuple", "sorted", "reversed", "set", "iter", "next"):
        return first
    if site.name == "zip":
        return zipped(site)
    if site.name == "enumerate":
        return numbered(first)
    if site.name in ("sum", "max", "min") and first.rows:
        return statistic(first, site)
    if site.name == "dict":
        return Value(items=tuple(site.keywords.values()), keys=tuple(site.keywords))
    if site.name in _NUMBERS or site.name in ("print", "display", "range"):
        return Value(type=NUMBER, loops=site.loops)
    return site.fresh()


_SPECIAL: dict[str, Callable[[CallSite], Value]] = {
    "train_test_split": split_rows,
    **dict.fromkeys(tuple(CROSS_VALIDATORS), cross_validate),
    **dict.fromkeys(tuple(_STACKERS | _SIDE_BY_SIDE), _stacked),
    "train": _trained,
    "optuna.create_study": _study,
    "functools.reduce": _reduced,
    "functools.partial": _preset,
    "sklearn.utils.shuffle": _shuffled,
    **dict.fromkeys(("hyperopt.fmin", "skopt.gp_minimize", "skopt.forest_minimize"), _minimised),
    "early_stopping": _named,
    "load_data": benchmark_parts,
    "random_split": random_split,
    "clone": _cloned,
    "deepcopy": _cloned,
    "resample": _resampled,
}
