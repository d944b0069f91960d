"""What a reader should see first: where the points went, and what the work did well."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import CriterionResult, DimensionResult, Report
from grader.report.formats import count

VERDICT_WORDS = {
    "met": "Met",
    "partly": "Partly met",
    "not_met": "Not met",
    "not_applicable": "Not applicable",
    "needs_human": "Needs a person",
}
OUTCOME_WORDS = {
    "completed": "Completed",
    "submission_failed": "Submission failed",
    "limit_exceeded": "Limit exceeded",
    "infrastructure_failed": "Grading failed on our side",
}
TOP_COSTS = 5
TOP_STRENGTHS = 5
LITTLE = 0.5  # of the weight: a dimension that rests on less says so


@dataclass(frozen=True)
class Weighed:
    """A criterion with what it was worth: `worth` and `cost` are points of the whole score, 0..100.

    Of a work without a score they only say what weighs more: `has_points` is false, and nobody is shown them.
    """

    dimension: DimensionResult
    criterion: CriterionResult
    worth: float
    cost: float
    has_points: bool = True

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        return VERDICT_WORDS[self.criterion.verdict]


def weighed(report: Report) -> list[Weighed]:
    """Return every criterion in the report's order with its points; those not scored are worth nothing."""
    total = _scored_weight(report)
    return [
        _weigh(dimension, item, total, has_points=report.score is not None)
        for dimension in report.dimensions
        for item in dimension.criteria
    ]


def costliest(report: Report, limit: int = TOP_COSTS) -> list[Weighed]:
    """Return the criteria that cost most points, the dearest first."""
    found = [item for item in weighed(report) if item.cost > 0]
    return sorted(found, key=lambda item: -item.cost)[:limit]


def strengths(report: Report, limit: int = TOP_STRENGTHS) -> list[Weighed]:
    """Return the criteria fully met that are worth most points."""
    found = [item for item in weighed(report) if item.criterion.verdict == "met"]
    return sorted(found, key=lambda item: -item.worth)[:limit]


def resting_on(dimension: DimensionResult) -> str:
    """Return on how many criteria a dimension's score rests, where less than half of its weight could be judged."""
    judged = [item for item in dimension.criteria if item.score is not None]
    everything = sum(item.weight for item in dimension.criteria)
    if dimension.score is None or sum(item.weight for item in judged) >= everything * LITTLE:
        return ""
    return f"from {len(judged)} of {count(len(dimension.criteria), 'criterion', 'criteria')}"


def for_a_person(report: Report) -> list[Weighed]:
    """Return the criteria that nobody but a person can judge."""
    return [item for item in weighed(report) if item.criterion.verdict == "needs_human"]


def weight_shares(report: Report) -> tuple[float, float]:
    """Return the weight of everything, and of what was scored."""
    everything = report.hidden_weight + sum(dimension.weight for dimension in report.dimensions)
    return everything, _scored_weight(report)


def _scored_weight(report: Report) -> float:
    hidden = report.hidden_weight if report.hidden_score is not None else 0
    return hidden + sum(dimension.weight for dimension in report.dimensions if dimension.score is not None)


def _weigh(dimension: DimensionResult, item: CriterionResult, total: float, *, has_points: bool) -> Weighed:
    within = sum(other.weight for other in dimension.criteria if other.score is not None)
    if item.score is None or not total or not within:
        return Weighed(dimension, item, 0, 0, has_points)
    worth = 100 * dimension.weight / total * item.weight / within
    return Weighed(dimension, item, worth, worth * (1 - item.score), has_points)
