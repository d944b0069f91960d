"""Models that only fill a column of the data: they prepare it, and answer no question of the work."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader import Call, Evidence
from rubrics.reached import live_calls

_COLUMN = re.compile(r"\[\[?\s*(['\"])([^'\"]{1,80})\1\s*\]?\]$")


def only_filling(evidence: Evidence, made: Iterable[Call]) -> list[Call]:
    """Return the models of `made` that learn a column and are only asked for the values that it lacks:
    `df.loc[df["age"].isna(), "age"] = model.predict(...)`; none where no other model is left.
    """
    found = list(made)
    calls = live_calls(evidence, "fit", "predict", "score", "cross_validate")
    filling = [call for call in found if call.assigned and _only_fills(call, calls)]
    return filling if len(filling) < len(found) else []


def _only_fills(model: Call, calls: list[Call]) -> bool:
    here = [call for call in calls if call.span.path == model.span.path]
    names = set(model.assigned)
    own = [call for call in here if call.receiver in names or (call.kind == "fit" and call.span == model.span)]
    learned = {match[2] for call in own if (match := _target(call))}
    asked = [call for call in own if call.kind == "predict"]
    measured = any(call.kind in ("score", "cross_validate") for call in own) or any(
        names.intersection(call.arguments) for call in here if call.kind in ("score", "cross_validate")
    )
    return bool(asked) and len(learned) == 1 and not measured and all(_fills(call, *learned) for call in asked)


def _target(call: Call) -> re.Match[str] | None:
    return _COLUMN.search(call.positional[1]) if call.kind == "fit" and len(call.positional) > 1 else None


def _fills(call: Call, column: str) -> bool:
    """Tell whether an answer is written into a column, for rows that are chosen by it or beside what it holds."""
    named = rf"(?:['\"]{re.escape(column)}['\"]|\.{re.escape(column)}\b)"
    text = call.span.text[:500]
    return bool(re.search(rf"{named}\s*\]?\s*=(?!=)", text)) and len(re.findall(named, text)) > 1
