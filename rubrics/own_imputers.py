"""Gaps that a class of the work fills in `transform` with what its `fit` has learned from rows, as an imputer does."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.facts import last, live_calls

_LEARNING = ("mean", "median", "mode", "quantile", "nanmean", "nanmedian", "percentile", "nanpercentile", "min", "max")
_FITTING, _USING = ("fit", "fit_transform"), ("transform", "fit_transform")
_BY_VALUE = ("apply", "map", "applymap", "where", "mask")
_ASKED = re.compile(r"(?<![\w])(?:isna|isnull|isnan|notna|notnull)\(")
_KEPT = re.compile(r"^\s*(return\b|[\w.]+(\[.*\])?\s*=(?!=))")


def filled_as_fitted(evidence: Evidence) -> list[Call]:
    """Return the live calls that fill gaps in a method `transform` with a statistic that `fit` of its class keeps."""
    learned = _learned(evidence)
    return [call for call in live_calls(evidence) if _fills(call, learned.get(_class_of(call, _USING), set()))]


def _learned(evidence: Evidence) -> dict[tuple[str, str], set[str]]:
    """Return, by class, the attributes that its `fit` sets to a statistic of what it is given."""
    found: dict[tuple[str, str], set[str]] = {}
    for call in live_calls(evidence):
        if last(call.name) in _LEARNING and (owner := _class_of(call, _FITTING)) != ("", ""):
            found.setdefault(owner, set()).update(name for name in call.assigned if name.startswith("self."))
    return found


def _class_of(call: Call, methods: tuple[str, ...]) -> tuple[str, str]:
    """Return the file and the class in one of whose methods a call stands."""
    owner, _, method = call.function.rpartition(".")
    return (call.span.path, owner) if owner and method in methods else ("", "")


def _fills(call: Call, learned: set[str]) -> bool:
    given = " ".join((*call.positional, *call.keywords.values()))
    if not any(re.search(rf"(?<![\w.]){re.escape(name)}\b", given) for name in learned):
        return False
    by_value = last(call.name) in _BY_VALUE and _ASKED.search(given) is not None
    is_kept = call.assigned or call.keywords.get("inplace") == "True" or _KEPT.match(call.span.text)
    return bool((last(call.name) == "fillna" or by_value) and is_kept)
