"""Which variables hold tables of the data, and which calls are made on their columns."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.once import once_a_work
from rubrics.reached import last, live_calls
from rubrics.results import Name, predicted_names, result_names

# Methods that arrays and lists do not have.
OF_PANDAS = frozenset(
    ("assign", "describe", "drop", "drop_duplicates", "dropna", "fillna", "groupby", "head", "info", "isna", "isnull",
     "map", "merge", "nunique", "pipe", "reset_index", "rename", "set_index", "sort_values", "value_counts")
)  # fmt: skip
_COLUMN = re.compile(r"([A-Za-z_]\w*)\[\[?\s*[rf]?['\"]")


@once_a_work
def table_names(evidence: Evidence) -> frozenset[Name]:
    """Return (file, variable) of what is a table or a column: loaded, asked for a column, or used as pandas alone is;
    what holds scores or predictions is left out.
    """
    calls = live_calls(evidence)
    found = {(call.span.path, name) for call in calls if call.kind == "load" for name in call.assigned}
    found |= {(call.span.path, call.receiver) for call in calls if last(call.name) in OF_PANDAS and call.receiver}
    found |= {(use.span.path, name) for use in evidence.code.columns for name in _COLUMN.findall(use.span.text)}
    return frozenset(found - predicted_names(evidence) - result_names(evidence))


def of_table(evidence: Evidence, call: Call) -> bool:
    """Tell whether a method is called on a table or a column of one; `(y_pred > 0.5).astype(int)` is not."""
    return (call.span.path, call.receiver) in table_names(evidence)
