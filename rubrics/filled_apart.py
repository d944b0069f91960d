"""Gaps that are filled in one way in training and in another in the file that is predicted, or not at all there.

Only where it is sure: both tables are loaded into variables, no other step could have filled the rows to be predicted,
and of two values at least one is written down.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader import Call, Evidence, Span
from rubrics.facts import last, live_calls, spans
from rubrics.live import live_columns, live_matches
from rubrics.models import trained
from rubrics.preparing import tables_loaded
from rubrics.results import sides

Owners = dict[str, str]
WHOLE = "*"
_OTHER_WAYS = frozenset(
    ("replace", "where", "mask", "apply", "map", "applymap", "transform", "fit_transform", "nan_to_num", "interpolate",
     "pipe", "assign", "update", "combine_first")
)  # fmt: skip
_TOGETHER = frozenset(("concat", "append", "merge", "join", "vstack", "concatenate"))
_WRITTEN = re.compile(r"""-?\d+(\.\d+)?|["'][^"']*["']""")
_OF_ROWS = re.compile(r"\.(mean|median|mode|quantile|min|max)\(")
_BOUND = re.compile(r"(^\s*[A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*\s*=(?!=).{1,300}|\bfor\s+[\w, ()]+?\s+in\s+.{1,200})")
_MASKED = re.compile(r"^\s*([A-Za-z_]\w*).*\.(?:isnull|isna|notnull|notna)\(\)")


@dataclass(frozen=True)
class Apart:
    """What differs, in words, and where: the fills, and for rows that are filled nowhere the prediction."""

    words: str
    places: list[Span]


def filled_apart(evidence: Evidence, by_hand: list[Call]) -> Apart | None:
    """Return how the gaps of training rows and those of rows to be predicted are surely treated differently."""
    fills = [call for call in by_hand if last(call.name) == "fillna" and call.receiver]
    loads = [call for call in tables_loaded(evidence) if len(call.assigned) == 1]
    for fill in fills:
        near = [load for load in loads if (load.span.path, load.function) == (fill.span.path, fill.function)]
        mine = [load for load in near if load.assigned[0] == fill.receiver]
        if len(near) == 2 and len(mine) == 1 and len(fills) <= 2:
            other = next(load for load in near if load not in mine)
            if (found := _between(evidence, fill, fills, mine[0], other)) is not None:
                return found
    return None


def _between(evidence: Evidence, fill: Call, fills: list[Call], load: Call, other: Call) -> Apart | None:
    """Return what differs between a training table that is filled and one of another file that is predicted."""
    owners = _owners(evidence, load, other)
    mine, its = load.assigned[0], other.assigned[0]
    asked = [call for call in live_calls(evidence, "predict") if _owner(call, owners) == its]
    learned = {_owner(call, owners) for call in trained(evidence)}
    if not asked or mine not in learned or its in learned or _put_together(evidence, load, other):
        return None
    there = [call for call in fills if call.receiver == its]
    if not there:
        return _unfilled(evidence, fill, its, owners, asked)
    if len(there) > 1 or _column(fill) != _column(there[0]):
        return None
    value, used = _value(fill), _value(there[0])
    is_known = (_WRITTEN.fullmatch(value) or _OF_ROWS.search(value)) and _WRITTEN.fullmatch(used)
    if not is_known or value == used:
        return None
    words = f"In training gaps are filled with {_given(fill)}, in the rows to be predicted with {_given(there[0])}."
    return Apart(words, spans([fill, there[0]]))


def _unfilled(evidence: Evidence, fill: Call, its: str, owners: Owners, asked: list[Call]) -> Apart | None:
    """Return that nothing fills the rows to be predicted, unless something that is done to them may."""
    functions = {last(fact.name) for fact in evidence.code.functions}
    calls = [call for call in live_calls(evidence) if call.span.path == fill.span.path]
    may_fill = [call for call in calls if call.kind == "impute" or last(call.name) in _OTHER_WAYS | functions]
    masked = {name for span, name in live_matches(evidence, _MASKED, most=200) if span.path == fill.span.path}
    touched = {name for call in may_fill for name in (call.receiver, *call.arguments)} | masked
    column = _column(fill)
    gone = any(use.column == column and "drop" in use.span.text for use in live_columns(evidence))
    if gone or any(owners.get(name) == its for name in touched):
        return None
    what = "The table" if column == WHOLE else f'"{column[:40]}"'
    words = f"{what} is filled in training, and {its}, which is predicted, is left with its gaps."
    return Apart(words, spans([fill, *asked[:2]]))


def _owners(evidence: Evidence, *loads: Call) -> Owners:
    """Return whose rows each variable of a file holds: of the first table that stands in what it is bound to."""
    path = loads[0].span.path
    models = {call.receiver for call in live_calls(evidence, "fit", "transform", "predict", "encode", "impute")}
    tables = {name for call in live_calls(evidence, "load") for name in call.assigned}
    owners = {load.assigned[0]: load.assigned[0] for load in loads}
    lines = [sides(text) for span, text in live_matches(evidence, _BOUND, most=3000) if span.path == path]
    for bound, used in [*lines, *lines]:
        owner = next((owners[name] for name in used if name in owners and name not in models - tables), None)
        if owner is not None:
            owners |= {name: owner for name in bound if name not in owners}
    return {name: owner for name, owner in owners.items() if name in tables or name not in _fitted(evidence)}


def _fitted(evidence: Evidence) -> set[str]:
    """Return what is asked to transform or predict: a model, and no table, though it was fitted on one."""
    return {call.receiver for call in live_calls(evidence, "transform", "predict") if call.receiver}


def _owner(call: Call, owners: Owners) -> str | None:
    return next((owners[name] for name in call.arguments if name in owners), None)


def _put_together(evidence: Evidence, load: Call, other: Call) -> bool:
    names = {load.assigned[0], other.assigned[0]}
    calls = (call for call in live_calls(evidence) if last(call.name) in _TOGETHER)
    return any(names <= {*call.arguments, call.receiver} for call in calls)


def _column(fill: Call) -> str:
    """Return the column that is filled, WHOLE for all of a table."""
    named = rf"\b{re.escape(fill.receiver)}(?:\[\s*['\"]([^'\"]+)['\"]\s*\]|\.(\w+))\.fillna\("
    found = re.search(named, fill.span.text)
    return next((name for name in found.groups() if name), WHOLE) if found else WHOLE


def _value(fill: Call) -> str:
    """Return what gaps are filled with, the table itself called "_"."""
    return re.sub(rf"\b{re.escape(fill.receiver)}\b", "_", _given(fill))


def _given(fill: Call) -> str:
    return fill.positional[0] if fill.positional else fill.keywords.get("value", "")
