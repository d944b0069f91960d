"""What `grader rescore` says: what changed, for whom, and in all; progress goes to standard error."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.pipeline import Rescored, VerdictChange
from grader.report.visible import one_line

LISTED_WHEN_UNCHANGED = 20
LARGEST = 5
MOST_CRITERIA = 8
EVERY = 200


class RescoreView:
    """Says each change as it is known, and the whole at the end."""

    def __init__(self, console: Console, progress: Console, total: int) -> None:
        self._console, self._err, self._total, self._done = console, progress, total, 0
        columns = (TextColumn("rescoring"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=progress, transient=True)
        self._task = self._bar.add_task("rescoring", total=total)

    def __enter__(self) -> RescoreView:
        if self._err.is_terminal and self._total > 1:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def one(self, result: Rescored, *, as_json: bool) -> None:
        """Say what became of one report; one that is left as it was always, one unchanged only among few."""
        self._done += 1
        self._bar.advance(self._task)
        if not self._err.is_terminal and self._done % EVERY == 0:
            self._say(self._err, f"{self._done:,} of {self._total:,}")
        if result.problem:
            self._say(self._err, f"{result.directory}: left as it is: {result.problem}")
        elif not as_json and (result.changed or self._total <= LISTED_WHEN_UNCHANGED):
            self._say(self._console, _line(result))

    def summary(self, done: Sequence[Rescored], summaries: Sequence[Path], *, as_json: bool) -> None:
        """Say how many changed, the largest changes, the criteria concerned, and whose ranking was written anew."""
        if as_json:
            print(json.dumps(_form(done, summaries), indent=2))
            return
        for text in (*_totals(done), *dict.fromkeys(f"Note: {r.note}." for r in done if r.note)):
            self._say(self._console, text)
        for folder in summaries:
            self._say(self._console, f"Ranking written anew: {folder / 'index.html'}")

    def stopped(self, done: int) -> None:
        """Say that not all was done, and what mends it."""
        self._say(self._err, f"Stopped: {done:,} of {self._total:,} rescored, each whole. Rescore again for the rest.")

    def _say(self, console: Console, text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)


def _line(result: Rescored) -> str:
    name = one_line(result.directory, 200)
    if not result.changed:
        return f"{name}: {_mark(result.before)}, unchanged"
    moved = result.before != result.after
    score = f"{_mark(result.before)} -> {_mark(result.after)}" if moved else f"{_mark(result.before)} as before"
    said = [f"{change.criterion} {change.before} -> {change.after}" for change in result.judged_otherwise]
    said += [f"new: {change.criterion} {change.after}" for change in result.added]
    said += [f"gone: {change.criterion}" for change in result.gone]
    return f"{name}: {score}" + (f"  ({'; '.join(said)})" if said else "")


def _totals(done: Sequence[Rescored]) -> list[str]:
    good = [result for result in done if not result.problem]
    moved = [result for result in good if result.before != result.after]
    counts = f"{len(good):,} rescored: {len(moved):,} with another score"
    counts += f", {sum(bool(result.judged_otherwise) for result in good):,} with another verdict"
    if others := sum(bool(result.added or result.gone) for result in good):
        counts += f", {others:,} with criteria that are new or gone"
    counts += f", {sum(not result.changed for result in good):,} unchanged"
    if len(done) > len(good):
        counts += f"; {len(done) - len(good):,} left as they were"
    lines = [f"{counts}."]
    if len(moved) > 1:
        largest = sorted(moved, key=lambda result: (-result.difference, result.directory))[:LARGEST]
        told = (f"{one_line(r.name, 60)} {_mark(r.before)} -> {_mark(r.after)}" for r in largest)
        lines.append(f"Largest changes: {', '.join(told)}.")
    if len(good) > 1:
        lines += _by_criterion("Verdicts changed in", (result.judged_otherwise for result in good))
        lines += _by_criterion("New", (result.added for result in good))
        lines += _by_criterion("Gone", (result.gone for result in good))
    rubrics = sorted({(result.rubric_before, result.rubric_after) for result in good})
    lines += [f"Rubric {old} -> {new}." for old, new in rubrics if old != new]
    return lines


def _by_criterion(label: str, changes: Iterable[Sequence[VerdictChange]]) -> list[str]:
    """Return a line with the criteria concerned most often, and how often; none where there are none."""
    counted = Counter(change.criterion for found in changes for change in found)
    told = [f"{name} ({number:,})" for name, number in counted.most_common(MOST_CRITERIA)]
    return [f"{label}: {', '.join(told)}."] if told else []


def _form(done: Sequence[Rescored], summaries: Sequence[Path]) -> dict[str, object]:
    good = [result for result in done if not result.problem]
    return {
        "rescored": len(good),
        "score_changed": sum(result.before != result.after for result in good),
        "verdict_changed": sum(bool(result.judged_otherwise) for result in good),
        "criteria_changed": sum(bool(result.added or result.gone) for result in good),
        "unchanged": sum(not result.changed for result in good),
        "left": len(done) - len(good),
        "reports": [result.model_dump(mode="json", exclude={"exit_status"}) for result in done],
        "summaries": [str(path) for path in summaries],
    }


def _mark(score: float | None) -> str:
    return "not scored" if score is None else f"{score:.1f}"
