"""Production readiness: what two runs in a sandbox showed."""

from __future__ import annotations

from grader import Evidence, Finding, Span, criterion, met, needs_human, not_applicable, not_met, partly
from grader.model import Failure
from rubrics.dependencies import declares_nothing
from rubrics.facts import count, start

HALF, MOST = 0.5, 0.8
UNDECLARED = 0.8
CLEANING = {
    "tabular": "Expect empty cells and values never seen: impute, ignore unknown categories, and check ranges.",
    "image": "Bring every picture to one mode, size and polarity before it is read, whatever program saved it.",
}
NOTHING_RAN = "Nothing was run, so this cannot be said."


@criterion("production_readiness.runs_end_to_end", title="It runs as it was handed in, within its limits", weight=4)
def runs_end_to_end(evidence: Evidence) -> Finding:
    """Judge whether the work runs to its end in a fresh sandbox, in less than half of the allowed time and memory.
    What a portfolio work lacked here is not counted: a package, a network, data that are to be had elsewhere.
    Where nothing declares the packages that it imports, it ran because they happened to be here, partly met.
    Running, but without usable predictions, is partly met; so is taking more, which costs a twentieth, and more than
    80 %, which costs a tenth. Of several notebooks those that run through give up to half, where one does not.
    """
    failure = evidence.failure or (evidence.run.failure if evidence.run else None)
    if failure and failure.code.startswith("infrastructure."):
        return not_applicable("The grading failed on our side.")
    lacked = "; ".join(absence.why.rstrip(".") for absence in evidence.absent)
    if failure is None:
        return _as_declared(_within_limits(evidence, lacked), evidence)
    if any(absence.path == (failure.path or "") for absence in evidence.absent):
        return needs_human(f"It could not be run here: {lacked}.", evidence=_places(evidence, failure))
    place = start(evidence)
    if failure.path:
        place = _places(evidence, failure)
    if (through := len(evidence.ran_through)) and len(evidence.started) > 1:
        started = len(evidence.started) - len(evidence.absent)
        reason = _ended(f"{through} of {started} notebooks ran to their end. {failure.path}: {failure.message}")
        reason += _not_counted(lacked)
        return partly(reason, evidence=place, score=round(0.5 * through / started, 2), advice=failure.hint)
    if failure.code.startswith("predictions."):
        reason = _ended(f"It ran to its end, but its predictions cannot be used: {failure.message}")
        return partly(reason, evidence=start(evidence) or place, score=0.4, advice=failure.hint)
    return not_met(_ended(f"It did not run to its end: {failure.message}"), evidence=place, advice=failure.hint)


def _places(evidence: Evidence, failure: Failure) -> list[Span]:
    if not failure.path:
        return start(evidence)
    return [Span(path=failure.path, cell=failure.cell, line=failure.line)]


def _not_counted(lacked: str) -> str:
    return f" Not counted, for want of what is not here: {lacked}." if lacked else ""


def _ended(text: str) -> str:
    """Return a sentence with its stop: advice may follow, and an error's text mostly has none."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _within_limits(evidence: Evidence, lacked: str = "") -> Finding:
    """Judge a run that ended well by the share of time and memory that it took.

    In words and not figures: the same work graded twice gives the same finding.
    """
    if evidence.run is None or evidence.plan is None:
        return not_applicable(NOTHING_RAN)
    limits, used = evidence.plan.limits, evidence.run.sandbox
    longest = max((book.wall_s or 0 for book in evidence.run.notebooks), default=used.wall_s)  # the limit is for each
    shares = {"time": longest / limits.wall_s, "memory": (used.peak_memory_bytes or 0) / limits.memory_bytes}
    name, share = max(shares.items(), key=lambda item: item[1])
    place, rest, it = start(evidence), _not_counted(lacked), "What could be run" if lacked else "It"
    if share > MOST:
        advice = "Profile it, then lessen rows, folds or candidate settings where they gain nothing."
        reason = f"{it} ran to its end, close to the {name} allowed.{rest}"
        return partly(reason, evidence=place, score=0.9, advice=advice)
    if share > HALF:
        reason = f"{it} ran to its end, in more than half of the {name} allowed.{rest}"
        return partly(reason, evidence=place, score=0.95)
    return met(f"{it} ran to its end in a fresh sandbox, in less than half of time and memory.{rest}", evidence=place)


def _as_declared(found: Finding, evidence: Evidence) -> Finding:
    """Return the finding on a run, less where a work without an assignment does not say what it takes to run it: of an
    assignment the packages are known beforehand.
    """
    if evidence.track or found.score is None or not declares_nothing(evidence):
        return found
    return partly(
        f"{found.reason} Nothing declares the packages that it imports: it ran because they happened to be here.",
        evidence=found.evidence,
        score=min(found.score, UNDECLARED),
        advice=found.advice or "List what is imported in requirements.txt, so that it runs elsewhere too.",
    )


@criterion("production_readiness.reproducible_predictions", title="The same rows get the same predictions", weight=1)
def reproducible_predictions(evidence: Evidence) -> Finding:
    """Judge whether a second run gave the hidden rows, under other ids and in another order, the same predictions."""
    stress = evidence.stress
    if stress is None or stress.is_of_history:
        return not_applicable("The work was not run a second time on the same rows.")
    if stress.failure is not None:
        return not_applicable("The second run gave no predictions to compare.")
    place = start(evidence)
    if stress.identical == stress.rows:
        return met("Each row got the same prediction under another id and in another order.", evidence=place)
    share = stress.identical / stress.rows
    advice = "Fix every seed (random_state, numpy, the framework's), and predict each row by itself."
    reason = (
        f"In a second run {count(stress.rows - stress.identical, 'row')} of {stress.rows:,} got another prediction."
    )
    if share >= MOST:
        return partly(reason, evidence=place, advice=advice)
    return not_met(reason, evidence=place, advice=advice)


@criterion("production_readiness.survives_messy_rows", title="It copes with rows that are not clean", weight=1)
def survives_messy_rows(evidence: Evidence) -> Finding:
    """Judge whether messy rows among the hidden ones got a valid prediction, and spoiled no other row's; of a forecast,
    whether each row got one after a history that is not clean.
    """
    stress = evidence.stress
    if stress is None or not stress.messy_rows:
        return not_applicable("No messy rows were put to the work.")
    if stress.failure is not None and stress.failure.code.startswith("infrastructure."):
        return not_applicable("The second run failed on our side.")
    if stress.is_of_history:
        return _after_messy_history(evidence)
    place = start(evidence)
    advice = CLEANING.get(evidence.modality, CLEANING["tabular"])
    if stress.failure is not None:
        return not_met(_ended(f"With messy rows it fails: {stress.failure.message}"), evidence=place, advice=advice)
    rows = f"{stress.messy_valid:,} of {count(stress.messy_rows, 'messy row')} got a valid prediction"
    if stress.messy_valid == stress.messy_rows and stress.predicted == stress.rows:
        return met(f"{rows}, and so did every other row.", evidence=place)
    share = min(stress.messy_valid / stress.messy_rows, stress.predicted / stress.rows)
    if share >= HALF:
        return partly(f"Only {rows}.", evidence=place, score=round(share, 2), advice=advice)
    return not_met(f"Only {rows}.", evidence=place, advice=advice)


def _after_messy_history(evidence: Evidence) -> Finding:
    """Judge a forecast after a history with days missing, twice, out of order or out of range."""
    stress, place = evidence.stress, start(evidence)
    if stress is None:
        return not_applicable("No messy history was put to the work.")
    advice = "Expect it of a history: sort it, keep one row of each time, and treat what is missing or impossible."
    if stress.failure is not None:
        reason = _ended(f"After a history that is not clean it fails: {stress.failure.message}")
        return not_met(reason, evidence=place, advice=advice)
    rows = f"{stress.messy_valid:,} of {count(stress.messy_rows, 'row')} got a valid forecast"
    reason = f"After a history that is not clean {rows}."
    if stress.messy_valid == stress.messy_rows:
        return met(reason, evidence=place)
    share = stress.messy_valid / stress.messy_rows
    if share >= HALF:
        return partly(reason, evidence=place, score=round(share, 2), advice=advice)
    return not_met(reason, evidence=place, advice=advice)
