"""The report and the ranking in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model import Failure, Report
from grader.report.findings import OUTCOME_WORDS, Weighed, costliest, resting_on, strengths
from grader.report.formats import interval, measure, metric_name, points, sentence, where
from grader.report.gates import gate_sentences
from grader.report.history import history_sentences
from grader.report.notebooks import ended_words, notebooks_sentence
from grader.report.profile import profile_sentences
from grader.report.ranking import ranked
from grader.report.stress import first_run_suites, stress_sentences
from grader.report.unjudged import unjudged_rows, unjudged_sentence
from grader.report.visible import one_line

OUTCOME_STYLES = {
    "completed": "green",
    "submission_failed": "red",
    "limit_exceeded": "yellow",
    "infrastructure_failed": "magenta",
}
BAR = 20


def print_report(console: Console, report: Report, location: Path | None) -> None:
    """Print one report's summary: score, failure, dimensions, what cost most, and where the pages are."""
    console.print(_headline(report))
    if report.failure:
        _print_failure(console, report.failure)
    if report.unscored_reason:
        console.print(Text(f"  {one_line(report.unscored_reason)}"))
    for gate in gate_sentences(report):
        console.print(Text(f"  {one_line(gate, 600)}", style="yellow"))
    console.print()
    console.print(_dimensions(report))
    for dimension in report.dimensions:
        if few := resting_on(dimension):
            console.print(Text(f"  {one_line(dimension.title)} is judged {few}.", style="dim"))
    _print_lines(console, "Robustness", profile_sentences(report))
    _print_lines(console, "Stress run", stress_sentences(report))
    _print_lines(console, "Notebooks", _notebooks(report))
    _print_lines(console, "How it came about", history_sentences(report))
    _print_findings(console, "What cost most", costliest(report, 4), "red")
    _print_findings(console, "What is good", strengths(report, 3), "green")
    _print_lines(console, "What could not be judged", _unjudged(report))
    if location is not None:
        console.print()
        console.print(Text(f"Report: {location / 'report.html'}", overflow="fold"), soft_wrap=True)


def print_ranking(console: Console, reports: Sequence[tuple[str, Report]], output: Path) -> None:
    """Print the reports as a table, best first, and where the pages are; it fits 80 columns."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("Submission", max_width=24, overflow="fold")
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("95%", no_wrap=True)
    if tested := any(report.hidden for _, report in reports):
        table.add_column("Unseen data", no_wrap=True)
    table.add_column("Outcome", overflow="fold")
    for item in ranked(reports):
        report = item.report
        table.add_row(
            Text("–" if item.rank is None else str(item.rank)),
            Text(one_line(item.name, 48)),
            Text(points(report.score), style="bold"),
            Text(_short_interval(report)),
            *([Text(_unseen(report))] if tested else []),
            Text(_why(report), style=OUTCOME_STYLES[report.outcome]),
        )
    console.print(table)
    console.print(Text(f"Ranking: {output / 'index.html'}   Reports: {output}/*/report.html"), soft_wrap=True)


def _headline(report: Report) -> Text:
    score = "not scored" if report.score is None else points(report.score)
    bounds = interval(report.low, report.high)
    line = Text(one_line(report.submission.name, 60), style="bold")
    line.append("  ").append(score, style="bold cyan")
    line.append(f" ({bounds})" if bounds else "", style="dim")
    line.append("  ").append(OUTCOME_WORDS[report.outcome], style=OUTCOME_STYLES[report.outcome])
    for suite in first_run_suites(report)[:1]:
        line.append(f"  {metric_name(suite.metric)} {measure(suite.value)} on unseen data", style="not bold")
    return line


def _print_failure(console: Console, failure: Failure) -> None:
    place = where(failure.path, failure.cell, failure.line)
    console.print(Text(f"  {one_line(failure.message, 400)} ({failure.code})", style="red"))
    if place:
        console.print(Text(f"  Where: {one_line(place)}"))
    if failure.hint:
        console.print(Text(f"  What to do: {one_line(failure.hint, 400)}"))


def _dimensions(report: Report) -> Table:
    table = Table.grid(padding=(0, 2))
    rows = [(dimension.title, dimension.weight, dimension.score) for dimension in report.dimensions]
    if report.hidden_weight:
        rows.insert(0, ("Result on unseen data", report.hidden_weight, report.hidden_score))
    everything = sum(weight for _, weight, _ in rows) or 1
    for title, weight, score in rows:
        filled = round(BAR * (score or 0) / 100)
        bar = Text("━" * filled, style="cyan").append("─" * (BAR - filled), style="dim")
        shown = Text("not scored" if score is None else points(score), justify="right")
        table.add_row(
            "",
            Text(title),
            bar,
            shown,
            Text(f"weight {100 * weight / everything:.0f}%", style="dim"),
        )
    return table


def _print_findings(console: Console, title: str, items: Sequence[Weighed], style: str) -> None:
    if not items:
        return
    console.print()
    console.print(Text(title, style="bold"))
    for item in items:
        line = Text("  ")
        sign = "−" if item.cost >= 0.05 else "+"
        line.append(f"{sign}{item.cost:.1f} " if item.has_points and sign == "−" else f"{sign} ", style=style)
        line.append(one_line(item.criterion.title)).append(": ").append(one_line(item.criterion.reason, 400))
        if item.criterion.evidence:
            span = item.criterion.evidence[0]
            line.append(f" [{one_line(where(span.path, span.cell, span.line, span.end_line), 100)}]", style="dim")
        console.print(line)


def _print_lines(console: Console, title: str, lines: Sequence[str]) -> None:
    if lines:
        console.print()
        console.print(Text(title, style="bold"))
        for line in lines:
            console.print(Text(f"  {one_line(line, 600)}"))


def _notebooks(report: Report) -> list[str]:
    books = report.run.notebooks if notebooks_sentence(report) else ()
    return [f"{book.path}: {ended_words(book)}" for book in books]


def _unjudged(report: Report) -> list[str]:
    """Return what was not judged in short: of each kind the first, for the page tells them all."""
    found = [(item, about) for item, about in unjudged_rows(report) if item.kind != "needs_human"]
    lines = [f"{item.what}: {sentence(item.why)}{f' ({about})' if about else ''}" for item, about in found]
    ends = (unjudged_sentence(report, "needs_human"), unjudged_sentence(report, "not_applicable"))
    return [*lines, *(text for text in ends if text)]


def _short_interval(report: Report) -> str:
    return "" if report.low is None or report.high is None else f"{report.low:.0f}–{report.high:.0f}"


def _unseen(report: Report) -> str:
    suite = report.hidden[0] if report.hidden else None
    return f"{metric_name(suite.metric)} {measure(suite.value)}" if suite else "–"


def _why(report: Report) -> str:
    """Return the outcome, or the failure's code alone: a longer one would break the line in two."""
    return OUTCOME_WORDS[report.outcome] if report.failure is None else one_line(report.failure.code, 60)
