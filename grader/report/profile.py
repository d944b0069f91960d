"""The robustness profile: how the metric holds on other data, in subgroups and on messy rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from grader.model import HiddenResult, Report, RoundResult, SliceResult
from grader.model.served import Measured
from grader.model.suites import IID, MESSY, REPEAT
from grader.report.formats import count, figure, measure, metric_name

LIKE_PUBLIC = "rows like the public ones"
AFTER_PUBLIC = "rows after the public ones"
MESSY_ROWS = "messy rows"
AFTER_MESSY = "rows after a messy history"


@dataclass(frozen=True)
class ProfileRow:
    """One line of the profile. `place`, `low` and `high` are 0 at the baseline and 1 at the reference, by `marks`; None
    where the rows are not judged, for which `reason` stands. `note` says what is special about them.
    """

    name: str
    metric: str
    value: float
    interval: tuple[float, float] | None
    place: float | None
    low: float | None
    high: float | None
    rows: int
    missing: int
    marks: tuple[float, float] | None = None
    note: str = ""
    reason: str = ""
    is_slice: bool = False

    @property
    def way(self) -> str:
        """The normalised value, as reports show it."""
        return "not judged" if self.place is None else f"{self.place:.0%}"


def profile_rows(report: Report) -> tuple[ProfileRow, ...]:
    """Return the suites, each followed by its subgroups and cut-offs; nothing where there is the first suite alone."""
    found: list[ProfileRow] = []
    for suite in report.hidden:
        if suite.suite != REPEAT:
            found.append(_suite(suite))
            found += [_slice(part, suite) for part in suite.slices]
            found += [_round(part, suite) for part in suite.rounds]
    return tuple(found) if len(found) > 1 else ()


def worst_slice(report: Report) -> SliceResult | None:
    """Return the subgroup with the lowest normalised value among those that are surely worse than all rows: whose
    interval, normalised, ends below the normalised value over all. None where there is none.
    """
    worse = [
        (part.normalised, part.name, part)
        for suite in report.hidden
        for part in suite.slices
        if part.normalised is not None and (part.normalised_high or 0) < (suite.normalised or 0)
    ]
    return min(worse, key=lambda found: found[:2])[2] if worse else None


def profile_sentences(report: Report) -> tuple[str, ...]:
    """Return what the suites, the subgroups and the altered copies say, a sentence each."""
    suites = [_holds(suite, report.hidden[0]) for suite in report.hidden[1:] if suite.suite != REPEAT]
    return (*suites, *profile_remarks(report))


def profile_remarks(report: Report) -> tuple[str, ...]:
    """Return the sentences that say what no line of the profile does: which subgroup is worst, and of the copies."""
    found = _of_slices(report)
    found += [_worst_round(suite) for suite in report.hidden if len(suite.rounds) > 1]
    if report.twins is not None:
        found.append(report.twins.told(metric_name(report.twins.metric)))
    return tuple(found)


def _of_slices(report: Report) -> list[str]:
    judged = [part for suite in report.hidden for part in suite.slices if part.normalised is not None]
    if not judged:
        return []
    worst, first = worst_slice(report), report.hidden[0]
    if worst is None:
        where = "In the one subgroup" if len(judged) == 1 else f"In each of the {len(judged)} subgroups"
        return [f"{where} that can be judged, by its own marks, it may well do as it does over all rows."]
    value = f"{metric_name(first.metric)} {measure(worst.value)} on {count(worst.rows, 'row')}"
    way = f"{worst.normalised:.0%} of the way from its own baseline to its own reference"
    return [f"The worst subgroup is {worst.name}: {value}, {way}, after {first.normalised:.0%} over all."]


def _worst_round(suite: HiddenResult) -> str:
    worst = min(suite.rounds, key=lambda part: (part.normalised, part.cutoff))
    said = f"{metric_name(suite.metric)} {measure(worst.value)}, after {measure(suite.value)} over all"
    of = "" if suite.suite == IID else f" of the suite {suite.suite}"
    return f"The worst of the {len(suite.rounds)} cut-offs{of} is {worst.cutoff}: {said}."


def _name(suite: HiddenResult) -> str:
    if suite.suite == IID:
        return AFTER_PUBLIC if suite.rounds else LIKE_PUBLIC
    return _messy_name(suite) if suite.suite == MESSY else suite.suite


def _messy_name(suite: HiddenResult) -> str:
    """Return what is messy: the rows, or, where a law says so, the history before them."""
    return AFTER_MESSY if suite.law else MESSY_ROWS


def is_measured(suite: HiddenResult) -> bool:
    """Tell whether a suite is what the sandbox measured of the run, and of no rows."""
    return suite.metric in get_args(Measured)


def _holds(suite: HiddenResult, first: HiddenResult) -> str:
    if is_measured(suite):
        return f"{metric_name(suite.metric)} of the run: {figure(suite.value, suite.metric)}."
    name = _messy_name(suite) if suite.suite == MESSY else f"the suite {suite.suite}"
    if suite.reason:
        return f"The suite {suite.suite} has nothing: {suite.reason}"
    text = f"On {name}: {metric_name(suite.metric)} {measure(suite.value)}"
    text += f" ({measure(suite.low)} to {measure(suite.high)})"
    if suite.metric == first.metric:
        text += f", after {measure(first.value)}"
    text += f", {count(suite.rows, 'row')}"
    return f"{text}, {suite.missing:,} without a valid prediction." if suite.missing else f"{text}."


def _suite(suite: HiddenResult) -> ProfileRow:
    return ProfileRow(
        name=_name(suite),
        metric=suite.metric,
        value=suite.value,
        interval=None if is_measured(suite) else (suite.low, suite.high),
        place=suite.normalised,
        low=suite.normalised_low,
        high=suite.normalised_high,
        rows=suite.rows,
        missing=suite.missing,
        marks=None if suite.normalised is None else (suite.baseline, suite.reference),
        note=suite.law,
        reason=suite.reason or suite.unjudged,
    )


def _slice(part: SliceResult, suite: HiddenResult) -> ProfileRow:
    return ProfileRow(
        name=part.name,
        metric=suite.metric,
        value=part.value,
        interval=(part.low, part.high),
        place=part.normalised,
        low=part.normalised_low,
        high=part.normalised_high,
        rows=part.rows,
        missing=0,
        marks=None if part.baseline is None or part.reference is None else (part.baseline, part.reference),
        reason=part.unjudged,
        is_slice=True,
    )


def _round(part: RoundResult, suite: HiddenResult) -> ProfileRow:
    """Return the line of one cut-off, whose few days have no interval worth the name."""
    return ProfileRow(
        name=f"after {part.cutoff}",
        metric=suite.metric,
        value=part.value,
        interval=None,
        place=part.normalised,
        low=part.normalised,
        high=part.normalised,
        rows=part.rows,
        missing=0,
        is_slice=True,
    )
