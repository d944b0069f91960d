"""Turns what was found about leakage into a finding: the same care for every kind."""

from __future__ import annotations

from collections.abc import Sequence

from grader import Call, Evidence, Finding, met, needs_human, not_applicable, not_met
from rubrics.facts import broken_spans, spans, unread_part, unreadable


def leakage(
    evidence: Evidence,
    kind: str,
    *,
    looked_at: Sequence[Call],
    clean: str,
    nothing: str,
    advice: str,
    question: str,
) -> Finding:
    """Return `not_met` where leakage of `kind` was found; `met` rests on the calls in `looked_at`.

    Without such calls it does not apply, for the reason `nothing`; code that was not read needs a human.
    """
    found = [leak for leak in evidence.code.leaks if leak.kind == kind]
    if found:
        more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
        places = [span for leak in found for span in leak.spans]
        return not_met(found[0].message + more, evidence=places, advice=advice, question=question)
    if problem := unreadable(evidence):
        return problem
    if gap := unread_part(evidence):
        return needs_human(f"What could be read shows no leak, but {gap}.", evidence=broken_spans(evidence))
    return met(clean, evidence=spans(looked_at)) if looked_at else not_applicable(nothing)
