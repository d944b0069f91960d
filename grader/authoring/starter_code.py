"""The words of the starter code that depend on the task: models, metrics, columns, folds."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from grader.authoring.kinds import Kinds
from grader.authoring.task import Task

_SCORES = {
    "roc_auc": ("roc_auc_score({truth}, predicted)", "roc_auc_score", "roc_auc"),
    "average_precision": (
        "average_precision_score({truth}, predicted)",
        "average_precision_score",
        "average_precision",
    ),
    "accuracy": ("accuracy_score({truth}, predicted >= 0.5)", "accuracy_score", "accuracy"),
    "multiclass_accuracy": ("accuracy_score({truth}, predicted)", "accuracy_score", "accuracy"),
    "rmse": ("root_mean_squared_error({truth}, predicted)", "root_mean_squared_error", "neg_root_mean_squared_error"),
    "mae": ("mean_absolute_error({truth}, predicted)", "mean_absolute_error", "neg_mean_absolute_error"),
}
_FOLDS = {
    "class": ("StratifiedKFold", "StratifiedKFold(3, shuffle=True, random_state=SEED)"),
    "random": ("KFold", "KFold(3, shuffle=True, random_state=SEED)"),
    "group": ("GroupKFold", "GroupKFold(3)"),
    "time": ("TimeSeriesSplit", "TimeSeriesSplit(3)"),
}
_AS_IT_STANDS = 'keep_default_na=False, na_values=[""]'  # a class may be called None, or NA
WIDTH = 110


def code_context(task: Task, target: str, kinds: Kinds, rule: str, spread: float) -> dict[str, Any]:
    """Return what the templates of code are filled with; `spread` is the standard deviation of a target of numbers."""
    score, function, scoring = _SCORES[task.metric]
    folds_name, folds = _FOLDS[rule]
    model, model_imports, told = _reference_model(task, kinds)
    tree = "DecisionTreeRegressor" if task.kind == "numbers" else "DecisionTreeClassifier"
    dummy = "DummyRegressor" if task.kind == "numbers" else "DummyClassifier"
    dummy_call = f'{dummy}(strategy="median")' if task.metric == "mae" else f"{dummy}()"
    model_imports = {**model_imports, f"sklearn.tree.{tree}": ""}
    predict = "predict_proba({})[:, 1]" if task.kind == "two_classes" else "predict({})"
    return {
        "reference_model": model,
        "reference_told": told,
        "model_class": model.partition("(")[0],
        "baseline_model": f"{tree}(max_depth=1, random_state=0)",
        "dummy_model": dummy_call,
        "tree": tree,
        "score_code": score.format(truth=target_of(task, "hidden")),
        "scoring": scoring,
        "sign": "-" if scoring.startswith("neg_") else "",
        "decimals": decimals_for(task, spread),
        "predicted_code": f"pipeline.{predict.format('hidden[USED]')}",
        "careful_prediction": f"predicted = pipeline.{predict.format('test[USED]')}",
        "quick_target": _quick_target(task, target),
        "quick_options": f", dtype={{{as_code(target)}: str}}, {_AS_IT_STANDS}" if task.classes else "",
        "quick_prediction": f"model.{predict.format('X2.fillna(0)')}",
        "folds_code": f"folds = {folds}",
        "groups_code": ", groups=train[GROUP]" if rule == "group" else "",
        "columns_code": _columns_code(task, kinds),
        "columns_function": _columns_function(kinds),
        "reference_imports": _imports([*_preparation(kinds), *model_imports, f"sklearn.metrics.{function}"]),
        "careful_imports": _imports(
            [
                *(name for name in (*_preparation(kinds), *model_imports) if not name.endswith(tree)),
                f"sklearn.dummy.{dummy}",
                f"sklearn.model_selection.{folds_name}",
                "sklearn.model_selection.cross_val_score",
                "sklearn.pipeline.Pipeline",
            ]
        ),
        "target_of": lambda frame: target_of(task, frame),
    }


def target_of(task: Task, frame: str) -> str:
    """Return the code of a frame's target: 0 and 1 for two classes, else the column."""
    return f"({frame}[TARGET] == POSITIVE).astype(int)" if task.kind == "two_classes" else f"{frame}[TARGET]"


def decimals_for(task: Task, spread: float) -> int:
    """Return how many decimals a mark is printed with: four, or five digits in all for numbers."""
    return 4 if task.kind != "numbers" or spread <= 0 else max(0, 4 - math.floor(math.log10(spread)))


def _quick_target(task: Task, target: str) -> str:
    column = f"train[{as_code(target)}]"
    return f"({column} == {as_code(task.classes[1])}).astype(int)" if task.kind == "two_classes" else column


def as_code(value: Any) -> str:
    """Return a text, or a list of texts, as Python writes it: JSON's strings are Python's too, and are never put into
    a text of the code itself.
    """
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _reference_model(task: Task, kinds: Kinds) -> tuple[str, dict[str, str], str]:
    """Return the code of the model, what it imports, and what it is in words."""
    forest = "n_estimators=100, min_samples_leaf=5, random_state=0"
    boosting = "learning_rate=0.08, max_iter=80, max_leaf_nodes=10, random_state=0"
    if task.kind == "numbers":
        if kinds.texts:
            return "Ridge()", {"sklearn.linear_model.Ridge": ""}, "a ridge regression"
        if task.metric == "mae":
            call = f'HistGradientBoostingRegressor(loss="absolute_error", {boosting})'
            return call, {"sklearn.ensemble.HistGradientBoostingRegressor": ""}, "gradient boosting of absolute errors"
        both = f'[("linear", Ridge()), ("forest", RandomForestRegressor({forest}))]'
        names = ["ensemble.RandomForestRegressor", "ensemble.VotingRegressor", "linear_model.Ridge"]
        told = "the mean of a ridge regression and a random forest"
        return f"VotingRegressor({both})", {f"sklearn.{name}": "" for name in names}, told
    if kinds.texts:
        call = "LogisticRegression(C=10, max_iter=2000)"
        return call, {"sklearn.linear_model.LogisticRegression": ""}, "a logistic regression on words"
    linear = "LogisticRegression(max_iter=2000)"
    both = f'[("linear", {linear}), ("forest", RandomForestClassifier({forest}))]'
    names = ["ensemble.RandomForestClassifier", "ensemble.VotingClassifier", "linear_model.LogisticRegression"]
    told = "the mean of a logistic regression and a random forest"
    return f'VotingClassifier({both}, voting="soft")', {f"sklearn.{name}": "" for name in names}, told


def _preparation(kinds: Kinds) -> list[str]:
    names = ["sklearn.compose.ColumnTransformer", "sklearn.compose.make_column_transformer"]
    names.append("sklearn.pipeline.make_pipeline")
    if kinds.numbers:
        names += ["sklearn.impute.SimpleImputer", "sklearn.preprocessing.StandardScaler"]
    if kinds.categories:
        names.append("sklearn.preprocessing.OneHotEncoder")
    if kinds.texts:
        names.append("sklearn.feature_extraction.text.TfidfVectorizer")
    if kinds.times:
        names += ["sklearn.impute.SimpleImputer", "sklearn.preprocessing.StandardScaler"]
    if kinds.times or kinds.texts:
        names.append("sklearn.preprocessing.FunctionTransformer")
    return names


def _imports(names: Sequence[str]) -> str:
    by_module: dict[str, set[str]] = {}
    for name in names:
        module, _, member = name.rpartition(".")
        by_module.setdefault(module, set()).add(member)
    lines = [f"from {module} import {', '.join(sorted(by_module[module], key=_isort))}" for module in sorted(by_module)]
    return "\n".join(["import pandas as pd", *lines])


def _isort(name: str) -> tuple[bool, str]:
    return name[0].islower(), name


def _columns_code(task: Task, kinds: Kinds) -> str:
    """Return the names of columns and classes, which the code refers to, and how tables are read."""
    lists = {"NUMBERS": kinds.numbers, "CATEGORIES": kinds.categories, "TEXTS": kinds.texts, "TIMES": kinds.times}
    lines = [f"POSITIVE = {as_code(task.classes[1])}"] if task.kind == "two_classes" else []
    lines += [_list(name, columns) for name, columns in lists.items() if columns]
    lines.append("USED = " + " + ".join(name for name, columns in lists.items() if columns))
    as_text = ["ID", *(["TARGET"] if task.classes else [])]
    as_text += [f"*{name}" for name in ("CATEGORIES", "TEXTS", "TIMES") if lists[name]]
    lines.append(f"TEXT_COLUMNS = dict.fromkeys([{', '.join(as_text)}], str)")
    lines.append('READ = {"dtype": TEXT_COLUMNS, "keep_default_na": False, "na_values": [""]}')
    return "\n".join(lines)


def _list(name: str, columns: Sequence[str]) -> str:
    line = f"{name} = {as_code(list(columns))}"
    lines = (f"    {as_code(column)}," for column in columns)
    return line if len(line) <= WIDTH else "\n".join([f"{name} = [", *lines, "]"])


def _columns_function(kinds: Kinds) -> str:
    """Return the functions that prepare the columns, each kind in its way."""
    steps = []
    if kinds.numbers:
        imputer = 'SimpleImputer(strategy="median", add_indicator=True)'
        steps.append(f"(make_pipeline({imputer}, StandardScaler()), NUMBERS)")
    if kinds.categories:
        options = 'handle_unknown="ignore", min_frequency=5, sparse_output=False'
        steps.append(f"(OneHotEncoder({options}), CATEGORIES)")
    words = "make_pipeline(FunctionTransformer(filled), TfidfVectorizer(min_df=2, sublinear_tf=True))"
    steps += [f"({words}, {as_code(name)})" for name in kinds.texts]
    if kinds.times:
        steps.append("(make_pipeline(FunctionTransformer(calendar), SimpleImputer(), StandardScaler()), TIMES)")
    lines = [
        "def columns() -> ColumnTransformer:",
        '    """Return the preparation of the columns, each kind in its way; others are dropped."""',
        "    return make_column_transformer(",
        *(f"        {step}," for step in steps),
        "    )",
    ]
    return "\n".join([*lines, *(_FILLED if kinds.texts else ()), *(_CALENDAR if kinds.times else ())])


_FILLED = (
    "",
    "",
    "def filled(texts: pd.Series) -> pd.Series:",
    '    """Return the texts, an empty one where there is none."""',
    '    return texts.fillna("")',
)
_CALENDAR = (
    "",
    "",
    "def calendar(frame: pd.DataFrame) -> pd.DataFrame:",
    '    """Return year, month, day of the month and weekday of each time."""',
    "    parts = {}",
    "    for name in frame:",
    '        at = pd.to_datetime(frame[name], utc=True, format="ISO8601")',
    '        for part in ("year", "month", "day", "dayofweek"):',
    '            parts[f"{name} {part}"] = getattr(at.dt, part)',
    "    return pd.DataFrame(parts)",
)
