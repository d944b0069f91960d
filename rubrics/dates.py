"""Dates and times among the columns: which are named as such, and which are parsed."""

from __future__ import annotations

import re

from grader import Evidence
from rubrics.reached import last, live_calls

PARSING = ("to_datetime", "to_numeric", "to_timedelta", "strptime", "fromisoformat", "fromtimestamp", "Timestamp")
TIMES = re.compile(r"(?i)time|iso")
_NAMED = re.compile(r"(?i)(^|_)(date|datetime|timestamp)($|_)|[a-z](Date|Timestamp)$")
_QUOTED = re.compile(r"['\"]([^'\"]*)['\"]")


def parsed_dates(evidence: Evidence) -> set[str]:
    """Return the columns that are parsed as dates."""
    calls = [call for call in live_calls(evidence) if last(call.name) in PARSING and TIMES.search(last(call.name))]
    texts = [call.span.text for call in calls]
    texts += [call.keywords["parse_dates"] for call in live_calls(evidence) if "parse_dates" in call.keywords]
    return {column for text in texts for column in _QUOTED.findall(text)}


def is_date(column: str) -> bool:
    """Tell whether a column is named as a date, whatever stands around the words: "# Date", "order date"."""
    return _NAMED.search(re.sub(r"\W+", "_", column)) is not None
