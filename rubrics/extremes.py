"""Extreme values of the data: where they are looked for, and where rows go because of them."""

from __future__ import annotations

import re

from grader import Call, Evidence, Span
from rubrics.dates import is_date, parsed_dates
from rubrics.facts import last, named, spans
from rubrics.live import live_columns, live_matches, live_places
from rubrics.tables import for_a_measure, of_data

EXTREMES = ("quantile", "percentile", "nanpercentile", "clip", "boxplot", "boxenplot", "violinplot", "zscore",
            "winsorize", "IsolationForest", "LocalOutlierFactor", "EllipticEnvelope", "OneClassSVM")  # fmt: skip
_APPLYING = ("apply", "transform", "map", "agg", "pipe")
_LOOKS = frozenset(("boxplot", "boxenplot", "violinplot", "stripplot", "box", "violin"))
_QUOTED = re.compile(r"['\"]([^'\"]*)['\"]")
_TIME = re.compile(r"(?i)timedelta|timestamp|datetime|dateoffset|['\"]\d{4}-\d\d|\.dt\b|_date\b")
_RANGE = re.compile(r"^\s*(\w+)\s*=\s*\1(?:\.loc)?\[.*[<>]")
# `df.loc[df["a"] < 0, "a"] = 0`: the values of a column that are out of a range are set to another
_SET = re.compile(r"^\s*(\w+)\.loc\[\s*\(?\s*\1(?:\[\"\"\]|\.\w+)\s*[<>].*,\s*(?:\"\"|\w+)\s*\]\s*=(?!=)")
_COLUMN_SET = re.compile(r"\w+(?:\[(['\"])([^'\"]+)\1\]|\.(\w+))\s*[<>].*,\s*(['\"])([^'\"]+)\4\s*\]\s*=(?!=)")
# `stats["75%"] - stats["25%"]` of what `describe` returns
_BETWEEN = re.compile(r"\[[^\[\]]*\"\"[^\[\]]*\]\s*-\s*\w+(?:\.\w+)?\[[^\[\]]*\"\"")
_QUARTILES = re.compile(r"\[[^\[\]]*['\"]75%['\"][^\[\]]*\]\s*-\s*\w+(?:\.\w+)?\[[^\[\]]*['\"]25%['\"]")
_NUMBER = re.compile(r"(?<![\w.])(?:0?\.\d+)")
_TAIL = 0.1  # a share of the rows that is small enough to show what stands at the ends
# `df = df[(z < 3).all(axis=1)]`: rows go whose values are out of a range, whichever column it is
_ROWS_KEPT = re.compile(r"^\s*\w+\s*=\s*\w+(?:\.loc)?\[.*[<>].*\)\.(?:all|any)\((?:axis\s*=\s*)?(?:1|\"\")\)")
_MASK = re.compile(r"^\s*(\w+)\s*=\s*~?\(.*[<>].*\)\.(?:all|any)\((?:axis\s*=\s*)?(?:1|\"\")\)")
_KEPT_BY = re.compile(r"^\s*\w+\s*=\s*\w+(?:\.loc)?\[\s*~?\s*(\w+)\s*\]")


def extremes_looked_for(evidence: Evidence) -> list[Span]:
    """Return where extreme values are looked for; rows chosen by a date or a prediction are no such place."""
    applied = [call for call in named(evidence, _APPLYING) if _names_extremes(call)]
    described = [call for call in named(evidence, ("describe",)) if _shows_tails(call)]
    calls = [call for call in (*named(evidence, EXTREMES), *applied, *described) if of_data(evidence, call)]
    calls = [call for call in calls if not any("bins" in name for name in call.assigned)]  # they group all rows
    calls = [call for call in calls if not for_a_measure(evidence, call)]
    predicted = {use.column for use in live_columns(evidence, "predicted")}
    other = predicted | parsed_dates(evidence)
    ranges = [
        span
        for span in (*live_places(evidence, _RANGE), *_values_set(evidence))
        if not any(column in other or is_date(column) for column in _QUOTED.findall(span.text))
        and not _TIME.search(span.text)
    ]
    quartiles = [span for span in live_places(evidence, _BETWEEN) if _QUARTILES.search(span.text)]
    return [*spans(calls), *ranges, *quartiles]


def extremes_looked_at(evidence: Evidence) -> list[Call]:
    """Return the pictures that show the extreme values of the data."""
    drawn = [call for call in named(evidence, (*_LOOKS, "plot")) if last(call.name) != "plot" or _is_box(call)]
    return [call for call in drawn if of_data(evidence, call)]


def extremes_removed(evidence: Evidence) -> list[Span]:
    """Return where rows are kept by all of their values, and not by those of a single column."""
    masks = {(span.path, name) for span, name in live_matches(evidence, _MASK)}
    by_name = live_matches(evidence, _KEPT_BY, most=200) if masks else []
    return [*live_places(evidence, _ROWS_KEPT), *(span for span, name in by_name if (span.path, name) in masks)]


def _values_set(evidence: Evidence) -> list[Span]:
    """Return where the values of a column that are out of a range are set: the same column, or a group is named."""
    found = []
    for span in live_places(evidence, _SET):
        sides = _COLUMN_SET.search(span.text)
        if sides is not None and (sides[2] or sides[3]) == sides[5]:
            found.append(span)
    return found


def _names_extremes(call: Call) -> bool:
    """Tell whether a function that looks for extremes is applied to columns: `df.apply(zscore)`."""
    return bool(call.positional) and last(call.positional[0]) in EXTREMES


def _shows_tails(call: Call) -> bool:
    """Tell whether a description is asked for what stands at the ends: `df.describe([0.01, 0.99])`."""
    asked = " ".join((*call.positional[:1], call.keywords.get("percentiles", "")))
    shares = [float(text) for text in _NUMBER.findall(asked)]
    return any(share <= _TAIL or share >= 1 - _TAIL for share in shares)


def _is_box(call: Call) -> bool:
    return call.keywords.get("kind", "").strip("'\"") in _LOOKS
