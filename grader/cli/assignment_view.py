"""How `grader assignment check` shows its findings: a line each, and what to do about those that are none to leave."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.authoring.result import CheckResult, ExampleGrade, Proof, Status

_MARKS: dict[Status, tuple[str, str]] = {
    "ok": ("ok  ", "green"),
    "warning": ("look", "yellow"),
    "defect": ("FAIL", "bold red"),
    "not_checked": ("--  ", "dim"),
}


def show_check(console: Console, item: CheckResult) -> None:
    """Print one finding: its mark, id and title, then what was seen, where, and how to mend it."""
    mark, style = _MARKS[item.status]
    quiet = item.status in ("ok", "not_checked")
    beside = f"  {item.what}" if quiet and item.what else ""
    line = Text.assemble("  ", (mark, style), f"  {item.id:<22}  {item.title}", (beside, "dim"))
    console.print(line, soft_wrap=True)
    if not quiet:
        where = f"{item.where}: " if item.where else ""
        _say(console, f"          {where}{item.what}")
        _say(console, f"        -> {item.mend}")


def show_examples(console: Console, grades: Sequence[ExampleGrade]) -> None:
    """Print what each example came to, in the stated order."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for name in ("", "example", "score", "95 %", "seconds", "outcome"):
        table.add_column(name)
    for grade in grades:
        score = "-" if grade.score is None else f"{grade.score:.1f}"
        interval = "-" if grade.low is None or grade.high is None else f"{grade.low:.0f} to {grade.high:.0f}"
        table.add_row("      ", grade.name, score, interval, f"{grade.seconds:.1f}", Text(grade.outcome))
    if grades:
        console.print(table)


def show_verdict(console: Console, proof: Proof) -> None:
    """Close with one sentence: sound or not, and how much there is to mend or to look at."""
    counted = {status: sum(item.status == status for item in proof.checks) for status in _MARKS}
    warnings = f", {counted['warning']} to look at" if counted["warning"] else ""
    if proof.sound:
        _say(console, f"\n{proof.slug} is sound: {counted['ok']} checks passed{warnings}.")
    else:
        _say(console, f"\n{proof.slug} is NOT sound: {counted['defect']} to mend{warnings}.")


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
