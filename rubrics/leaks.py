"""Turns what was found about leakage into a finding: the same care for every kind.

The code decides. What the run says of itself can be forged by the submission: where it agrees, its count is added, and
where it differs, a person is told; it never accuses, and never clears.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader import (
    Evidence,
    Finding,
    LeakageFact,
    Span,
    Witness,
    met,
    needs_human,
    not_applicable,
    not_met,
    partly,
)
from rubrics.facts import gap_spans, is_reached, test_paths, unread_part, unreadable
from rubrics.leak_words import in_words
from rubrics.live_code import is_live

NOT_FOLLOWED = "No leak was seen, but the rows could not be followed from where they are loaded to these places."
TRACED = ("preprocessing", "overlap", "multi_test", "scored_on_training_data")
IN_TRAINING = 0.6
UNTOUCHED = " What was set aside is not touched by it: only what is measured within the training part says too much."
SAYS = "The run's own traces (self-reported)"


def leakage(
    evidence: Evidence,
    kind: str,
    *,
    looked_at: Sequence[Span],
    shown_by: Sequence[Span] = (),
    clean: str,
    nothing: str,
    advice: str,
    question: str,
) -> Finding:
    """Return `not_met` where leakage of `kind` was found; `met` rests on results whose rows were followed.

    `shown_by` are places that show by themselves that there is none of this kind. Without those `looked_at`, and
    without rows that were followed, it does not apply, for the reason `nothing`. What was not read, or could not be
    followed from loading to result, needs a human: no leak seen there says nothing. Neither does `met` stand where the
    run counts rows that leaked.
    """
    if found := _leaks(evidence, kind):
        reason = in_words(found) + _seconded(evidence, kind)
        return not_met(reason, evidence=_places(found), advice=advice, question=question)
    if problem := unreadable(evidence):
        return problem
    if gap := unread_part(evidence):
        return needs_human(f"What could be read shows no leak, but {gap}.", evidence=gap_spans(evidence))
    followed = [*shown_by, *_followed(evidence, kind)]
    if not looked_at and not followed:
        return not_applicable(nothing)
    counted, places = _counted_by_the_run(evidence, kind)
    if not followed:
        return needs_human(NOT_FOLLOWED + counted, evidence=places or list(looked_at))
    if cut := next((note for note in evidence.code.notes if "data-flow" in note), ""):
        return needs_human(f"What was followed shows no leak. {cut}{counted}", evidence=places or followed)
    if counted:
        return needs_human(f"No leak was seen in the code.{counted}", evidence=places)
    if kind in TRACED and evidence.traces is not None and evidence.traces.missing:
        return needs_human(
            f"No leak was seen in the code, but its run's traces are gone or changed: {evidence.traces.note}",
            evidence=followed,
        )
    return met(clean, evidence=followed)


def in_training(evidence: Evidence, kind: str) -> Finding | None:
    """Return `partly` where all leakage of `kind` stays in the training part: its folds, or a validation part cut from
    it, say too much, and what was set aside does not. None otherwise.
    """
    found = _leaks(evidence, kind)
    if not found or not all(leak.in_training for leak in found):
        return None
    return partly(
        in_words(found) + UNTOUCHED,
        evidence=_places(found),
        score=IN_TRAINING,
        advice="Put what is fitted or resampled into a Pipeline, so that each fold fits it on its own training rows.",
        question="How far are these scores from those of the part that was set aside, and why?",
    )


def _leaks(evidence: Evidence, kind: str) -> list[LeakageFact]:
    """Return the leaks of a kind, those first that touch rows which were set aside."""
    found = [leak for leak in evidence.code.leaks if leak.kind == kind]
    tests = _only_tests(evidence) if found else frozenset()
    own = (leak for leak in found if not leak.spans or any(span.path not in tests for span in leak.spans))
    return sorted(own, key=lambda leak: leak.in_training)


def _only_tests(evidence: Evidence) -> frozenset[str]:
    """Return the files of tests of which the work itself uses nothing: a test that tries a model on rows of its own
    measures nothing of the work.
    """
    functions = evidence.code.functions
    reached = {fact.span.path for fact in functions if is_reached(evidence, fact.span.path, fact.name)}
    return test_paths(evidence).intersection(fact.span.path for fact in functions if fact.is_test) - reached


def _places(leaks: Sequence[LeakageFact]) -> list[Span]:
    return list(dict.fromkeys(span for leak in leaks for span in leak.spans))


def _followed(evidence: Evidence, kind: str) -> list[Span]:
    """Return where rows were followed to a result of `kind`, in code that running the work can reach."""
    found = [fact.span for fact in evidence.code.followed if fact.kind == kind]
    return [span for span in found if is_live(evidence, span)]


def _seconded(evidence: Evidence, kind: str) -> str:
    """Return what the run says of a leak that was found in the code, "" where that is nothing."""
    witnesses = _witnesses(evidence, kind)
    for agreement, words in (("agree", "agree"), ("differ", "differ; the code decides")):
        said = next((witness for witness in witnesses if witness.agreement == agreement), None)
        if said is not None:
            return f" {SAYS} {words}: {said.sentence}"
    return ""


def _counted_by_the_run(evidence: Evidence, kind: str) -> tuple[str, list[Span]]:
    """Return what only the run has seen, in words, and where."""
    seen = [witness for witness in _witnesses(evidence, kind) if witness.agreement == "run_only"]
    if not seen:
        return "", []
    return f" {SAYS} count otherwise: {seen[0].sentence}", [span for witness in seen for span in witness.spans]


def _witnesses(evidence: Evidence, kind: str) -> list[Witness]:
    traces = evidence.traces
    return [witness for witness in traces.witnesses if witness.kind == kind] if traces else []
