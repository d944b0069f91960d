"""The criteria alone, in the terminal: what `grader read` shows."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model import CriterionResult, Failure

STYLES = {"met": "green", "partly": "yellow", "not_met": "red", "not_applicable": "dim", "needs_human": "cyan"}


def print_criteria(console: Console, source: str, failure: Failure | None, criteria: Sequence[CriterionResult]) -> None:
    """Print one line a criterion with its verdict and reason; a failure instead where nothing could be read."""
    console.print(Text(source, style="bold"))
    if failure:
        console.print(Text(f"  {failure.code}: {failure.message} {failure.hint}".rstrip(), style="red"))
    table = Table.grid(padding=(0, 2))
    for item in criteria:
        verdict = Text(item.verdict.replace("_", " "), style=STYLES[item.verdict])
        table.add_row("", verdict, item.id, Text(item.reason))
    console.print(table)
