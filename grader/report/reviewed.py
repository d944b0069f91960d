"""What reviewers said of a report, in the form in which its pages show it beside what the rubric said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.model import CriterionResult, Record, Report, Verdict


class OverrideLine(Record):
    """One criterion that a person judged otherwise: what the rubric said, what they say, why, who and when."""

    criterion: str
    title: str
    original: Verdict | None
    verdict: Verdict
    reason: str
    author: str
    at: str


class Reviewed(Record):
    """The overrides that hold, and the score with them, 0..100 with its interval, null as a report's is."""

    overrides: tuple[OverrideLine, ...]
    score: float | None
    low: float | None
    high: float | None
    unscored_reason: str | None = None


def criteria_by_id(report: Report) -> Mapping[str, CriterionResult]:
    """Return every criterion of a report by its id."""
    return {item.id: item for part in report.dimensions for item in part.criteria}


def reviewed_by(lines: Sequence[OverrideLine], after: Report) -> Reviewed:
    """Return what the overrides come to, of which `after` is the report."""
    return Reviewed(
        overrides=tuple(lines),
        score=after.score,
        low=after.low,
        high=after.high,
        unscored_reason=after.unscored_reason,
    )
