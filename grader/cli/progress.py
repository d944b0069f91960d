"""The live display of a batch: one row a submission, kept current from worker threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from grader.ports import Step

LABELS: dict[Step, str] = {
    "intake": "taking in",
    "plan": "planning",
    "sandbox": "running",
    "collect": "collecting",
    "score": "scoring",
    "report": "reporting",
    "done": "done",
    "failed": "done, failed",
}
ENDED = ("done", "failed")
MOST_ROWS = 12


class Progress:
    """A ProgressListener that shows what each submission is doing: live on a terminal, a line each elsewhere."""

    def __init__(self, console: Console, names: Sequence[str]) -> None:
        self._console = console
        self._names = list(names)
        self._state: dict[str, tuple[Step, str, float]] = {}
        self._spent: dict[str, float] = {}
        self._lock = threading.Lock()
        self._live = Live(self, console=console, refresh_per_second=8, transient=True)
        self._spinner = Spinner("dots")

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def step(self, source: str, step: Step, detail: str = "") -> None:
        """Note that `source` has reached `step`; safe to call from any thread."""
        now = time.monotonic()
        with self._lock:
            started = self._state[source][2] if source in self._state else now
            self._state[source] = (step, detail, started)
            if step in ENDED:
                self._spent[source] = now - started
        if step in ENDED and not self._console.is_terminal and len(self._names) > 1:
            self._console.print(f"{len(self._spent)}/{len(self._names)} {escape(source)}: {LABELS[step]}")

    def seconds(self, source: str) -> float:
        """Return how long `source` took from its first step to its end, 0 while it has not ended."""
        with self._lock:
            return self._spent.get(source, 0.0)

    def __rich__(self) -> Table:
        with self._lock:
            state, spent = dict(self._state), dict(self._spent)
        table = Table.grid(padding=(0, 2))
        now = time.monotonic()
        active = [name for name in self._names if name in state and name not in spent]
        for name in active[:MOST_ROWS]:
            step, detail, started = state[name]
            row = Text(f"{LABELS[step]} {detail}".strip(), overflow="ellipsis", no_wrap=True)
            table.add_row(self._spinner, Text(name, style="bold"), row, Text(f"{now - started:.0f} s", style="dim"))
        table.add_row("", Text(f"{len(spent)} of {len(self._names)} graded", style="dim"), "", "")
        return table
