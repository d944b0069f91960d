"""What tables of polars are done with under names that mean another thing elsewhere: `unique`, `cast`."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.code_text import place
from rubrics.once import once_a_work
from rubrics.reached import last, live_calls
from rubrics.results import Name

READERS = ("polars.read_", "polars.scan_")
_OF_COLUMN = re.compile(r"\bcol\([^()]*\)[\w.()]*\.unique\(|\]\s*\.unique\(")
_TO_TYPE = re.compile(r"\bpl\.(?!col\b)[A-Z]\w*|\bpolars\.[A-Z]\w*")


@once_a_work
def polars_names(evidence: Evidence) -> frozenset[Name]:
    """Return (file, variable) of what polars has read or made."""
    calls = (call for call in live_calls(evidence) if call.name.startswith("polars."))
    return frozenset((call.span.path, name) for call in calls for name in call.assigned)


def of_polars(evidence: Evidence, call: Call) -> bool:
    """Tell whether a method is called on a table of polars, in a chain that begins with one, or on a column."""
    if (call.span.path, call.receiver) in polars_names(evidence):
        return True
    calls = (other for other in live_calls(evidence) if other.name.startswith("polars."))
    return call.receiver == "" and any(place(other.span) == place(call.span) for other in calls)


def repeats_dropped(evidence: Evidence) -> list[Call]:
    """Return where the repeated rows of a whole table are dropped: `table.unique()`; those of a column are its
    values.
    """
    calls = (call for call in live_calls(evidence) if last(call.name) == "unique")
    return [call for call in calls if of_polars(evidence, call) and not _OF_COLUMN.search(call.span.text)]


def types_given(evidence: Evidence) -> list[Call]:
    """Return where columns are turned into a type: `cast(pl.Int64)`, or dates by the reader itself."""
    calls = live_calls(evidence)
    cast = [call for call in calls if last(call.name) == "cast" and _TO_TYPE.search(" ".join(call.positional))]
    read = [call for call in calls if call.name.startswith(READERS)]
    return [*cast, *(call for call in read if not {"try_parse_dates", "dtypes", "schema"}.isdisjoint(call.keywords))]
