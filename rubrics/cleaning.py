"""Data preparation: gaps and what stands for one, types, categories, repeats and extremes."""

from __future__ import annotations

import re

from grader import Call, Evidence, Finding, criterion, met, needs_human, not_met, partly
from rubrics.dates import PARSING, TIMES, is_date
from rubrics.detectors import makes_detector
from rubrics.dummies import aligned, kept_in_fit
from rubrics.encodings import encodings_for_use, fills_what_is_unnamed, numbered_by_hand, with_fixed_categories
from rubrics.extremes import extremes_looked_for
from rubrics.facts import absent, last, live_calls, named, nothing_seen, spans, unreadable
from rubrics.filled_apart import filled_apart
from rubrics.gaps import (
    DROPPING,
    checked_for,
    counted_gaps,
    drops_after_moving,
    filling_gaps,
    imputers,
    none_found,
    tolerant_models,
)
from rubrics.leading import leading
from rubrics.live import live_columns, live_places
from rubrics.models import kinds, predictors
from rubrics.own_imputers import filled_as_fitted
from rubrics.polars_tables import repeats_dropped, types_given
from rubrics.preparing import tables_loaded
from rubrics.results import holds, result_names
from rubrics.sentinels import kept, sentinels_marked
from rubrics.tables import of_table

_BARE = ("OneHotEncoder", "OrdinalEncoder", "get_dummies")
_AS_TEXT = re.compile(r"\.str\b|\bstr\(|\.split\(")
_QUOTED = re.compile(r"['\"]([^'\"]*)['\"]")
_KEPT = re.compile(r"\s*(return\b|\.astype|\)\s*\.astype|[^=(]+=(?!=))")  # the line of a result that stays
REPEATS = ("duplicated", "drop_duplicates")
_GAP_SET = re.compile(
    r"^\s*[\w.]+(\[[^\[\]]*\])?(\.loc)?\[.*\.(isnull|isna)\(\).*\]\s*=(?!=)(?!\s*(np\.nan|pd\.NA|None)\b)"
)
# Columns by their names, and no rows: `df[["make", "model"]].drop_duplicates()`
_WRITTEN_DOWN = re.compile(r"\b(?:Series|DataFrame|Index)\(\s*[\[{('\"]")
_LISTED = re.compile(r"\[\s*(?:\[[^\[\]<>=]*\]|['\"][^'\"]*['\"])\s*\]\s*\.drop_duplicates\(")


@criterion("data_preparation.missing_values", title="Missing values are handled as they will be in use", weight=2)
def missing_values(evidence: Evidence) -> Finding:
    """Judge how gaps in the data are dealt with, values that stand for one (-999, "unknown") included: filled by
    something fitted or by models that take them is met; filled or dropped by hand, or only marked, is partly met, and
    so is a model that takes them beside others that fail. Filled in training and surely with another value, or not at
    all, in the rows to be predicted is not met. Looked for and, as the work says, none found is met, and the
    rows that lags have emptied may be dropped beside it; where it does not say so, a person looks at the count. What a
    difference has just emptied is no gap of the data.
    """
    if problem := unreadable(evidence):
        return problem
    if not live_calls(evidence, "load"):
        return nothing_seen(evidence, "No data was seen to be loaded.")
    results = result_names(evidence)  # a table of results has gaps of its own
    filling = [call for call in filling_gaps(evidence) if not holds(call, results)]
    sentinels, by_hand = sentinels_marked(evidence), kept(filling)
    also = " Values that stand for a gap are turned into one first." if sentinels else ""
    if fitted := imputers(filling, by_hand, filled_as_fitted(evidence)):
        return met(f"Missing values are filled by a fitted imputer.{also}", evidence=[*spans(fitted), *sentinels])
    tolerant, failing = tolerant_models(evidence)
    if not tolerant and (apart := filled_apart(evidence, by_hand)) is not None:
        advice = "Fit one imputer on the training rows, and use it for those to be predicted too."
        return not_met(apart.words, evidence=apart.places, advice=advice)
    if tolerant and not failing and not by_hand:
        return met(f"The model takes missing values as they are.{also}", evidence=[*spans(tolerant), *sentinels])
    if by_hand and all(last(call.name) in DROPPING for call in by_hand):
        if drops_after_moving(evidence, by_hand) and (none := none_found(evidence)):
            return none
        return partly(
            f"Rows or columns with missing values are dropped.{also}",
            evidence=[*spans(by_hand), *sentinels],
            score=0.4,
            advice="A row to be predicted cannot be dropped: fit an imputer on the training rows.",
            question="What happens when a row to be predicted has a gap?",
        )
    masked = live_places(evidence, _GAP_SET)
    if by_hand or masked or sentinels:
        filled = bool(by_hand or masked)
        reason = f"Missing values are filled by hand.{also}" if filled else "Gaps are marked, but nothing fills them."
        return partly(
            reason,
            evidence=[*spans(by_hand), *masked, *sentinels],
            score=0.6 if filled else 0.4,
            advice="Fit a SimpleImputer inside the pipeline, so that new rows are filled with the same values.",
        )
    return _nothing_filled(evidence, tolerant, failing)


def _nothing_filled(evidence: Evidence, tolerant: list[Call], failing: list[Call]) -> Finding:
    if not predictors(evidence):
        return nothing_seen(evidence, "No model was seen for which gaps would have to be filled.")
    if not tables_loaded(evidence):
        return nothing_seen(evidence, "No table was seen to be loaded, and only tables have gaps to fill.")
    if all(makes_detector(call) for call in predictors(evidence)):
        return nothing_seen(evidence, "The model is fitted on pictures, which have no gaps to fill.")
    if none := none_found(evidence):
        return none
    if (counted := counted_gaps(evidence)) or (counted := checked_for(evidence)):
        reason = "Gaps are looked for and nothing is filled, which is right where there are none."
        return needs_human(reason, evidence=spans(counted))
    if tolerant:
        takes, fails = (", ".join(kinds(some)[:3]) for some in (tolerant, failing))
        advice = "Count the gaps, and fill them for the models that fail at one."
        places = spans([*tolerant, *failing])
        return partly(
            f"{takes} would take a gap, {fails} beside it would not.", evidence=places, advice=advice, score=0.4
        )
    return absent(
        evidence,
        "Nothing was seen that handles missing values.",
        "Count the gaps, then fill them with an imputer fitted on the training rows, or say why there are none.",
    )


@criterion("data_preparation.types_parsed", title="Dates and numbers are read as what they are")
def types_parsed(evidence: Evidence) -> Finding:
    """Judge whether dates and numbers written as text are parsed (to_datetime, parse_dates, to_numeric, dtype, astype
    of a table's columns). A column that is named as a date and never parsed is partly met when it is dropped, or taken
    apart as text, and not met when it is used otherwise.
    """
    if problem := unreadable(evidence):
        return problem
    calls = live_calls(evidence)
    parsed = [call for call in calls if last(call.name) in PARSING or {"parse_dates", "dtype"} & set(call.keywords)]
    parsed = [call for call in parsed if last(call.name) in PARSING or call.kind == "load"]
    parsed += [
        call for call in named(evidence, ("astype",)) if _KEPT.match(call.span.text) and of_table(evidence, call)
    ]
    parsed += types_given(evidence)
    of_dates = [
        call
        for call in parsed
        if TIMES.search(last(call.name)) or "date" in f"{call.keywords}{call.positional}".lower()
    ]
    tables = {call.span.path for call in tables_loaded(evidence)}  # a "timestamp" elsewhere may be a log's
    dates = [use for use in live_columns(evidence) if is_date(use.column) and use.span.path in tables]
    if dates and not of_dates:
        names = ", ".join(sorted({use.column for use in dates})[:3])
        advice = "Parse it with pd.to_datetime, and make features of it that are known when a prediction is needed."
        places = [use.span for use in dates]
        if all("drop" in use.span.text for use in dates):
            return partly(f"{names} is dropped without being parsed.", evidence=places, advice=advice)
        if any(_AS_TEXT.search(use.span.text) for use in dates):
            return partly(f"{names} is taken apart as text.", evidence=places, advice=advice)
        return not_met(f"{names} is named as a date and never parsed as one.", evidence=places, advice=advice)
    if parsed:
        return met("Columns are turned into the types that they hold.", evidence=spans(parsed))
    return nothing_seen(evidence, "No column was seen that is named as a date, and no type is changed.")


@criterion("data_preparation.encoding_fits_new_rows", title="Categories are encoded so that new ones do no harm")
def encoding_fits_new_rows(evidence: Evidence) -> Finding:
    """Judge how categories become numbers: a fitted encoder that knows what to do with unseen values is met, and so are
    dummies of categories that are written down, or whose columns are made those of the training rows; one that fails on
    them or depends on the table at hand is partly met, and so is a dict that leaves what it does not name without a
    number. What is encoded for a picture alone does not count. Where parts of a work differ, those that lead to what is
    handed in count, else the worst.
    """
    if problem := unreadable(evidence):
        return problem
    encodings = leading(evidence, encodings_for_use(evidence))
    if not encodings and (own := kept_in_fit(evidence)):
        return met("A step of the work's own keeps the categories of the training rows.", evidence=own)
    if not encodings:
        return _numbered(evidence)
    if all(with_fixed_categories(evidence, call) for call in encodings):
        return met("The categories are written down, whatever the table at hand holds.", evidence=spans(encodings))
    settled = aligned(evidence, encodings)
    if len(settled) == len(encodings):
        return met(
            "New rows get the columns of the training table, zeros where they lack one.", evidence=spans(settled)
        )
    encodings = [call for call in encodings if call not in settled]
    safe = [call for call in encodings if _takes_unseen(call.name, call.keywords)]
    files = {call.span.path for call in safe}
    bare = [call for call in encodings if last(call.name) in _BARE and "categories" not in call.keywords]
    if safe and (bare := [call for call in bare if call.span.path not in files]):
        reason = f"One part says what to do with unseen categories, {bare[0].span.path} does not."
        advice = "Set handle_unknown in every part that is handed in, or say which one counts."
        return partly(reason, evidence=spans([*bare, *safe]), score=0.6, advice=advice)
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


def _numbered(evidence: Evidence) -> Finding:
    """Judge categories that a dict numbers where nothing else encodes any."""
    by_hand = leading(evidence, numbered_by_hand(evidence))
    if not by_hand:
        return nothing_seen(evidence, "No encoding of categories was seen.")
    if all(map(fills_what_is_unnamed, by_hand)):
        return met("Categories are numbered by a dict, and one that it does not name is filled.",
                   evidence=spans(by_hand))  # fmt: skip
    return partly(
        "Categories are numbered by a dict; one that it does not name becomes a gap.",
        evidence=spans(by_hand),
        score=0.6,
        advice='Say what an unseen category gets, by fillna or by OrdinalEncoder with "use_encoded_value".',
    )


@criterion("data_preparation.duplicates_and_outliers", title="Repeated rows and extreme values are looked for")
def duplicates_and_outliers(evidence: Evidence) -> Finding:
    """Judge whether repeated rows are looked for (duplicated, drop_duplicates) and extreme values (quantiles, clip, box
    plots, z-scores, a detector, rows chosen or values set by a range) of the data, not of dates or of results. One of
    the two is partly met.
    """
    if problem := unreadable(evidence):
        return problem
    if not tables_loaded(evidence):
        return nothing_seen(evidence, "No table was seen to be loaded.")
    repeats, extremes = spans(_repeats(evidence)), extremes_looked_for(evidence)
    if repeats and extremes:
        return met("Repeated rows and extreme values are looked for.", evidence=[*repeats[:6], *extremes[:6]])
    advice = "Count duplicated() rows, look at the quantiles or a box plot of each number, and say what follows."
    if repeats or extremes:
        found, missing = ("repeated rows", "extreme values") if repeats else ("extreme values", "repeated rows")
        return partly(f"Only {found} are looked for, not {missing}.", evidence=repeats or extremes, advice=advice)
    return absent(evidence, "Nothing was seen that looks for repeated rows or extreme values.", advice)


def _repeats(evidence: Evidence) -> list[Call]:
    """Return where repeated rows are looked for; what lists the values of some columns is no such place, and neither
    are values that stand in the code.
    """
    calls = [call for call in named(evidence, REPEATS) if call.receiver or not _WRITTEN_DOWN.search(call.span.text)]
    calls = [call for call in calls if not _LISTED.search(call.span.text) or _stays(call)]
    return [*calls, *repeats_dropped(evidence)]


def _stays(call: Call) -> bool:
    """Tell whether the result takes the table's own place: `df = df[names].drop_duplicates()`."""
    return call.receiver in call.assigned


def _takes_unseen(name: str, keywords: dict[str, str]) -> bool:
    setting = keywords.get("handle_unknown", "").strip("\"'")
    counting = last(name) in ("TargetEncoder", "TfidfVectorizer", "CountVectorizer")
    return counting or bool(setting and setting != "error")
