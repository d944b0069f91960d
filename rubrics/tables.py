"""Which variables hold tables of the data, and which calls are made on their columns."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.code_text import begins_in
from rubrics.following import heads_of, made_from, touches
from rubrics.live import live_columns, live_matches
from rubrics.once import once_a_work
from rubrics.preparing import of_results
from rubrics.reached import last, live_calls
from rubrics.results import Name, predicted_names, predicted_names_at, result_names

# Methods that arrays and lists do not have.
OF_PANDAS = frozenset(
    ("assign", "describe", "drop", "drop_duplicates", "dropna", "fillna", "groupby", "head", "info", "isna", "isnull",
     "map", "merge", "nunique", "pipe", "reset_index", "rename", "set_index", "sort_values", "value_counts")
)  # fmt: skip
_COLUMN = re.compile(r"([A-Za-z_]\w*)\[\[?\s*[rf]?['\"]")
_BOUND = re.compile(r"^\s*([A-Za-z_]\w*)(?:\s*[-+]?=(?!=)|\.(?:append|extend)\()")
# A column that is made: `df[name] = value`, `df.age = value`
_MADE = re.compile(r"^\s*(?!self\b)\w+(?:\[\s*(?:['\"][^'\"]*['\"]|\w+)\s*\]|\.\w+)\s*=(?!=)\s*(\w+)")
_NAME = re.compile(r"[A-Za-z_]\w*")
_DRAWN = re.compile(r"\b(sample|choice|choices|resample|integers|bootstrap)\w*\(")


@once_a_work
def table_names(evidence: Evidence) -> frozenset[Name]:
    """Return (file, variable) of what is a table or a column: loaded, asked for a column, or used as pandas alone is;
    what holds scores or predictions is left out.
    """
    return frozenset(_like_tables(evidence) - predicted_names(evidence) - result_names(evidence))


@once_a_work
def _like_tables(evidence: Evidence) -> frozenset[Name]:
    calls = live_calls(evidence)
    found = {(call.span.path, name) for call in calls if call.kind == "load" for name in call.assigned}
    found |= {(call.span.path, call.receiver) for call in calls if last(call.name) in OF_PANDAS and call.receiver}
    found |= {(use.span.path, name) for use in evidence.code.columns for name in _COLUMN.findall(use.span.text)}
    return frozenset(found)


def of_table(evidence: Evidence, call: Call) -> bool:
    """Tell whether a method is called on a table or a column of one, or makes one: `(y_pred > 0.5).astype(int)` is and
    does not.
    """
    name = (call.span.path, call.receiver)
    if name in predicted_names_at(evidence, call.span) | result_names(evidence):
        return False
    made = _MADE.match(call.span.text)
    return name in _like_tables(evidence) or (made is not None and made[1] == call.receiver)


def of_data(evidence: Evidence, call: Call) -> bool:
    """Tell whether a figure may be one of the data: not of scores, predictions, columns written from them, or a list
    that the same file fills with none of a table's columns, as a bootstrap does.
    """
    given = call.positional[0] if call.positional else " ".join(call.keywords.get(k, "") for k in ("data", "x", "y"))
    subjects = [(call.span.path, name) for name in ([call.receiver] if call.receiver else _NAME.findall(given))]
    known = predicted_names_at(evidence, call.span) | result_names(evidence)
    if of_results(call) or not known.isdisjoint(subjects):
        return False
    if any(f"{quote}{use.column}{quote}" in given for use in live_columns(evidence, "predicted") for quote in "'\""):
        return False
    return call.receiver != "" or not any(subject in _computed(evidence) for subject in subjects)


def for_a_measure(evidence: Evidence, call: Call) -> bool:
    """Tell whether a call prepares, in a function that measures and fits nothing, what this is given to measure."""
    parameters = heads_of(evidence).get(last(call.function), ("", []))[1] if call.function else []
    if {call.receiver, *call.arguments}.isdisjoint(parameters):
        return False
    beside = [other for other in live_calls(evidence) if _function(other) == _function(call)]
    scores = [other for other in beside if other.kind == "score"]
    if not scores or any(other.kind in ("fit", "load") for other in beside):
        return False
    made = made_from(evidence, [call])
    return any(touches(score, made) or begins_in(call.span, score.span) for score in scores)


def _function(call: Call) -> tuple[str, str]:
    return call.span.path, call.function


@once_a_work
def _computed(evidence: Evidence) -> frozenset[Name]:
    """Return (file, variable) of what is bound in no line that names a table, or from drawn rows alone."""
    tables, bound, from_data = table_names(evidence), set(), set()
    for span, name in live_matches(evidence, _BOUND, most=3000):
        bound.add((span.path, name))
        value = span.text.partition(name)[2]
        named = ((span.path, other) for other in _NAME.findall(value))
        if not _DRAWN.search(value) and not tables.isdisjoint(named):
            from_data.add((span.path, name))
    return frozenset(bound - from_data - tables)
