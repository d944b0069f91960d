"""Results on rows that were surely set apart from those of the fit, and how that was done."""

from __future__ import annotations

import re

from grader import Evidence, HeldOutFact, Span
from rubrics.live_code import is_live

HOW = {
    "split": "that a split has held out",
    "file": "of another file than those of the fit",
    "values": "that a condition sets apart from those of the fit",
    "place": "that are cut off from those of the fit",
}
IN_TIME = re.compile(r"(?i)date|day|time|year|month|week|hour|(?<![a-z])dt(?![a-z])|['\"]ds['\"]|['\"]\d{4}-\d\d?")


def held_out(evidence: Evidence) -> list[HeldOutFact]:
    """Return the results on rows that were set apart, in code that running the work can reach."""
    return [fact for fact in evidence.code.held_out if is_live(evidence, fact.span)]


def cut_in_time(evidence: Evidence) -> list[Span]:
    """Return the results on rows that were cut off by their date, or by their place in the order of time."""
    found = held_out(evidence)
    ordered = [fact for fact in found if fact.by == "values" and ("<" in fact.cut or ">" in fact.cut)]
    dated = [fact.span for fact in ordered if IN_TIME.search(fact.cut)]
    return dated + [fact.span for fact in found if fact.by == "place" and fact.in_time]
