"""The score: weighted means over what could be judged, and nothing made up for what could not."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import DIMENSIONS, CriterionResult, DimensionResult, Evidence, RubricSpec, Score, Weights
from grader.plugins import Criterion, Dimension, Finding, all_dimensions, judge
from grader.scoring.as_run import judged_as_run
from grader.scoring.gates import as_asked, capped, closed_gates
from grader.scoring.means import HiddenPart, hidden_part, judged_share, mean, rounded, too_little, whole
from grader.scoring.questions import questions_from
from grader.scoring.unread import why_unread

OUR_FAILURES = "infrastructure."


def score(
    evidence: Evidence, criteria: Sequence[Criterion], weights: Weights | None, rubric: RubricSpec | None = None
) -> Score:
    """Return the score of `evidence`: dimensions and the hidden part, weighted; `weights` None means the defaults.
    `rubric` is what the assignment says of single criteria; its gates cap the mean.

    What could not be scored is left out with its weight, never counted as zero. One exception is meant: a submission
    that failed, and so predicted nothing, has 0 of the hidden part. Where less than half of the weight could be judged
    there is no score: a few lines that do nothing have few faults, and that is no merit. Nor is there one where code
    that took part in the result was not read, or where answers seem to be known by heart.
    """
    shares = weights or Weights()
    rubric = rubric or RubricSpec()
    judged = as_asked(judged_as_run([(item, judge(item, evidence)) for item in criteria], evidence), rubric)
    parts = [_dimension(part, judged) for part in all_dimensions(criteria, shares.model_dump())]
    dimensions = tuple(part for part in parts if part.id in DIMENSIONS or part.weight or _applies(part))
    hidden = _hidden(evidence)
    hidden_weight = shares.hidden if evidence.has_hidden_data else 0.0
    marks = [whole(mark, hidden_weight, dimensions) for mark in (hidden.value, hidden.low, hidden.high)]
    unscored = _why_unscored(evidence, judged_share(hidden.value, hidden_weight, dimensions))
    if unscored is not None:
        marks = [None, None, None]
    gates = closed_gates(dimensions, rubric)
    return Score(
        value=capped(marks[0], gates),
        low=None if hidden.low is None else capped(marks[1], gates),
        high=None if hidden.high is None else capped(marks[2], gates),
        unscored_reason=unscored or None,
        ungated=marks[0] if gates else None,
        gates=gates,
        hidden_weight=hidden_weight,
        hidden_score=rounded(hidden.value),
        dimensions=dimensions,
        questions=questions_from(judged, dimensions, evidence.code),
    )


def _why_unscored(evidence: Evidence, share: float) -> str | None:
    """Return why there is no score, "" where the failure has said it all; None where there is one."""
    if _failed_on_our_side(evidence):
        return ""
    if evidence.twins and evidence.twins.looked_up:
        return f"{evidence.twins.sentence} A person has to judge this work."
    if unread := why_unread(evidence):
        return unread
    if not share and evidence.failure is not None:
        return ""
    return too_little(share) or None


def _dimension(part: Dimension, judged: Sequence[tuple[Criterion, Finding]]) -> DimensionResult:
    results = tuple(_result(item, finding) for item, finding in judged if item.dimension == part.id)
    found = mean((result.score, result.weight) for result in results)
    return DimensionResult(
        id=part.id,
        title=part.title,
        weight=part.weight,
        score=None if found is None else rounded(100 * found),
        criteria=results,
    )


def _applies(part: DimensionResult) -> bool:
    """Tell whether a plugin's dimension bears on this work; one that has no weight and does not is not shown."""
    return any(item.verdict != "not_applicable" for item in part.criteria)


def _result(item: Criterion, finding: Finding) -> CriterionResult:
    return CriterionResult(
        id=item.id,
        title=item.title,
        weight=item.weight,
        verdict=finding.verdict,
        score=finding.score,
        reason=finding.reason,
        advice=finding.advice,
        evidence=finding.evidence,
    )


def _hidden(evidence: Evidence) -> HiddenPart:
    if not evidence.has_hidden_data or _failed_on_our_side(evidence):
        return HiddenPart(None)
    if not evidence.hidden:
        return HiddenPart(0.0 if evidence.failure else None)
    return hidden_part(evidence.hidden)


def _failed_on_our_side(evidence: Evidence) -> bool:
    return evidence.failure is not None and evidence.failure.code.startswith(OUR_FAILURES)
