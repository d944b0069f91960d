"""Values that stand for a gap, and where they are turned into one."""

from __future__ import annotations

import re

from grader import Call, Evidence, Span
from rubrics.facts import live_calls, named, spans
from rubrics.live import live_places

_GAP = re.compile(r"(?i)\bnan\b|\bNA\b|\bNone\b")
_SENTINEL_SET = re.compile(r"^\s*[\w.]+\.loc\[.*(==|isin|<).*\]\s*=\s*(np\.nan|pd\.NA|None|float\([^)]*\))")


def sentinels_marked(evidence: Evidence) -> list[Span]:
    """Return where values that stand for a gap become one: `replace(-999, np.nan)`, `na_values=`, an assignment."""
    calls = [call for call in live_calls(evidence) if call.kind == "load" and "na_values" in call.keywords]
    calls += [
        call
        for call in named(evidence, ("replace", "mask", "where"))
        if any(_GAP.search(text) for text in (*call.positional, *call.keywords.values())) and call not in calls
    ]
    return [*spans(kept(calls)), *live_places(evidence, _SENTINEL_SET)]


def kept(calls: list[Call]) -> list[Call]:
    """Return the calls whose result stays; `dropna()` inside a plot fills nothing. All of them where none is sure."""
    return [call for call in calls if call.assigned or call.keywords.get("inplace") == "True"] or calls
