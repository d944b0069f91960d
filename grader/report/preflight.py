"""A preflight in the terminal: what was found, check by check, and what to do."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model import Preflight, PreflightStage
from grader.report.formats import environment, where
from grader.report.visible import one_line

TITLES: dict[PreflightStage, str] = {
    "intake": "Taken in",
    "plan": "How it is run",
    "environment": "Packages",
    "run": "The run",
    "predictions": "predictions.csv",
    "outputs": "Further table",
}
MARKS = {True: ("ok", "green"), False: ("FAIL", "bold red"), None: ("--", "dim")}
WIDEST = 600


def print_preflight(console: Console, preflight: Preflight, location: Path) -> None:
    """Print every check, what failed and what to do about it, and where the logs are."""
    table = Table.grid(padding=(0, 2))
    for check in preflight.checks:
        word, style = MARKS[check.passed]
        found = "Not reached." if check.passed is None else one_line(check.found, WIDEST)
        table.add_row(Text(word, style=style), Text(check.file or TITLES[check.id]), Text(found))
    console.print(table)
    _print_failure(console, preflight)
    for note in (*preflight.submission.notes, *preflight.run.warnings):
        console.print(Text(f"Note: {one_line(note, WIDEST)}"))
    if preflight.written:
        console.print(Text(f"In the output folder: {one_line(', '.join(preflight.written), WIDEST)}"))
    if preflight.run.environment is not None:
        console.print(Text(f"{environment(preflight.run.environment)}, {preflight.run.sandbox}"))
    console.print(Text(verdict(preflight), style="green" if preflight.ready else "red"))
    console.print(Text(f"What it printed and wrote: {location}"), soft_wrap=True)


def _print_failure(console: Console, preflight: Preflight) -> None:
    failure = preflight.failure
    if failure is None:
        return
    place = where(failure.path, failure.cell, failure.line)
    for title, text in (("Code", failure.code), ("Where", place), ("What to do", failure.hint)):
        if text:
            console.print(Text(f"      {title}: {one_line(text, WIDEST)}"))


def verdict(preflight: Preflight) -> str:
    """Return in a sentence or two what a candidate has to know first."""
    if preflight.ready:
        return "It runs, and its predictions are well formed. Nothing was said about how good they are."
    if preflight.failure is None:
        return "It runs, but a table that is asked for is missing or cannot be read: at grading it would earn nothing."
    if preflight.outcome == "infrastructure_failed":
        return "This machine failed, not your work: nothing can be said of it. Try again."
    if preflight.outcome == "limit_exceeded":
        return "It went over a limit. So it would at grading, but for a machine that is faster than this one."
    return "It would fail at grading as it is."
