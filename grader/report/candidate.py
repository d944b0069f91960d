"""What a candidate may read of the report on their work: an allow-list of fields, so nothing new is told by accident.

Left out is what would help whoever gets the same assignment later, or is the reviewers' own: results on hidden rows,
how they were made, traces, questions for the interview, the receipt.
"""

from __future__ import annotations

from collections.abc import Collection

from grader.model import CriterionResult, DimensionResult, Outcome, Record, Report, Span, Verdict

# whose reasons hold figures of hidden rows: a metric, how many rows there are, the share of a class
FIGURES_OF_HIDDEN_ROWS = frozenset(
    {
        "evaluation.hidden_result",
        "model_choice.imbalance_treated",
        "production_readiness.reproducible_predictions",
        "production_readiness.survives_messy_rows",
    }
)


class CandidateFailure(Record):
    """Why the work did not run, with what to do about it."""

    code: str
    message: str
    path: str | None
    cell: int | None
    line: int | None
    hint: str


class CandidateCriterion(Record):
    """One criterion. `reviewed` says that a person judged it otherwise than the rubric; `reason` and `advice` are the
    rubric's, and empty then. `reason` is empty too where it holds figures of hidden rows.
    """

    title: str
    verdict: Verdict
    reviewed: bool
    reason: str
    advice: str
    evidence: tuple[Span, ...]


class CandidateDimension(Record):
    """One dimension, 0..100."""

    title: str
    weight: float
    score: float | None
    criteria: tuple[CandidateCriterion, ...]


class CandidateReport(Record):
    """The result as its candidate reads it. `unseen_data` is the part of the score from hidden rows, 0..100."""

    assignment: str
    outcome: Outcome
    failure: CandidateFailure | None
    score: float | None
    low: float | None
    high: float | None
    unseen_data: float | None
    dimensions: tuple[CandidateDimension, ...]


def for_candidate(report: Report, built_in: Collection[str], reviewed: Collection[str] = ()) -> CandidateReport:
    """Return what the candidate may read; `built_in` names the criteria of the grader's own, whose texts are known to
    tell nothing of hidden rows, and `reviewed` those that a person judged otherwise.
    """
    failure = report.failure
    return CandidateReport(
        assignment=(report.assignment.title or report.assignment.slug) if report.assignment else "",
        outcome=report.outcome,
        failure=None if failure is None else CandidateFailure(**failure.model_dump(exclude={"observed"})),
        score=report.score,
        low=report.low,
        high=report.high,
        unseen_data=report.hidden_score,
        dimensions=tuple(_dimension(part, built_in, reviewed) for part in report.dimensions),
    )


def _dimension(part: DimensionResult, built_in: Collection[str], reviewed: Collection[str]) -> CandidateDimension:
    criteria = tuple(_criterion(item, ours=item.id in built_in, reviewed=item.id in reviewed) for item in part.criteria)
    return CandidateDimension(title=part.title, weight=part.weight, score=part.score, criteria=criteria)


def _criterion(item: CriterionResult, *, ours: bool, reviewed: bool) -> CandidateCriterion:
    # what a plugin says, also of a place, may repeat results on hidden rows: nobody has looked
    told, figures = ours and not reviewed, item.id in FIGURES_OF_HIDDEN_ROWS
    places = item.evidence if ours else tuple(span.model_copy(update={"text": ""}) for span in item.evidence)
    return CandidateCriterion(
        title=item.title,
        verdict=item.verdict,
        reviewed=reviewed,
        reason=item.reason if told and not figures else "",
        advice=item.advice if told else "",
        evidence=places,
    )
