"""Evaluation: what the work says of itself, as far as it can be held against what its code does and its run printed."""

from __future__ import annotations

import re

from grader import Claim, Evidence, Finding, criterion, met, not_applicable, not_met, partly
from rubrics.facts import last, live_calls, nothing_seen, start, unreadable
from rubrics.languages import COMMON_NAMES, LIMITS, MODELS, apart, is_chinese, names_one, words
from rubrics.live import live_columns
from rubrics.metrics import metrics_used
from rubrics.models import NO_MODEL, families, predictors
from rubrics.prose import sentences

HALF = 0.5
LEAST_LETTERS = 5
NOTHING_COMPARABLE = "No run printed anything that could be compared with what is claimed."
MOST_TOLD = 2
LIMITED = words(LIMITS)


@criterion("evaluation.claims_hold", title="What is claimed comes out again", weight=2)
def claims_hold(evidence: Evidence) -> Finding:
    """Judge whether the figures in README, Markdown and saved outputs are among those that the grader's run printed, of
    the same metric and of the model that they name, within 0.01 for ratios, 2 % for others, or half of the last digit
    claimed, and whether every sentence that calls one model better or worse than another, or the best, is borne out by
    the figures printed by the models' names. At least half of these claims is partly met. Where the run failed, or
    printed nothing of the same metric, rows and model, nothing is held against a claim.
    """
    checked = [claim for claim in evidence.claims if claim.agrees is not None]
    if not checked:
        claimed = evidence.claims or evidence.code.claimed or evidence.code.rankings
        return not_applicable(NOTHING_COMPARABLE if claimed else "No figure is claimed, and no model called better.")
    wrong = [claim for claim in checked if not claim.agrees]
    if not wrong:
        return met(_borne_out(checked, len(evidence.claims)), evidence=[claim.span for claim in checked])
    share = 1 - len(wrong) / len(checked)
    reason, places = _refuted(wrong, len(checked)), [claim.span for claim in wrong]
    advice = "Fix the seeds, run everything once more, and write down figures and conclusions from that run."
    question = "Where does this claim come from?"
    if share >= HALF:
        return partly(reason, evidence=places, score=round(share * 0.8, 2), advice=advice, question=question)
    return not_met(reason, evidence=places, advice=advice, question=question)


@criterion("evaluation.limits_written", title="Limits and next steps are written down", weight=0.5)
def limits_written(evidence: Evidence) -> Finding:
    """Judge whether README or Markdown says in sentences what the work cannot do or what comes next, and names there
    something of its own that stands in the code: a column, a kind of model, a metric, a variable. One such sentence is
    partly met; headings, lists of words and sentences that would fit any work do not count.
    """
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return nothing_seen(evidence, NO_MODEL)
    names = _names(evidence)
    said = [
        span
        for span, text, heading in sentences(evidence)
        if (LIMITED.search(text) or LIMITED.search(heading)) and _holds(text, names)
    ]
    if len(said) > 1:
        return met("Limits or next steps of this very work are written down.", evidence=said)
    advice = (
        "Say in the README which rows, columns or conditions the result does not hold for, and what you would do next."
    )
    if said:
        return partly("One sentence says what is limited or comes next.", evidence=said, advice=advice)
    return not_met(
        "No sentence names a limit or a next step of this very work.", evidence=start(evidence), advice=advice
    )


def _borne_out(checked: list[Claim], claims: int) -> str:
    """Return how many of the claims came out again, and the first of them with what the run came to."""
    told = [_again(claim) for claim in checked[:MOST_TOLD]]
    more = f", and {len(checked) - len(told)} more" if len(checked) > len(told) else ""
    others = f" The other {claims - len(checked)} could not be compared." if claims > len(checked) else ""
    said = "What is claimed" if len(checked) == claims else f"{len(checked)} of {claims} claims"
    return f"{said} came out again: {'; '.join(told)}{more}.{others}"


def _again(claim: Claim) -> str:
    return claim.claimed + ("" if claim.observed is None else f" (the run: {claim.observed:.4g})")


def _refuted(wrong: list[Claim], checked: int) -> str:
    """Return what the run says otherwise: the first figure and the first conclusion, and how many more claims."""
    firsts = [next((claim for claim in wrong if claim.kind == kind), None) for kind in ("figure", "ranking")]
    told = [_otherwise(claim) for claim in firsts if claim is not None]
    more = f", and {len(wrong) - len(told)} more differ" if len(wrong) > len(told) else ""
    borne_out = checked - len(wrong)
    rest = f" {borne_out} of {checked} claims that could be compared came out again." if borne_out else ""
    return f"{' '.join(told)[:-1]}{more}.{rest}"


def _otherwise(claim: Claim) -> str:
    if claim.kind == "ranking":
        return f"It is said: {claim.claimed}; the figures of the run say otherwise."
    return f"Claimed: {claim.claimed}; the run came to {claim.observed:.4g} (tolerance {claim.tolerance:.2g})."


def _names(evidence: Evidence) -> frozenset[str]:
    """Return the names that a sentence about this work could hold, in lower case and without blanks."""
    imported = (last(name) for name in evidence.code.imports)
    classes = [*families(evidence), *(name for name in imported if name[:1].isupper())]
    models = {re.sub(r"(Classifier|Regressor|Vectorizer|CV)+$", "", name) for name in classes}
    measured = {part for name in metrics_used(evidence) for part in (name, name.removeprefix("ROC "))}
    found = {use.column for use in live_columns(evidence)} | models | measured
    variables = {name for call in live_calls(evidence) for name in (*call.assigned, *call.arguments)}
    found |= {name for name in variables if len(name) >= LEAST_LETTERS}
    found |= {name for call in live_calls(evidence, "score") if "_" in (name := last(call.name))}
    plain = (_plain(name) for name in found)
    return frozenset(name for name in plain if len(name) > 2 or is_chinese(name)) - COMMON_NAMES


def _holds(text: str, names: frozenset[str]) -> bool:
    parts = [_plain(word) for word in apart(text).split()]
    joined = {"".join(parts[first : first + many]) for many in (2, 3) for first in range(len(parts) - many + 1)}
    joined |= {word.removesuffix("s") for word in joined}  # "one time users" of the column one_time_user
    written_into = any(name in text for name in names if is_chinese(name))
    return written_into or not names.isdisjoint({*parts, *joined}) or names_one(text, names & MODELS.keys())


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())
