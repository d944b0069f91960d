"""A well-behaved work that is graded all the while that hostile ones are, until it is told that they are through."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grading_process import GradingProcess
from hostile_work import FACTS, SHARED, WORKS

PATIENCE_S = 400.0
AT_WORK, OVER = "at-work", "over"  # files in its folder by which it and we tell each other


@dataclass(frozen=True)
class Span:
    """A stretch of time by the clock that all on this machine share."""

    began: float
    ended: float

    def holds(self, other: Span) -> bool:
        """Return whether `other` lies in it."""
        return self.began <= other.began <= other.ended <= self.ended


@dataclass
class Canary:
    """The grading of works/canary.py by a grader of its own."""

    process: GradingProcess

    def start(self) -> None:
        """Begin, and wait until it is at work."""
        self.process.start()
        self._wait_until(lambda: bool(self.process.places(AT_WORK)))

    def stop(self) -> None:
        """Tell it to end, and wait for its report."""
        for place in self.process.places(AT_WORK):
            place.with_name(OVER).touch()
        self._wait_until(lambda: not self.process.runs())
        self.process.wait()

    def _wait_until(self, there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not there():
            assert time.monotonic() < deadline, "the canary did not do as it was told"
            time.sleep(0.05)
            assert self.process.runs() or there(), self.process.said()

    def span(self) -> Span:
        """Return when it was at work, by its own word."""
        times = re.findall(r"^(?:began|ended) ([\d.]+)$", self.process.log("canary"), re.MULTILINE)
        began, ended = times
        return Span(float(began), float(ended))


def canary_source(folder: Path, told: str) -> Path:
    """Return the folder of the work."""
    source = folder / "canary"
    source.mkdir(parents=True)
    (source / FACTS).write_text(told)
    shutil.copy(WORKS / SHARED, source)
    shutil.copy(WORKS / "canary.py", source / "main.py")
    return source
