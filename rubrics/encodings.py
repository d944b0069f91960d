"""Encodings of categories: which feed a model, and which do not depend on the table at hand."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.code_text import COLUMN_SET
from rubrics.live import target_columns
from rubrics.models import predictors
from rubrics.preparing import TARGET, of_target
from rubrics.reached import last, live_calls
from rubrics.results import NAME, values_given
from rubrics.settings import written

_STILL_SHOWN = ("abs", "round", "copy", "corr")
_OF_ROWS = re.compile(r"\b(unique|value_counts|set|sorted)\(")
_NUMBERED = re.compile(r"""\{\s*(?:(?:'[^'\n]*'|"[^"\n]*")\s*:\s*-?\d+(?:\.\d+)?\s*,?\s*){2,100}\}$""")
_FILLED_UP = re.compile(r"\.map\(.*\)\s*\.fillna\(", re.DOTALL)
_QUOTED = re.compile(r"['\"]([^'\"]*)['\"]")


def encodings_for_use(evidence: Evidence) -> list[Call]:
    """Return the live calls that encode features: not the target alone, and not a copy made for a picture."""
    calls = [call for call in live_calls(evidence, "encode") if not of_target(evidence, call)]
    return [call for call in calls if not for_a_picture(evidence, call)]


def numbered_by_hand(evidence: Evidence) -> list[Call]:
    """Return the live calls that number the categories of a feature by a dict that is written down, where the code
    tells which column is predicted: `df["size"] = df["size"].map({"S": 1, "L": 2})`.
    """
    targets = target_columns(evidence)
    maps = [call for call in live_calls(evidence) if last(call.name) == "map" and len(call.positional) == 1]
    found = []
    for call in maps if targets and predictors(evidence) else ():
        column = COLUMN_SET.match(call.span.text)
        text = call.positional[0] if call.positional[0][:1] == "{" else written(evidence, call.positional[0]) or ""
        feature = column is not None and column[1] not in targets and not TARGET.search(column[1])
        if feature and _NUMBERED.match(text):
            found.append(call)
    return [call for call in found if not for_a_picture(evidence, call)]


def fills_what_is_unnamed(call: Call) -> bool:
    """Tell whether what a dict of categories does not name gets a number too: `.map(numbers).fillna(0)`."""
    return _FILLED_UP.search(call.span.text) is not None


def for_a_picture(evidence: Evidence, call: Call) -> bool:
    """Tell whether what is encoded is only plotted, as numbers for a heatmap are: by its calls, or by those it gets."""
    calls = [other for other in live_calls(evidence) if other.span.path == call.span.path]
    if call.assigned and last(call.name)[:1].isupper():  # `encoder = LabelEncoder()`: what is it used for?
        uses = [other for other in calls if other.receiver in call.assigned and other.span.cell == call.span.cell]
        return bool(uses) and all(_only_shown(use, calls) for use in uses)
    return _only_shown(call, calls)


def _only_shown(call: Call, calls: list[Call]) -> bool:
    tables = set(call.assigned)
    uses = [
        other
        for other in calls
        if (other.receiver in tables or tables.intersection(other.arguments))
        and not tables.intersection(other.assigned)
    ]
    shown = (other.kind in ("plot", "explore") or last(other.name) in _STILL_SHOWN for other in uses)
    return bool(uses) and all(shown) and any(other.kind == "plot" for other in uses)


def with_fixed_categories(evidence: Evidence, call: Call) -> bool:
    """Tell whether get_dummies is given columns whose categories were written down before, so that it makes the same
    columns of every table: `pd.Categorical(values, categories=fixed)`, or `astype(CategoricalDtype(fixed))`.
    """
    if last(call.name) != "get_dummies":
        return False
    columns = set(_QUOTED.findall(" ".join((*call.positional, call.keywords.get("columns", "")))))
    given = values_given(evidence)
    tables = {*call.arguments}
    for name in call.arguments:  # `X = df.drop(columns="churn")`, whose categories were fixed in `df`
        tables |= {word for value in given.get((call.span.path, name), ()) for word in NAME.findall(value)[:1]}
    fixing = [
        other
        for other in live_calls(evidence)
        if (other.span.path, other.function) == (call.span.path, call.function)
        and other.order < call.order
        and tables.intersection((*other.arguments, other.receiver, *other.assigned))
        and _is_fixing(evidence, other)
    ]
    named = [_QUOTED.findall(other.span.text) for other in fixing]  # none where a loop goes through columns
    return bool(fixing) and (not all(named) or columns <= {column for texts in named for column in texts})


def _is_fixing(evidence: Evidence, call: Call) -> bool:
    if last(call.name) == "Categorical":
        return _written_down(call.keywords.get("categories", ""))
    if last(call.name) != "astype" or not call.positional:
        return False
    given = call.positional[0]
    types = [other for other in live_calls(evidence) if last(other.name) == "CategoricalDtype"]
    made = [other for other in types if other.span == call.span or given in other.assigned]
    return any(_written_down(" ".join((*other.positional[:1], *other.keywords.values()))) for other in made)


def _written_down(categories: str) -> bool:
    return bool(categories) and categories != "None" and _OF_ROWS.search(categories) is None
