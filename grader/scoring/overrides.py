"""A reviewer's verdicts in place of the rubric's: the score that follows, from the stored report alone."""

from __future__ import annotations

from collections.abc import Mapping

from grader.model import CriterionResult, DimensionResult, Report, RubricSpec, Verdict
from grader.scoring.gates import capped, closed_gates
from grader.scoring.means import HiddenPart, hidden_part, judged_share, mean, rounded, too_little, whole

MARKS: dict[Verdict, float | None] = {
    "met": 1.0,
    "partly": 0.5,
    "not_met": 0.0,
    "not_applicable": None,
    "needs_human": None,
}


def with_overrides(report: Report, verdicts: Mapping[str, Verdict]) -> Report:
    """Return the report with these verdicts (criterion -> verdict) and the score that they come to; without any, the
    same report. A verdict `partly` has half of the marks.

    Why there is no score may be a reason that no verdict takes away, such as code that was not read: there is none then
    either.
    """
    dimensions = tuple(_judged_again(part, verdicts) for part in report.dimensions)
    hidden, weight = _hidden(report), report.hidden_weight
    marks = [whole(mark, weight, dimensions) for mark in (hidden.value, hidden.low, hidden.high)]
    unscored = _why_unscored(report, hidden, dimensions)
    if unscored is not None:
        marks = [None, None, None]
    gates = closed_gates(dimensions, report.receipt.rubric or RubricSpec())
    changed = {
        "score": capped(marks[0], gates),
        "low": None if hidden.low is None else capped(marks[1], gates),
        "high": None if hidden.high is None else capped(marks[2], gates),
        "unscored_reason": unscored or None,
        "ungated": marks[0] if gates else None,
        "gates": gates,
        "dimensions": dimensions,
    }
    return report.model_copy(update=changed)


def _judged_again(part: DimensionResult, verdicts: Mapping[str, Verdict]) -> DimensionResult:
    if verdicts.keys().isdisjoint(item.id for item in part.criteria):
        return part
    criteria = tuple(_overridden(item, verdicts.get(item.id)) for item in part.criteria)
    found = mean((item.score, item.weight) for item in criteria)
    score = None if found is None else rounded(100 * found)
    return part.model_copy(update={"criteria": criteria, "score": score})


def _overridden(item: CriterionResult, verdict: Verdict | None) -> CriterionResult:
    if verdict is None or verdict == item.verdict:  # the same verdict says nothing against a finer mark
        return item
    return item.model_copy(update={"verdict": verdict, "score": MARKS[verdict]})


def _hidden(report: Report) -> HiddenPart:
    """Return the hidden part unrounded, from the suites of the first run: the stress run's stand behind them."""
    stress = report.stress
    further = sum(suite is not None for suite in (stress.hidden, stress.on_messy)) if stress else 0
    suites = report.hidden[: len(report.hidden) - further]
    return hidden_part(suites) if suites and report.hidden_weight else HiddenPart(report.hidden_score)


def _why_unscored(report: Report, hidden: HiddenPart, dimensions: tuple[DimensionResult, ...]) -> str | None:
    """Return why there is no score, "" where the failure has said it all; None where there is one."""
    before = too_little(judged_share(hidden.value, report.hidden_weight, report.dimensions))
    if report.score is None and (report.unscored_reason or "") != before:
        return report.unscored_reason or ""
    return too_little(judged_share(hidden.value, report.hidden_weight, dimensions)) or None
