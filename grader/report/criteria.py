"""The criteria alone, in the terminal: what `grader read` shows."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model import CriterionResult, Failure
from grader.report.findings import VERDICT_WORDS
from grader.report.formats import where
from grader.report.visible import one_line

STYLES = {"not_met": "red", "partly": "yellow", "needs_human": "cyan", "met": "green", "not_applicable": "dim"}


def print_criteria(console: Console, source: str, failure: Failure | None, criteria: Sequence[CriterionResult]) -> None:
    """Print each criterion with its verdict, reason and first place, what needs attention first, and how many of each;
    a failure instead where nothing could be read.
    """
    console.print(Text(source, style="bold"))
    if failure:
        console.print(Text(f"  {failure.code}: {failure.message} {failure.hint}".rstrip(), style="red"))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for verdict, style in STYLES.items():
        for item in (one for one in criteria if one.verdict == verdict):
            told = Text(f"{item.id}\n", style="bold").append(one_line(item.reason, 600), style="not bold")
            if item.evidence:
                first = item.evidence[0]
                told.append(f" [{where(first.path, first.cell, first.line)}]", style="not bold dim")
            table.add_row(Text(f"  {VERDICT_WORDS[verdict]}", style=style), told)
    console.print(table)
    counts = {verdict: sum(item.verdict == verdict for item in criteria) for verdict in STYLES}
    said = ", ".join(f"{number} {VERDICT_WORDS[verdict].lower()}" for verdict, number in counts.items() if number)
    console.print(Text(f"  {said}." if said else "", style="bold"))
