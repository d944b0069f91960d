"""Evaluation: what the work says of itself, as far as it can be held against what its code does and its run printed."""

from __future__ import annotations

import re

from grader import Claim, Evidence, Finding, Span, criterion, met, not_applicable, not_met, partly
from rubrics.facts import last, live_calls, nothing_seen, start, unreadable
from rubrics.languages import COMMON_NAMES, LIMITS, MODELS, apart, is_chinese, names_one, words
from rubrics.live import live_columns, live_matches
from rubrics.metrics import metrics_used
from rubrics.models import NO_MODEL, families, predictors
from rubrics.prose import sentences

HALF = 0.5
LEAST_LETTERS = 5
NOTHING_COMPARABLE = "No run printed anything that could be compared with what is claimed."
RUN_FAILED = "Its run failed, so what is claimed was not held against what it printed."
MOST_TOLD = 2
LIMITED = words(LIMITS)
# Layers after which people call the whole of a network.
_BY_LAYER = {"LSTM": "LSTM", "GRU": "GRU", "ConvLSTM": "LSTM", "Conv1": "CNN", "Conv2": "CNN", "Conv3": "CNN"}
# A heading that says to do something is a task of the brief; "To do" by itself heads what was left undone.
_TASK = re.compile(r"(?i)\bto-?do\b(?=\W*\w)(?!\W*lists?\W*$)")
# What a sentence speaks of that the one before has named.
_BACK = re.compile(r"(?i)\b(?:these|those|this|such|both|the)(?: \w+)? models?\b")
# "p,d,q": letters that the code binds together, as the order of a model of series.
_LETTERS = re.compile(r"\(\s?((?:[A-Za-z]\s?,\s?){1,6}[A-Za-z])\s?\)")
# `TARGET = "ridership"`, `WEATHER = ["snow", "rain"]`: columns by their names, in whatever module they are used
_CONSTANT = re.compile(r"^([A-Z][A-Z0-9_]*(?:\s*,\s*[A-Z][A-Z0-9_]*)*)\s*(?::[^=]+)?=(?!=)")
_NAMED = re.compile(r"['\"]([A-Za-z]\w{3,40})['\"]")
MOST_CONSTANTS = 300
_LETTERS_APART = re.compile(r"(?<=\b[A-Za-z]),\s(?=[A-Za-z]\b)")


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
        if not claimed:
            return not_applicable("No figure is claimed, and no model called better.")
        return not_applicable(RUN_FAILED if evidence.failure else NOTHING_COMPARABLE)
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
    partly met; headings, lists of words and sentences that would fit any work do not count. A sentence on "these
    models" speaks of those that the sentence before it names.
    """
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return nothing_seen(evidence, NO_MODEL)
    said = _limits_said(evidence)
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


def _limits_said(evidence: Evidence) -> list[Span]:
    """Return where a limit or a next step is said of something that stands in the code."""
    names = _names(evidence)
    kinds = frozenset(_plain(name) for name in _kinds_named(evidence))
    found = []
    before: Span | None = None
    before_names_model = False
    for span, text, heading in sentences(evidence):
        limited = LIMITED.search(text) or LIMITED.search(_TASK.sub("", heading))
        spoken_of = before_names_model and before is not None and _follows(before, span) and _BACK.search(text)
        if limited and (spoken_of or _holds(text, names)):
            found.append(span)
        before, before_names_model = span, _holds(text, kinds)
    return found


def _follows(first: Span, second: Span) -> bool:
    """Tell whether a sentence stands on the line of the one before, or on the next."""
    return (first.path, first.cell) == (second.path, second.cell) and (second.line or 0) - (first.line or 0) <= 1


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
    measured = {part for name in metrics_used(evidence) for part in (name, name.removeprefix("ROC "))}
    found = {use.column for use in live_columns(evidence)} | _kinds_named(evidence) | measured
    variables = {name for call in live_calls(evidence) for name in (*call.assigned, *call.arguments)}
    found |= {name for name in variables if len(name) >= LEAST_LETTERS}
    found |= {letters for _, letters in live_matches(evidence, _LETTERS)}
    constants = (span.text for span, _ in live_matches(evidence, _CONSTANT, most=MOST_CONSTANTS))
    found |= {name for text in constants for name in _NAMED.findall(text)}
    found |= {name for call in live_calls(evidence, "score") if "_" in (name := last(call.name))}
    plain = (_plain(name) for name in found)
    return frozenset(name for name in plain if len(name) > 2 or is_chinese(name)) - COMMON_NAMES


def _kinds_named(evidence: Evidence) -> set[str]:
    """Return the kinds of model of the work, and the classes that it imports, as prose calls them."""
    imported = (last(name) for name in evidence.code.imports)
    made = (last(call.name) for call in live_calls(evidence))
    layers = {kind for name in made for layer, kind in _BY_LAYER.items() if name.startswith(layer)}
    classes = [*families(evidence), *(name for name in imported if name[:1].isupper()), *layers]
    return {re.sub(r"(Classifier|Regressor|Vectorizer|CV)+$", "", name) for name in classes} | {*classes}


def _holds(text: str, names: frozenset[str]) -> bool:
    parts = [_plain(word) for word in apart(_LETTERS_APART.sub(",", text)).split()]
    joined = {"".join(parts[first : first + many]) for many in (2, 3) for first in range(len(parts) - many + 1)}
    joined |= {word.removesuffix("s") for word in joined}  # "one time users" of the column one_time_user
    written_into = any(name in text for name in names if is_chinese(name))
    return written_into or not names.isdisjoint({*parts, *joined}) or names_one(text, names & MODELS.keys())


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())
