"""What functions of known libraries give: loads, splits, metrics, joins of tables, and what merely passes rows on."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import CROSS_VALIDATORS, STATISTICS, is_metric, kind_of, role_of
from grader.evidence.column_sets import Columns
from grader.evidence.copies import drawn_again, numbers_drawn, repeated, stacked
from grader.evidence.estimators import CURVE, construct, evaluate_predictions, fit, scored_by_name
from grader.evidence.files import DUMPERS, loaded_back, note_dumped, read_back
from grader.evidence.iterating import tried
from grader.evidence.learning import computed_with, learned, statistic
from grader.evidence.networks import held, holds_rows, loss
from grader.evidence.significance import is_test, names_told_by, tested, told_by
from grader.evidence.splits import (
    benchmark_part,
    benchmark_parts,
    cross_validate,
    cross_validate_boosting,
    random_split,
    split_rows,
)
from grader.evidence.standard import STANDARD, call_builtin
from grader.evidence.table_methods import joined
from grader.evidence.tables import (
    ARRAY,
    FRAME,
    LOOKUP,
    NAMES,
    SERIES,
    as_table,
    coded_columns,
    column_of,
    names_in,
    narrowed,
    some_columns,
    without,
)
from grader.evidence.unseen import of_unknown
from grader.evidence.values import (
    NONE,
    UNKNOWN,
    Model,
    Prediction,
    Taint,
    Value,
    flattened,
    scored_by,
    set_against,
    sources_of,
    statistics_of,
    taints_of,
)

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
_COMPARING = {"eq", "equal", "ne", "not_equal", "subtract", "sub"}
_SIDE_BY_SIDE = {"hstack", "column_stack", "c_"}
_SAME_COLUMNS = {"array", "asarray", "asanyarray", "ascontiguousarray", "nan_to_num", "log", "log1p", "exp", "expm1",
                 "sqrt", "abs", "round", "copy", "deepcopy", "DataFrame", "Series", "where"}  # fmt: skip
# Functions that learn from all rows they are given and use it on each.
_LEARNING = {"scale", "minmax_scale", "maxabs_scale", "robust_scale", "quantile_transform", "power_transform", "zscore",
             "qcut", "boxcox", "yeojohnson", "rankdata", "winsorize", "gzscore"}  # fmt: skip
_CUTTING = {"delete", "compress", "unique", "take", "choice", "permutation", "extract", "setdiff1d", "intersect1d",
            "sliding_window_view", "as_strided", "TimeseriesGenerator", "timeseries_dataset_from_array"}  # fmt: skip


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
    if name.startswith("torchvision.datasets.") and method != "ImageFolder":
        return benchmark_part(site)
    if is_test(name):
        return tested(site)
    if is_metric(name) or (name == "pandas.crosstab" and any(value.prediction for value in site.values)):
        return evaluate_predictions(site)
    if role_of(name):
        return construct(site)
    if kind_of(name) == "load":
        return _loaded(site)
    if name.startswith(_PASSING):
        return _passed_on(site)
    if "." not in name:
        return call_builtin(site)
    if method[:1].isupper() and not site.table_arguments():
        # A class of a library that is not modelled: if it is fitted and predicts as estimators do, it is one.
        return construct(site).evolve(rows=site.state.fresh())
    return scored_by_name(site) or of_unknown(site)


def _loaded(site: CallSite) -> Value:
    if (again := read_back(site) or loaded_back(site)) is not None:
        return again
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
    tables = [table for table in site.table_arguments() if table.type != NAMES]
    if site.name.startswith("torch.nn.functional.") and site.method.endswith(("loss", "entropy")):
        return loss(site)
    if site.name in ("torch.max", "torch.min") and len(site.values) > 1 and tables:
        return Value(items=(tables[0], tables[0]))  # the values, and where in each row they are
    if site.method in STATISTICS or _counts_right(site, tables):
        return statistic(tables[0], site, site.argument(1, "axis", "dim")) if tables else UNKNOWN
    if not tables:
        return _without_rows(site)
    if site.method in _LEARNING or (site.method == "cut" and _number_of_bins(site)):
        scaled = learned(site, tables[0].evolve(items=None, constant=None))
        return Value(items=(scaled, UNKNOWN)) if site.method in ("boxcox", "yeojohnson") else scaled
    if site.method in ("get_dummies", "cut", "to_datetime", "to_numeric"):
        return _recoded(site, tables[0])
    made = {"DataFrame": FRAME, "Series": SERIES}.get(site.method)
    if site.name.startswith("numpy."):
        made = ARRAY
    said = _said_by(site, tables)
    first = tables[0] if _keeps_columns(site) else some_columns(tables[0]).evolve(column=tables[0].column)
    if site.method in _CUTTING:
        first = first.evolve(rows=narrowed(first.rows, object()))
    passed = first.evolve(
        type=made or first.type, taints=taints_of(tables), items=None, constant=None, prediction=said,
        loops=site.loops, made_of=sources_of(tables) if len(tables) > 1 else tables[0].made_of,
    )  # fmt: skip
    labels = [site.keywords.get(name) for name in ("columns", "index")]  # names of what is there
    told = (value for value in site.values if not value.rows and value not in labels)
    given = computed_with(site, passed, *told)
    if "out" in site.keywords:
        site.scope.replace(site.keywords["out"], given)
    return given


def _counts_right(site: CallSite, tables: list[Value]) -> bool:
    """Tell whether it is counted where predictions and truth agree: `np.where(said == truth)`."""
    said = tables[0].prediction if tables else None
    counts = site.method in ("count_nonzero", "nonzero", "flatnonzero", "argwhere", "where")
    return counts and len(site.values) == 1 and said is not None and said.compared


def _without_rows(site: CallSite) -> Value:
    """Return what is made of no table: an empty frame, another statistic of statistics, a number of scores."""
    if site.name == "pandas.DataFrame" and not site.values:
        rows = site.state.fresh()
        return Value(type=FRAME, rows=rows, columns=Columns(rows, kept=frozenset()))
    flat = flattened(site.values)
    if seen := statistics_of(flat):
        return Value(type=LOOKUP, statistic=seen, taints=taints_of(flat), loops=site.loops)
    return Value(loops=site.loops, scored=scored_by(flat))


def _said_by(site: CallSite, tables: list[Value]) -> Prediction | None:
    """Return the prediction among tables; of a function that compares two, as it is then."""
    said = next((table.prediction for table in tables if table.prediction), None)
    return set_against(said, tables[1:]) if site.method in _COMPARING else said


def _number_of_bins(site: CallSite) -> bool:
    bins = site.argument(1, "bins")
    return bins is not None and type(bins.constant) is int


def _keeps_columns(site: CallSite) -> bool:
    """Tell whether the columns of the first table surely stay: `numpy.delete` and its like may drop the target."""
    return site.method in _SAME_COLUMNS and "columns" not in site.keywords


def _recoded(site: CallSite, table: Value) -> Value:
    if site.method != "get_dummies":
        return table.evolve(type=SERIES)
    others = {"prefix", "prefix_sep"}.intersection(site.keywords)  # names of another kind, as those of a series
    named = len(site.arguments) > 1 or others or table.type == SERIES
    columns = table.columns and (table.columns.fewer() if named else replace(table.columns, coded=True))
    if table.type == SERIES:  # the columns made of it have other names
        taints = frozenset(Taint(mark.event, mark.rows) for mark in table.taints)
    else:
        taints = coded_columns(table, all_of_it=not table.columns or table.columns.kept is None)
    return table.evolve(type=FRAME, columns=columns, column=None, taints=taints)


def _curve(site: CallSite) -> Value:
    """Return the curve that `numpy.polyfit(x, y, degree)` fits, a model that is called."""
    model = Model(CURVE)
    fit(site, model)
    return Value(type=CURVE, model=model)


def _curve_of(site: CallSite) -> Value:
    """Return `numpy.poly1d(numpy.polyfit(...))`: the same curve."""
    return next((value for value in site.values if value.type == CURVE), Value(loops=site.loops))


def _cut_up(site: CallSite) -> Value:
    """Return the parts of `numpy.split(table, [first, second])`."""
    table, places = site.argument(0, "ary"), site.argument(1, "indices_or_sections")
    if table is None or not table.rows or places is None or places.items is None:
        return _passed_on(site)
    key = site.state.birth()
    parts = range(len(places.items) + 1)
    return Value(items=tuple(table.evolve(rows=narrowed(table.rows, f"{key} of {part}")) for part in parts))


def _made_numeric(site: CallSite) -> Value:
    """Return what fastai's `proc_df(table, target)` gives: the features, gaps filled with medians, and the answers."""
    table, target = site.argument(0, "df") or UNKNOWN, names_in(site.argument(1, "y_fld"))
    filled = table if "na_dict" in site.keywords else learned(site, table)
    features = without(filled, target) if target else filled
    answers = column_of(table, next(iter(target))) if target else NONE
    return Value(items=(features, answers, UNKNOWN))


def _sliced(site: CallSite) -> Value:
    """Return `tf.data.Dataset.from_tensor_slices((X, y))`: rows of the features, with what was computed into these."""
    given = site.argument(0, "tensors", "datasets") or UNKNOWN
    features = given.items[0] if given.items and given.keys is None and len(given.items) > 1 else given
    table = as_table(features)
    return Value(type=ARRAY, rows=table.rows, taints=table.taints) if table.rows else _passed_on(site)


def _merged(site: CallSite) -> Value:
    """Return `pandas.merge(left, right)` as `left.merge(right)`, or the other way round where the left has no rows."""
    given = [site.argument(0, "left") or UNKNOWN, site.argument(1, "right") or UNKNOWN]
    if given[1].rows and not given[0].rows:
        given.reverse()
    others = {name: value for name, value in site.keywords.items() if name not in ("left", "right")}
    name = f"{given[0].type or 'pandas.DataFrame'}.merge"
    return joined(CallSite(site.node, name, given[1:], others, site.scope, site.state, given[0])).evolve(type=FRAME)


def _stacked(site: CallSite) -> Value:
    tables = site.table_arguments()
    if not tables:
        marks = told_by(flattened(site.values))
        return names_told_by(marks) if marks else site.fresh()
    if site.along_columns() or site.method in _SIDE_BY_SIDE:
        base = tables[0].columns
        columns = Columns(base.base, known=False) if base else None
        return tables[0].evolve(
            taints=taints_of(tables), columns=columns, column=None, items=None,
            prediction=next((table.prediction for table in tables if table.prediction), None),
            answers=frozenset(pair for table in tables for pair in table.answers),
        )  # fmt: skip
    rows, taints = site.rows_and_taints()
    return stacked(site, tables, tables[0].evolve(rows=rows, taints=taints, items=None))


def _trained(site: CallSite) -> Value:
    """xgb.train(params, data), lgb.train(params, data): a model fitted in one call."""
    if not site.name.startswith(("xgboost.", "lightgbm.")):
        return site.fresh()
    model = Model(f"{site.name.split('.')[0]}.Booster", tuned_by=site.loops)
    data = site.argument(1, "dtrain", "train_set") or UNKNOWN
    fit(CallSite(site.node, f"{model.type}.train", [data, UNKNOWN], site.keywords, site.scope, site.state), model)
    return Value(type=model.type, model=model)


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


def _numbers(site: CallSite) -> Value:
    """Return numbers, labels or values drawn by chance: several of them with replacement, unless that is ruled out."""
    drawn = _passed_on(site)
    several = site.argument(2 if site.method == "randint" else 1, "size", "k")
    replace = site.argument(2, "replace") if site.method == "choice" else None
    written_out = bool(site.arguments) and site.arguments[0].items is not None  # [True, False] are no row numbers
    if several is None or several == NONE or written_out or (replace is not None and replace.constant is not True):
        return drawn
    return numbers_drawn(site, drawn)


def _generator(_: CallSite) -> Value:
    """Return `numpy.random.default_rng()`: its methods are the module's functions."""
    return Value(dotted="numpy.random")


def _repeated(site: CallSite) -> Value:
    made = _passed_on(site)
    axis = site.argument(2, "axis")
    whole = axis is not None and axis.constant == 0 and bool(made.rows)
    return repeated(site, made, site.argument(1, "repeats")) if whole else made


_SPECIAL: dict[str, Callable[[CallSite], Value]] = {
    **STANDARD,
    "train_test_split": split_rows,
    **dict.fromkeys(tuple(CROSS_VALIDATORS), cross_validate),
    **dict.fromkeys(tuple(_STACKERS | _SIDE_BY_SIDE), _stacked),
    **dict.fromkeys(("pandas.merge", "pandas.merge_asof", "pandas.merge_ordered"), _merged),
    "train": _trained,
    "optuna.create_study": _study,
    "sklearn.utils.shuffle": _shuffled,
    **dict.fromkeys(("hyperopt.fmin", "skopt.gp_minimize", "skopt.forest_minimize"), _minimised),
    "early_stopping": _named,
    "load_data": benchmark_parts,
    "random_split": random_split,
    "proc_df": _made_numeric,
    **dict.fromkeys(("from_tensor_slices", "tensorflow.data.Dataset.zip"), _sliced),
    **dict.fromkeys(DUMPERS, note_dumped),
    **dict.fromkeys(("xgboost.cv", "lightgbm.cv", "catboost.cv"), cross_validate_boosting),
    "clone": _cloned,
    "deepcopy": _cloned,
    "resample": _resampled,
    **dict.fromkeys(("numpy.random.choice", "numpy.random.randint", "random.choices"), _numbers),
    **dict.fromkeys(("numpy.random.default_rng", "numpy.random.RandomState"), _generator),
    "numpy.repeat": _repeated,
    "numpy.polyfit": _curve,
    "numpy.poly1d": _curve_of,
    **dict.fromkeys(("numpy.split", "numpy.array_split", "numpy.vsplit"), _cut_up),
}
