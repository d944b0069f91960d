"""Several reports on one page, best first: `index.html` beside the ranking's JSON and CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from grader.model import Report
from grader.report.findings import OUTCOME_WORDS
from grader.report.html import page
from grader.report.ranking import dimension_titles, ranked

_CHIPS = {"submission_failed": "not_met", "limit_exceeded": "partly", "infrastructure_failed": "needs_human"}


def render_index(reports: Sequence[tuple[str, Report]]) -> str:
    """Return one self-contained HTML page that ranks `reports` (folder name -> report) and links to each."""
    items = ranked(reports)
    outcomes = Counter(report.outcome for _, report in reports)
    return page(
        "index.html.j2",
        rows=[(item, f"{quote(item.name)}/report.html", _failed(item.report)) for item in items],
        title=_title([report for _, report in reports]),
        tally=[(OUTCOME_WORDS[outcome], number) for outcome, number in outcomes.most_common()],
        dimensions=dimension_titles(reports),
        tested=any(report.hidden for _, report in reports),
    )


def _title(reports: Sequence[Report]) -> str:
    assignment = next((report.assignment for report in reports if report.assignment), None)
    return (assignment.title or assignment.slug) if assignment else "Portfolio reading"


def _failed(report: Report) -> tuple[str, str, str] | None:
    """Return (verdict that lends its colour, outcome, why) of what did not complete, or has no score."""
    if report.outcome != "completed":
        return _CHIPS[report.outcome], OUTCOME_WORDS[report.outcome], report.failure.message if report.failure else ""
    return ("needs_human", "Not scored", report.unscored_reason) if report.unscored_reason else None
