"""What the criteria of data preparation have in common: which calls prepare, look, or keep an order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader import Call, Evidence, Span
from rubrics.facts import last, live_calls, named
from rubrics.polars_tables import of_polars

PREPARING = ("transform", "impute", "encode")
TABLES = ("pandas.", "polars.", "numpy.", "seaborn.", "sklearn.datasets.", "datasets.", "dask.")
FOLDERS = ("image_dataset_from_directory", "text_dataset_from_directory", "audio_dataset_from_directory",
           "flow_from_directory", "ImageFolder")  # fmt: skip
_PUBLISHED = re.compile(r"torchvision\.datasets\.[A-Z]\w*$|keras\.datasets\.\w+\.load_data$")
DATES = ("to_datetime", "DatetimeIndex", "TimeSeriesSplit", "date_range", "ARIMA", "SARIMAX", "Prophet")
TARGET = re.compile(r"(?i)(^|_)(y|target|labels?|classes)($|_|\.|\[|['\"])")
_TARGET_BY_NAME = re.compile(r"(?i)y(_\w+)?|(\w+_)?(target|labels?|classes)(_(train|test|val|valid|dev)\w*)?")
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
# `words = df["a"].unique().tolist()`, `OneHotEncoder(categories=[df["a"].unique()])`: nobody sees them
VOCABULARY = re.compile(
    r"^\s*[\w.]+\s*=.*\.unique\(\)\.(tolist|to_list)\(\)|\bcategories\s*=\s*[^=\n]{1,100}\.unique\(\)"
)
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
_LOG = re.compile(r"\bresults\.csv['\"]\)*$")  # that YOLO writes beside the weights
_FITTING = ("fit", "fit_transform")
_COLUMN = re.compile(r"^\w+\[{1,2}['\"](\w+)['\"]\]{1,2}")  # of a table, by its name
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
    """Return where pictures are set up in files in which nothing is seen to draw: a function of others does. What draws
    no data, but numbers of the code's own, draws all the same.
    """
    plots = live_calls(evidence, "plot")
    drawing = (call for call in evidence.code.calls if call.kind == "plot" and last(call.name) not in DECORATION)
    drawn = {call.span.path for call in drawing}
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


def data_loaded(evidence: Evidence) -> list[Call]:
    """Return the live calls that load data of any kind, folders of pictures and published sets of them too."""
    read = [call for call in live_calls(evidence) if last(call.name) in FOLDERS or is_published(call)]
    return [*live_calls(evidence, "load"), *read]


def is_published(call: Call) -> bool:
    """Tell whether a call loads a data set that a library of networks holds ready."""
    return _PUBLISHED.match(call.name) is not None and last(call.name) not in FOLDERS


def tables_loaded(evidence: Evidence) -> list[Call]:
    """Return the live calls that load a table, a model's file and the log of a training not counted."""
    loads = [call for call in live_calls(evidence, "load") if call.name.startswith(TABLES)]
    by_yolo = "ultralytics" in evidence.code.imports
    return [call for call in loads if not (by_yolo and _is_log(evidence, call))]


def _is_log(evidence: Evidence, load: Call) -> bool:
    """Tell whether a table is the log of a training: by its name, or by what its path's variable is given."""
    text = _text(load)
    if not text.isidentifier():
        return _LOG.search(text) is not None
    given = re.compile(rf"^[ \t]*{text}[ \t]*=(?!=)(.{{1,200}})$", re.MULTILINE)
    texts = (source.text for source in evidence.code.sources if source.path == load.span.path)
    values = [value.rstrip() for written in texts for value in given.findall(written)]
    return bool(values) and all(map(_LOG.search, values))


def dated(evidence: Evidence) -> list[Call]:
    """Return the live calls that show that rows have dates."""
    return named(evidence, DATES) + [call for call in live_calls(evidence) if "parse_dates" in call.keywords]


def of_target(evidence: Evidence, call: Call) -> bool:
    """Tell whether a call is one of a LabelEncoder that may be there for the target alone, as it is meant to be, or one
    by which a network's classes are made columns.
    """
    if "OneHotEncoder" in call.name:
        fits = [its for its in live_calls(evidence) if last(its.name) in _FITTING and _is_of_encoder(its, call)]
        return bool(fits) and all(_is_given_target(evidence, its) for its in fits)
    if last(call.name) == "get_dummies":
        return _is_given_target(evidence, call)
    if "LabelEncoder" not in call.name and "LabelBinarizer" not in call.name:
        return False
    uses = [its for its in live_calls(evidence) if "Label" in its.name and last(its.name) in _FITTING]
    if any(_is_applied(its, call.assigned) for its in named(evidence, ("apply", "transform"))):
        return False  # to the columns of a table, one after the other
    return all(_on_target(its) for its in uses) or (len(uses) == 1 and not VARIABLE_COLUMN.search(_text(uses[0])))


def in_order(call: Call) -> bool:
    """Tell whether a split keeps the order of its rows."""
    return "TimeSeriesSplit" in call.name or call.keywords.get("shuffle") == "False"


def _is_of_encoder(fit: Call, call: Call) -> bool:
    """Tell whether a fit is one of the encoder that a call makes or asks: by its variable, or within one line."""
    if "OneHotEncoder" not in fit.name or fit.span.path != call.span.path:
        return False
    return fit.span == call.span or bool(fit.receiver and fit.receiver in (call.receiver, *call.assigned))


def _is_given_target(evidence: Evidence, call: Call) -> bool:
    """Tell whether all that is encoded is called as a target is, or what comes of it is what a model learns to say."""
    predicted = evidence.code.predicted.get(call.span.path, ())
    if set(predicted) & set(call.assigned):
        return True
    column = _COLUMN.match(_text(call))
    names = (column[1],) if column else call.arguments
    return bool(names) and all(map(_TARGET_BY_NAME.fullmatch, names))


def _on_target(call: Call) -> bool:
    return bool(TARGET.search(_text(call)) or any(TARGET.search(name) for name in call.assigned))


def _is_applied(call: Call, encoders: Sequence[str]) -> bool:
    """Tell whether columns are handed to the fit of one of these: `df[names].apply(encoder.fit_transform)`."""
    found = _APPLIED.search(_text(call))
    of_one = found is not None and (found[1] in encoders or found[1].startswith("Label"))
    return of_one and not any(TARGET.search(name) for name in call.assigned)


def _text(call: Call) -> str:
    return call.positional[0] if call.positional else ""
