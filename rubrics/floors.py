"""Rules without a model that are scored as a floor: the same answer for every row, known by what it is."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.facts import live_calls
from rubrics.live import live_matches
from rubrics.once import once_a_work
from rubrics.results import Name, predicted_names

# `np.ones_like(y)`, `np.full(n, y.mean())`, `[0] * len(y)`, `y.mode()`, the value of the day before
SAME = re.compile(r"\b(?:ones|zeros|full|repeat|tile)(?:_like)?\(|\]\s?\*\s?(?:len\(|\w+)|\.mode\(|\.shift\(")
CALLED = re.compile(r"(?i)\b(\w*(?:baseline|naive|majority|constant)\w*)\b")
_BOUND = re.compile(r"^(\s*[A-Za-z_]\w*\s?=(?!=).{1,250})")
_GIVEN = ("y_pred", "y_score", "y_prob", "y_proba")


def rules_scored(evidence: Evidence) -> list[Call]:
    """Return the calls that score a constant answer, or what is called a naive rule and is no model's prediction."""
    scored = live_calls(evidence, "score")
    return [call for call in scored if any(_is_rule(evidence, call.span.path, text) for text in _said(call))]


def _said(call: Call) -> list[str]:
    """Return what a metric is given as the predictions, by place or by name."""
    return [*call.positional[1:2], *(call.keywords[name] for name in _GIVEN if name in call.keywords)]


def _is_rule(evidence: Evidence, path: str, text: str) -> bool:
    names = re.findall(r"[A-Za-z_]\w*", text)
    predicted = predicted_names(evidence)
    if ".predict" in text or any((path, name) in predicted for name in names):
        return False
    same = bool(SAME.search(text)) or _floors(evidence).get((path, names[0] if names else ""), False)
    return same or bool(CALLED.search(text))


@once_a_work
def _floors(evidence: Evidence) -> dict[Name, bool]:
    """Return (file, variable) of what is given the same answer for all rows, and nothing else."""
    found: dict[Name, bool] = {}
    for span, text in live_matches(evidence, _BOUND, most=3000):
        name, _, value = text.partition("=")
        key = (span.path, name.strip())
        found[key] = found.get(key, True) and bool(SAME.search(value)) and ".predict" not in value
    return found
