"""Data preparation: leakage before the split, missing values, exploration, and preparation that fits new rows."""

from __future__ import annotations

import re

from grader import Call, Evidence, Finding, criterion, met, needs_human, not_applicable, not_met, partly
from rubrics.facts import absent, last, live_calls, named, spans, unread_part, unreadable
from rubrics.leaks import leakage
from rubrics.models import models, predictors

PIPELINES = ("Pipeline", "make_pipeline", "ColumnTransformer", "make_column_transformer")
TOLERANT = ("HistGradientBoosting", "XGB", "LGBM", "CatBoost", "xgboost", "lightgbm")
DATES = ("to_datetime", "DatetimeIndex", "TimeSeriesSplit", "date_range", "ARIMA", "SARIMAX", "Prophet")
PREPARING = ("transform", "impute", "encode")
ENOUGH_LOOKS = 4
LOOK_AT = "Look at the target's shares, at gaps, at distributions and at how features relate to the target."
COUNTING = ("isnull", "isna", "notnull", "notna", "info")
TABLES = ("pandas.", "polars.", "numpy.", "seaborn.", "sklearn.datasets.", "datasets.", "dask.")
TARGET = re.compile(r"(?i)(^|_)(y|target|labels?|classes)($|_|\.|\[|['\"])")
VARIABLE_COLUMN = re.compile(r"\[\s*[A-Za-z_]\w*\s*\]")  # frame[column]: one column after the other
STATISTIC = re.compile(r"\b(mean|median|mode|std|quantile)\b")
# Calls of plotting libraries that show nothing by themselves.
DECORATION = frozenset(
    ("figure", "subplots", "subplot", "subplot2grid", "add_subplot", "axes", "use", "title", "suptitle", "xlabel",
     "ylabel", "legend", "show", "tight_layout", "set", "set_style", "set_theme", "set_palette", "set_context",
     "color_palette", "xticks", "yticks", "xlim", "ylim", "grid", "axis", "close", "text", "annotate", "axhline",
     "axvline", "colorbar", "gca", "gcf", "subplots_adjust", "rc", "update", "set_title", "set_xlabel", "set_ylabel",
     "despine", "init_notebook_mode")
)  # fmt: skip


@criterion("data_preparation.preprocessing_leakage", title="Nothing is fitted before the split", weight=3)
def preprocessing_leakage(evidence: Evidence) -> Finding:
    """Judge whether a scaler, imputer, encoder or selector learned from rows that are evaluated later."""
    splits = live_calls(evidence, "split", "cross_validate", "search")
    fitted = [call for call in live_calls(evidence, "fit", *PREPARING) if call not in splits]
    return leakage(
        evidence,
        "preprocessing",
        looked_at=[*splits[:3], *fitted[:3]] if splits and fitted else [],
        clean="No preprocessing step was seen to learn from rows that are evaluated later.",
        nothing="No split into training and evaluation rows was found, so nothing could leak across it.",
        advice="Split first; put scalers, imputers, encoders and selectors into a Pipeline fitted on training rows.",
        question="How much of the measured quality came from this, and how would you find out?",
    )


@criterion("data_preparation.overlap_leakage", title="No row is both trained on and evaluated", weight=3)
def overlap_leakage(evidence: Evidence) -> Finding:
    """Judge whether rows, or copies of them made by resampling, stand on both sides of the split."""
    return leakage(
        evidence,
        "overlap",
        looked_at=live_calls(evidence, "split", "cross_validate", "search")[:6],
        clean="No row was seen to stand on both sides of a split.",
        nothing="No split into training and evaluation rows was found, so there are no two sides.",
        advice="Split before resampling or augmenting, and drop duplicates before the split.",
        question="Which rows does the model already know when it is evaluated here?",
    )


@criterion("data_preparation.target_leakage", title="No feature is made from the target", weight=2)
def target_leakage(evidence: Evidence) -> Finding:
    """Judge whether the target, or something computed from it, is among the features a model is fitted on."""
    return leakage(
        evidence,
        "target",
        looked_at=live_calls(evidence, "fit", "cross_validate", "search")[:6],
        clean="No feature was seen to be made from the target.",
        nothing="No model was seen to be fitted.",
        advice="Drop the target from the features; fit target encodings inside the folds only.",
        question="Would this column be known at the moment a prediction is needed?",
    )


@criterion("data_preparation.temporal_leakage", title="The past never learns from the future", weight=2)
def temporal_leakage(evidence: Evidence) -> Finding:
    """Judge whether dated rows are split or shifted so that a model sees what happened later. Dated rows split at
    random are left to a person, who knows whether time matters in the task; without dates it does not apply.
    """
    dated = named(evidence, DATES) + [call for call in live_calls(evidence) if "parse_dates" in call.keywords]
    splits = live_calls(evidence, "split", "cross_validate", "search")
    found = any(leak.kind == "temporal" for leak in evidence.code.leaks)
    if dated and splits and not found and not any(_in_order(call) for call in splits):
        reason = "The data holds dates and is not split by time; whether it must be depends on the task."
        return needs_human(reason, evidence=spans([*splits[:4], *dated[:4]]))
    return leakage(
        evidence,
        "temporal",
        looked_at=[*splits[:3], *dated[:3]] if dated and splits else [],
        shown_by=[call for call in splits if _in_order(call)],
        clean="No use of later rows to predict earlier ones was seen.",
        nothing="No dated rows were seen to be split, so there is no order of time to keep.",
        advice="Split dated rows by time (TimeSeriesSplit), and build lags and windows from the past only.",
        question="What would this model have known on the day it had to predict?",
    )


@criterion("data_preparation.missing_values", title="Missing values are handled as they will be in use", weight=2)
def missing_values(evidence: Evidence) -> Finding:
    """Judge how gaps in the data are dealt with: filled by something fitted or by a model that takes them is met,
    filled or dropped by hand is partly met.
    """
    if problem := unreadable(evidence):
        return problem
    if not live_calls(evidence, "load"):
        return not_applicable("No data was seen to be loaded.")
    by_hand = _kept(live_calls(evidence, "impute"))
    fitted = [call for call in by_hand if "Imputer" in call.name]
    if fitted:
        return met("Missing values are filled by a fitted imputer.", evidence=spans(fitted))
    tolerant = [call for call in models(evidence) if last(call.name).startswith(TOLERANT)]
    if tolerant and not by_hand:
        return met("The model takes missing values as they are.", evidence=spans(tolerant))
    if by_hand and all(last(call.name) == "dropna" for call in by_hand):
        return partly(
            "Rows or columns with missing values are dropped.",
            evidence=spans(by_hand),
            score=0.4,
            advice="A row to be predicted cannot be dropped: fit an imputer on the training rows.",
            question="What happens when a row to be predicted has a gap?",
        )
    if by_hand:
        return partly(
            "Missing values are filled by hand.",
            evidence=spans(by_hand),
            score=0.6,
            advice="Fit a SimpleImputer inside the pipeline, so that new rows are filled with the same values.",
        )
    if not predictors(evidence) and not unread_part(evidence):
        return not_applicable("No model was seen for which gaps would have to be filled.")
    if not [call for call in live_calls(evidence, "load") if call.name.startswith(TABLES)]:
        return not_applicable("No table was seen to be loaded, and only tables have gaps to fill.")
    if counted := [call for call in _inspecting(evidence) if last(call.name) in COUNTING]:
        reason = "Gaps are counted and nothing is filled, which is right where there are none."
        return needs_human(reason, evidence=spans(counted))
    return absent(
        evidence,
        "Nothing was seen that handles missing values.",
        "Count the gaps, then fill them with an imputer fitted on the training rows, or say why there are none.",
    )


@criterion("data_preparation.data_explored", title="The data is looked at before it is modelled")
def data_explored(evidence: Evidence) -> Finding:
    """Judge whether the work inspects its data: counts, distributions, relations, plots. Different looks count,
    repeats of one do not.
    """
    if problem := unreadable(evidence):
        return problem
    if not live_calls(evidence, "load"):
        return not_applicable("No data was seen to be loaded.")
    inspecting = _inspecting(evidence)
    looks = {last(call.name): call for call in reversed(inspecting) if last(call.name) not in DECORATION}
    places = spans(list(looks.values())[::-1])
    if len(looks) >= ENOUGH_LOOKS:
        return met(f"The data is looked at in {len(looks)} different ways.", evidence=places)
    if looks:
        return partly(
            f"The data is looked at with {', '.join(sorted(looks))} only.",
            evidence=places,
            advice=LOOK_AT,
        )
    if inspecting:
        return partly("Something is plotted; of what, was not seen.", evidence=spans(inspecting), advice=LOOK_AT)
    return absent(
        evidence,
        "Nothing was seen that looks at the data before modelling.",
        "Show the target's shares, the gaps and the distributions, and say what follows for the model.",
    )


@criterion("data_preparation.pipeline_used", title="Preparation and model are one pipeline", weight=2)
def pipeline_used(evidence: Evidence) -> Finding:
    """Judge whether preprocessing is bound to the model, so that new rows get exactly the training's treatment."""
    if problem := unreadable(evidence):
        return problem
    steps = [call for call in live_calls(evidence, *PREPARING) if _learns(call) and not _of_target(evidence, call)]
    pipelines = [call for call in named(evidence, PIPELINES) if last(call.name) in ("Pipeline", "make_pipeline")]
    if pipelines:
        return met("Preprocessing and model are bound in a pipeline.", evidence=spans(pipelines))
    columns = named(evidence, PIPELINES)
    if columns:
        return partly(
            "The preprocessing is bound together, the model is not part of it.",
            evidence=spans(columns),
            score=0.6,
            advice="Put the ColumnTransformer and the model into one Pipeline and fit that.",
        )
    if not steps or not predictors(evidence):
        return not_applicable("No preprocessing step was seen that would have to learn from the training rows.")
    return not_met(
        "Preprocessing steps stand apart from the model.",
        evidence=spans(steps),
        advice="Build one Pipeline of the preprocessing and the model: it cannot leak, and new rows are treated alike.",
        question="How do you make sure that a new row gets the same treatment as the training rows?",
    )


@criterion("data_preparation.encoding_fits_new_rows", title="Categories are encoded so that new ones do no harm")
def encoding_fits_new_rows(evidence: Evidence) -> Finding:
    """Judge how categories become numbers: a fitted encoder that knows what to do with unseen values is met, one
    that fails on them or depends on the table at hand is partly met.
    """
    if problem := unreadable(evidence):
        return problem
    encodings = [call for call in live_calls(evidence, "encode") if not _of_target(evidence, call)]
    if not encodings:
        return not_applicable("No encoding of categories was seen.")
    safe = [call for call in encodings if _takes_unseen(call.name, call.keywords)]
    if safe:
        return met("The encoder says what to do with unseen categories.", evidence=spans(safe))
    fitted = [call for call in encodings if "Encoder" in call.name or "Vectorizer" in call.name]
    if fitted and not all("LabelEncoder" in call.name for call in fitted):
        return partly(
            "The encoder is fitted, but nothing says what happens to a category it has not seen.",
            evidence=spans(fitted),
            score=0.6,
            advice='Set handle_unknown="ignore" (OneHotEncoder) or "use_encoded_value" (OrdinalEncoder).',
        )
    return partly(
        f"Categories are encoded with {last(encodings[0].name)}, which depends on the table at hand.",
        evidence=spans(encodings),
        score=0.4,
        advice="Use OneHotEncoder or OrdinalEncoder in the pipeline: new rows then get the same columns.",
        question="What happens when a new row has a category that was not in the training data?",
    )


def _inspecting(evidence: Evidence) -> list[Call]:
    """Return the live calls that look at data; `logger.info()` is not `frame.info()`."""
    return [call for call in live_calls(evidence, "explore", "plot") if "log" not in call.receiver.lower()]


def _kept(calls: list[Call]) -> list[Call]:
    """Return the calls whose result stays; `dropna()` inside a plot fills nothing. All of them where none is sure."""
    return [call for call in calls if call.assigned or call.keywords.get("inplace") == "True"] or calls


def _learns(call: Call) -> bool:
    """Tell whether a step takes something over from the rows it sees; a constant filled in, or a drop, does not."""
    if call.kind != "impute" or "Imputer" in call.name:
        return True
    return any(STATISTIC.search(text) for text in (*call.positional, *call.keywords.values()))


def _of_target(evidence: Evidence, call: Call) -> bool:
    """Tell whether a call is one of a LabelEncoder that may be there for the target alone, as it is meant to be."""
    if "LabelEncoder" not in call.name and "LabelBinarizer" not in call.name:
        return False
    uses = [its for its in live_calls(evidence) if "Label" in its.name and last(its.name) in ("fit", "fit_transform")]
    return all(_on_target(its) for its in uses) or (len(uses) == 1 and not VARIABLE_COLUMN.search(_text(uses[0])))


def _on_target(call: Call) -> bool:
    return bool(TARGET.search(_text(call)) or any(TARGET.search(name) for name in call.assigned))


def _text(call: Call) -> str:
    return call.positional[0] if call.positional else ""


def _in_order(call: Call) -> bool:
    return "TimeSeriesSplit" in call.name or call.keywords.get("shuffle") == "False"


def _takes_unseen(name: str, keywords: dict[str, str]) -> bool:
    setting = keywords.get("handle_unknown", "").strip("\"'")
    counting = last(name) in ("TargetEncoder", "TfidfVectorizer", "CountVectorizer")
    return counting or bool(setting and setting != "error")
