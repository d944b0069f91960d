"""Turns what was found about leakage into a finding: the same care for every kind."""

from __future__ import annotations

from collections.abc import Sequence

from grader import Call, Evidence, Finding, met, needs_human, not_applicable, not_met
from rubrics.facts import broken_spans, spans, unread_part, unreadable

NOT_FOLLOWED = "No leak was seen, but the rows could not be followed from where they are loaded to here."


def leakage(
    evidence: Evidence,
    kind: str,
    *,
    looked_at: Sequence[Call],
    shown_by: Sequence[Call] = (),
    clean: str,
    nothing: str,
    advice: str,
    question: str,
) -> Finding:
    """Return `not_met` where leakage of `kind` was found; `met` rests on results whose rows were followed.

    `shown_by` are calls that show by themselves that there is none of this kind. Without the calls `looked_at` it
    does not apply, for the reason `nothing`. What was not read, or could not be followed from loading to result, needs
    a human: no leak seen there says nothing.
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
    if not looked_at:
        return not_applicable(nothing)
    followed = spans(shown_by) + [fact.span for fact in evidence.code.followed if fact.kind == kind]
    if not followed:
        return needs_human(NOT_FOLLOWED, evidence=spans(looked_at))
    if cut := next((note for note in evidence.code.notes if "data-flow" in note), ""):
        return needs_human(f"What was followed shows no leak. {cut}", evidence=followed)
    return met(clean, evidence=followed)
