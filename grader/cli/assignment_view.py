"""How `grader assignment check` shows its findings: a line each, and what to do about those that are none to leave."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from grader.authoring.result import CheckResult, Proof, Status

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
