"""Many reports, best first: the order, and `summary.json` and `summary.csv`."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from grader.model import DIMENSIONS, SCHEMA_VERSION, Report
from grader.report.visible import encodable, one_line

NAME_CHARACTERS = 500
_GROUPS = {"completed": 0, "submission_failed": 1, "limit_exceeded": 1, "infrastructure_failed": 2}
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class Standing(Protocol):
    """What has a place in a ranking: a report, or the figures that are kept of one."""

    @property
    def outcome(self) -> str | None:
        """One of the four outcomes, None before there is a report."""

    @property
    def score(self) -> float | None:
        """0..100, None where there is none."""

    @property
    def low(self) -> float | None:
        """The lower end of the score's 95 % interval, None without one."""

    @property
    def high(self) -> float | None:
        """The upper end."""


S = TypeVar("S", bound=Standing)


@dataclass(frozen=True)
class Ranked(Generic[S]):
    """One report in its place; `rank` is None where there is no score to rank by."""

    rank: int | None
    name: str
    report: S


def ranked(reports: Sequence[tuple[str, S]]) -> list[Ranked[S]]:
    """Return the reports best first: completed ones by score, then those that failed, then what our side lost.

    Equal scores share a rank and stand in the order of their names.
    """
    ordered = sorted(reports, key=_order)
    found: list[Ranked[S]] = []
    for place, (name, report) in enumerate(ordered, start=1):
        if report.outcome == "infrastructure_failed" or report.score is None:
            rank = None
        else:
            rank = found[-1].rank if found and _tied(found[-1].report, report) else place
        found.append(Ranked(rank, name, report))
    return found


def overlapping(one: Standing, other: Standing) -> bool:
    """Return whether the intervals of two overlap: other unseen rows might have put them in the other order. A score
    without an interval is one point.
    """
    (low, high), (other_low, other_high) = _interval(one), _interval(other)
    return low <= other_high and other_low <= high


def dimension_titles(reports: Sequence[tuple[str, Report]]) -> dict[str, str]:
    """Return the five dimensions and then those of plugins that any of the reports has, with their titles."""
    further = {part.id: part.title for _, report in reports for part in report.dimensions if part.id not in DIMENSIONS}
    return {**DIMENSIONS, **dict(sorted(further.items()))}


def summary_json(reports: Sequence[tuple[str, Report]], kept: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the ranking as JSON: {schema_version, ranking: [{rank, name, outcome, score, ...}]}.

    `kept` are rows of an earlier ranking whose reports cannot be read; they come last, without a rank.
    """
    form = {"schema_version": SCHEMA_VERSION, "ranking": _rows(reports, kept)}
    return json.dumps(form, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def summary_csv(reports: Sequence[tuple[str, Report]], kept: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the ranking as CSV; a text that a spreadsheet would run as a formula starts with an apostrophe."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    for number, row in enumerate(_rows(reports, kept)):
        if number == 0:
            writer.writerow(row)
        writer.writerow(guarded(value) for value in row.values())
    return target.getvalue()


def _order(named: tuple[str, Standing]) -> tuple[int, bool, float, str]:
    name, report = named
    return _group(report), report.score is None, -(report.score or 0), name


def _tied(one: Standing, other: Standing) -> bool:
    return _group(one) == _group(other) and one.score == other.score


def _group(report: Standing) -> int:
    return _GROUPS[report.outcome or "infrastructure_failed"]


def _interval(report: Standing) -> tuple[float, float]:
    """Return the ends of the interval; without a score one that overlaps with nothing."""
    if report.score is None:
        return math.inf, -math.inf
    return (
        report.score if report.low is None else report.low,
        report.score if report.high is None else report.high,
    )


def _rows(reports: Sequence[tuple[str, Report]], kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    titles = dimension_titles(reports)
    rows = [_row(item, titles) for item in ranked(reports)]
    columns = rows[0] if rows else kept[0] if kept else {}
    return rows + [{name: None if name == "rank" else row.get(name) for name in columns} for row in kept]


def _row(item: Ranked[Report], dimensions: Iterable[str]) -> dict[str, Any]:
    report = item.report
    suite = report.hidden[0] if report.hidden else None
    scores = {dimension.id: dimension.score for dimension in report.dimensions}
    return {
        "rank": item.rank,
        "name": encodable(one_line(item.name, NAME_CHARACTERS)),
        "outcome": report.outcome,
        "score": report.score,
        "low": report.low,
        "high": report.high,
        "hidden_metric": suite.metric if suite else None,
        "hidden_value": suite.value if suite else None,
        "hidden_low": suite.low if suite else None,
        "hidden_high": suite.high if suite else None,
        **{dimension: scores.get(dimension) for dimension in dimensions},
        "failure_code": report.failure.code if report.failure else None,
        "failure_message": encodable(one_line(report.failure.message, NAME_CHARACTERS)) if report.failure else None,
        "digest": report.submission.digest,
        "run_id": report.receipt.run_id,
    }


def guarded(value: Any) -> Any:
    """Return a cell's value, a text that a spreadsheet would run as a formula with an apostrophe before it."""
    if isinstance(value, str) and value.lstrip().startswith(_FORMULA_STARTS):
        return "'" + value
    return value
