"""What the criteria of data preparation have in common: which calls prepare, look, or keep an order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader import Call, Evidence, Span
from rubrics.facts import last, live_calls, named
from rubrics.polars_tables import of_polars

PREPARING = ("transform", "impute", "encode")
TABLES = ("pandas.", "polars.", "numpy.", "seaborn.", "sklearn.datasets.", "datasets.", "dask.")
DATES = ("to_datetime", "DatetimeIndex", "TimeSeriesSplit", "date_range", "ARIMA", "SARIMAX", "Prophet")
TARGET = re.compile(r"(?i)(^|_)(y|target|labels?|classes)($|_|\.|\[|['\"])")
VARIABLE_COLUMN = re.compile(r"\[\s*[A-Za-z_]\w*\s*\]")  # frame[column]: one column after the other
# Calls of plotting libraries that show nothing by themselves.
DECORATION = frozenset(
    ("figure", "subplots", "subplot", "subplot2grid", "add_subplot", "axes", "use", "title", "suptitle", "xlabel",
     "ylabel", "legend", "show", "tight_layout", "set", "set_style", "set_theme", "set_palette", "set_context",
     "color_palette", "xticks", "yticks", "xlim", "ylim", "grid", "axis", "close", "text", "annotate", "axhline",
     "axvline", "colorbar", "gca", "gcf", "subplots_adjust", "rc", "update", "set_title", "set_xlabel", "set_ylabel",
     "despine", "init_notebook_mode", "imsave", "update_layout", "update_traces", "update_xaxes", "update_yaxes",
     "set_xticks", "set_yticks", "set_xticklabels", "set_yticklabels", "set_xlim", "set_ylim", "tick_params", "setp",
     "xscale", "yscale", "make_subplots")
)  # fmt: skip
_MEANS_OF_DRAWING = ("matplotlib.ticker.", "matplotlib.dates.", "matplotlib.colors.", "matplotlib.cm.",
                     "matplotlib.patches.", "matplotlib.lines.", "matplotlib.gridspec.")  # fmt: skip
VOCABULARY = re.compile(r"^\s*[\w.]+\s*=.*\.unique\(\)\.(tolist|to_list)\(\)")
_LOGGED = re.compile(r"(?i)\blog\w*\.(?:\w+\.)*info\(")
_METHODS = ("fit", "partial_fit", "transform", "fit_transform")
_PRINTED = re.compile(r"\b(print|display)\(|\blog\w*\.\w+\(")
_APPLIED = re.compile(r"(\w+)(?:\(\))?\.fit_transform\b")
_GAPS = ("isna", "isnull", "notna", "notnull")
_CHECK = re.compile(r"^\s*(assert\b|(if|elif|while)\b.*:\s*(#.*)?$)", re.DOTALL)
# `t = t[~t["a"].isna()]`: rows are chosen by gaps, and nobody sees how many
_MASK = re.compile(
    r"^\s*(return\b|[\w.\[\]'\"]+\s*=(?!=))(?!.*\b(len|sum|shape)\b).*"
    r"\[\s*~?\s*\(?\s*[\w.]+(\[[^\[\]]*\])?\.(isna|isnull|notna|notnull)\(\)(\.(any|all)\([^()]*\))?\s*\)?\s*[\]&|,]"
)
_CURVE = re.compile(
    r"(?i)\.history\b|\bhistory\s*\[|\bval_(loss|acc|auc|mae|mse|rmse|f1|prec|recall|score|err|metric)"
    r"|\b(train|training|eval|valid|validation|test)_?(loss|losses|accs|accuracies)\b"
)
_LABELLED = re.compile(r"(?i)['\"]\s*(train|training|val|validation|test)[ _]?(loss|acc|accuracy)\s*['\"]")
_PREDICTION = re.compile(
    r"(?i)(?<![a-z])(preds?|predict|predicted|predictions?|y_?hat|probas?|probs?|residuals?|fpr|tpr|shap"
    r"|(feature_)?importances?|confusion_matrix)(?![a-z])|^cm\d?$"
)
_WRITTEN_BESIDE = ("title", "label", "labels", "name")  # what such keywords are given is shown as a text


def inspecting(evidence: Evidence) -> list[Call]:
    """Return the live calls that look at data; `logger.info()` is not `frame.info()`, and neither a condition that only
    checks, a mask that only filters nor a picture of a model's results is a look at data.
    """
    return [
        call
        for call in live_calls(evidence, "explore", "plot")
        if "log" not in call.receiver.lower()
        and last(call.name) not in DECORATION
        and not (last(call.name) == "info" and _LOGGED.search(call.span.text))
        and not call.name.startswith(_MEANS_OF_DRAWING)
        and not (last(call.name) == "unique" and "polars" in evidence.code.imports and of_polars(evidence, call))
        and not (last(call.name) == "unique" and VOCABULARY.search(call.span.text))
        and not is_check(call)
        and not of_results(call)
        and not (last(call.name) not in _GAPS and in_a_step(call.function, call.span))
        and not (last(call.name) in _GAPS and _MASK.match(call.span.text))
    ]


def plots_unseen(evidence: Evidence) -> list[Call]:
    """Return where pictures are set up in files in which nothing is seen to draw: a function of others does."""
    plots = live_calls(evidence, "plot")
    drawn = {call.span.path for call in plots if last(call.name) not in DECORATION}
    return [call for call in plots if call.span.path not in drawn and last(call.name) in ("show", "subplots", "figure")]


def in_a_step(function: str, place: Span) -> bool:
    """Tell whether a method of a step only reckons there what it needs, `self.cities = X["city"].unique()` in a fit,
    which nobody sees.
    """
    return "." in function and last(function) in _METHODS and not _PRINTED.search(place.text)


def is_check(call: Call) -> bool:
    """Tell whether a call only checks something, in a condition or an assertion."""
    return _CHECK.match(call.span.text) is not None


def of_results(call: Call) -> bool:
    """Tell whether a call is about predictions or the course of training."""
    beside = [text for name, text in call.keywords.items() if name not in _WRITTEN_BESIDE]
    texts = (call.receiver, *call.positional, *beside)
    if _LABELLED.fullmatch(call.keywords.get("label", "")):
        return True
    return call.receiver in ("disp", "display") or any(
        _PREDICTION.search(text) or _CURVE.search(text) for text in texts
    )


def tables_loaded(evidence: Evidence) -> list[Call]:
    """Return the live calls that load a table, a model's file not counted."""
    return [call for call in live_calls(evidence, "load") if call.name.startswith(TABLES)]


def dated(evidence: Evidence) -> list[Call]:
    """Return the live calls that show that rows have dates."""
    return named(evidence, DATES) + [call for call in live_calls(evidence) if "parse_dates" in call.keywords]


def of_target(evidence: Evidence, call: Call) -> bool:
    """Tell whether a call is one of a LabelEncoder that may be there for the target alone, as it is meant to be."""
    if "LabelEncoder" not in call.name and "LabelBinarizer" not in call.name:
        return False
    uses = [its for its in live_calls(evidence) if "Label" in its.name and last(its.name) in ("fit", "fit_transform")]
    if any(_is_applied(its, call.assigned) for its in named(evidence, ("apply", "transform"))):
        return False  # to the columns of a table, one after the other
    return all(_on_target(its) for its in uses) or (len(uses) == 1 and not VARIABLE_COLUMN.search(_text(uses[0])))


def in_order(call: Call) -> bool:
    """Tell whether a split keeps the order of its rows."""
    return "TimeSeriesSplit" in call.name or call.keywords.get("shuffle") == "False"


def _on_target(call: Call) -> bool:
    return bool(TARGET.search(_text(call)) or any(TARGET.search(name) for name in call.assigned))


def _is_applied(call: Call, encoders: Sequence[str]) -> bool:
    """Tell whether columns are handed to the fit of one of these: `df[names].apply(encoder.fit_transform)`."""
    found = _APPLIED.search(_text(call))
    of_one = found is not None and (found[1] in encoders or found[1].startswith("Label"))
    return of_one and not any(TARGET.search(name) for name in call.assigned)


def _text(call: Call) -> str:
    return call.positional[0] if call.positional else ""
