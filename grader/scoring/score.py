"""The score: weighted means over what could be judged, and nothing made up for what could not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.model import DIMENSIONS, CriterionResult, DimensionResult, Evidence, RubricSpec, Score, Weights
from grader.plugins import Criterion, Dimension, Finding, all_dimensions, judge
from grader.scoring.as_run import judged_as_run
from grader.scoring.gates import as_asked, capped, closed_gates
from grader.scoring.questions import questions_from
from grader.scoring.unread import why_unread

DECIMALS = 2
LEAST_JUDGED = 0.5
OUR_FAILURES = "infrastructure."


@dataclass(frozen=True)
class _Hidden:
    """The part of unseen data, 0..100; None where there is nothing to say."""

    value: float | None
    low: float | None = None
    high: float | None = None


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
    whole = [_whole(mark, hidden_weight, dimensions) for mark in (hidden.value, hidden.low, hidden.high)]
    unscored = _why_unscored(evidence, _judged_share(hidden.value, hidden_weight, dimensions))
    if unscored is not None:
        whole = [None, None, None]
    gates = closed_gates(dimensions, rubric)
    return Score(
        value=capped(whole[0], gates),
        low=None if hidden.low is None else capped(whole[1], gates),
        high=None if hidden.high is None else capped(whole[2], gates),
        unscored_reason=unscored or None,
        ungated=whole[0] if gates else None,
        gates=gates,
        hidden_weight=hidden_weight,
        hidden_score=_rounded(hidden.value),
        dimensions=dimensions,
        questions=questions_from(judged, dimensions, evidence.code),
    )


def _why_unscored(evidence: Evidence, judged_share: float) -> str | None:
    """Return why there is no score, "" where the failure has said it all; None where there is one."""
    if _failed_on_our_side(evidence):
        return ""
    if evidence.twins and evidence.twins.looked_up:
        return f"{evidence.twins.sentence} A person has to judge this work."
    if unread := why_unread(evidence):
        return unread
    if judged_share >= LEAST_JUDGED:
        return None
    if not judged_share and evidence.failure is not None:
        return ""
    return f"Only {judged_share:.0%} of the weight could be judged; a score needs {LEAST_JUDGED:.0%}."


def _dimension(part: Dimension, judged: Sequence[tuple[Criterion, Finding]]) -> DimensionResult:
    results = tuple(_result(item, finding) for item, finding in judged if item.dimension == part.id)
    mean = _mean((result.score, result.weight) for result in results)
    return DimensionResult(
        id=part.id,
        title=part.title,
        weight=part.weight,
        score=None if mean is None else _rounded(100 * mean),
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


def _hidden(evidence: Evidence) -> _Hidden:
    """Return the weighted mean over the hidden suites; the interval's ends are the means of the suites' ends."""
    if not evidence.has_hidden_data or _failed_on_our_side(evidence):
        return _Hidden(None)
    if not evidence.hidden:
        return _Hidden(0.0 if evidence.failure else None)
    marks = ("normalised", "normalised_low", "normalised_high")
    means = [_mean((getattr(suite, mark), suite.weight) for suite in evidence.hidden) for mark in marks]
    return _Hidden(*(None if mean is None else 100 * mean for mean in means))


def _failed_on_our_side(evidence: Evidence) -> bool:
    return evidence.failure is not None and evidence.failure.code.startswith(OUR_FAILURES)


def _whole(hidden: float | None, hidden_weight: float, dimensions: Iterable[DimensionResult]) -> float | None:
    parts = [(hidden, hidden_weight), *((item.score, item.weight) for item in dimensions)]
    return _rounded(_mean(parts))


def _judged_share(hidden: float | None, hidden_weight: float, dimensions: Iterable[DimensionResult]) -> float:
    """Return the share of the weight that has a mark, 0..1; a dimension nobody has criteria for is no part of it."""
    parts = [(hidden, hidden_weight), *((item.score, item.weight) for item in dimensions if item.criteria)]
    weight = sum(weight for _, weight in parts)
    return sum(weight for mark, weight in parts if mark is not None) / weight if weight else 0.0


def _mean(parts: Iterable[tuple[float | None, float]]) -> float | None:
    """Return the weighted mean of the parts that have a value, None without any."""
    scored = [(value, weight) for value, weight in parts if value is not None and weight > 0]
    total = sum(weight for _, weight in scored)
    return sum(value * weight for value, weight in scored) / total if scored else None


def _rounded(value: float | None) -> float | None:
    """Return a mark cut to 0..100 and to fixed decimals: sums of floats must not show as 100.00000000000001."""
    return None if value is None else round(min(100.0, max(0.0, value)), DECIMALS)
