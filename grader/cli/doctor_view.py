"""How `grader doctor` shows what it finds, line by line while it is looking."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cli.checkup import Checkup
from grader.model.run import Enforcement
from grader.sandbox import HostFact, ProbeFinding

_HELD = {
    "enforced": "limits enforced by the kernel",
    "cooperative": "limits cooperative: a watchdog kills what goes over, a moment late",
}


class DoctorView:
    """Writes to `console`; what came out of a sandbox is shown as plain text only."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def facts(self, facts: Sequence[HostFact]) -> None:
        """Show what is here."""
        table = Table(box=None, padding=(0, 2), show_header=False)
        for fact in facts:
            table.add_row(_mark(fact.good, "--", "yellow"), fact.name, Text(fact.detail))
        self._console.print(table)

    def chosen(self, name: str | None, reason: str) -> None:
        """Show which sandbox will be used."""
        self._say(f"\nSubmissions will run in: {name}" if name else f"\n{reason} Mend one of those marked -- above.")

    def backend(self, name: str, reason: str | None, enforcement: Enforcement | None = None) -> None:
        """Begin a backend's part."""
        held = f": {_HELD[enforcement]}" if enforcement else ": can be used"
        self._say(f"\n{name}{held}" if reason is None else f"\n{name} cannot be used: {reason}")

    def trying(self, backend: str, title: str) -> AbstractContextManager[object]:
        """Show what is being tried, for as long as it lasts."""
        return self._console.status(Text(f"{backend}: {title}"))

    def finding(self, finding: ProbeFinding) -> None:
        """Show one probe's result, and on a failure what was seen and what to do."""
        self._console.print(Text.assemble("  ", _mark(finding.passed, "FAIL", "bold red"), f"  {finding.title}"))
        for problem in finding.problems:
            self._say(f"          {problem}")
        if not finding.passed:
            self._say(f"        -> {finding.advice}")

    def verdict(self, checkup: Checkup) -> None:
        """Close with one sentence on each backend, and on whether submissions can be run."""
        self._say("")
        for check in checkup.backends:
            if check.probes:
                failed = f"{len(check.failed)} of {len(check.probes)} probes FAILED" if check.failed else "stood all"
                self._say(f"{check.name}: {failed} {'' if check.failed else f'{len(check.probes)} probes'}".rstrip())
        if checkup.offer:
            self._say(checkup.offer)
        if checkup.chosen and not checkup.good:
            self._say(f"Do not grade with {checkup.chosen} here before this is mended.")

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def _mark(good: bool, bad: str, style: str) -> Text:
    return Text("ok  " if good else bad, style="green" if good else style)
