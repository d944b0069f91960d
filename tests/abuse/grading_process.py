"""One `grader grade` that runs beside others, and what it leaves of reports and of itself."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measured import Measured

GRADER = Path(sys.executable).with_name("grader")


@dataclass
class GradingProcess:
    """Grades `sources` into `folder`/out-NAME with the further `words`, in an environment with those variables added.

    `scratch` is where its private folder is, named after its process.
    """

    name: str
    folder: Path
    sources: list[Path]
    words: list[str]
    scratch: Path
    environment: dict[str, str]
    status: int | None = None
    peak_kilobytes: int = 0
    _process: Measured | None = None

    @property
    def output(self) -> Path:
        """Where its reports go."""
        return self.folder / f"out-{self.name}"

    @property
    def number(self) -> int:
        """Its process id."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Begin."""
        words = [str(GRADER), "grade", *map(str, self.sources), *self.words, "--output", str(self.output)]
        environment = {**os.environ, **self.environment}
        with self._log.open("wb") as out:
            self._process = Measured.started(words, self.folder / f"measured-{self.name}", out, environment)

    def wait(self) -> None:
        """Wait for its end, and note its status and the most memory that it, or a process it waited for, has had."""
        if self.status is None and self._process is not None:
            self.status = self._process.between.wait()
            self.peak_kilobytes = self._process.peak_kilobytes

    def runs(self) -> bool:
        """Return whether it has not ended."""
        return self._process is not None and self._process.between.poll() is None

    def tell(self, number: int) -> None:
        """Send it a signal."""
        with suppress(ProcessLookupError):  # it has ended just now
            os.kill(self.number, number)

    def kill(self) -> None:
        """End it if it still runs; for when a test has stopped half-way."""
        if self.status is None and self._process is not None:
            self.tell(signal.SIGTERM)
            self.wait()

    def said(self) -> str:
        """Return what it has printed."""
        return self._log.read_text()

    def report_file(self, name: str) -> Path:
        """Return where one work's report is, or will be."""
        return (self.output if len(self.sources) == 1 else self.output / name) / "report.json"

    def reported(self) -> list[str]:
        """Return the works that have one."""
        return [source.name for source in self.sources if self.report_file(source.name).exists()]

    def reports(self) -> dict[str, dict[str, Any]]:
        """Return them, once it has ended."""
        return {name: json.loads(self.report_file(name).read_text()) for name in self.reported()}

    def log(self, name: str, file: str = "stdout.txt") -> str:
        """Return one of a work's stored logs, nothing where there is none."""
        path = self.report_file(name).parent / "logs" / file
        return path.read_text(errors="replace") if path.exists() else ""

    def places(self, name: str) -> list[Path]:
        """Return the files of that name in the folders of what it is grading now."""
        folders = (walked for folder in self.scratch.glob(f"{self.number}-*") for walked in os.walk(folder))
        return [Path(here, name) for here, _, files in folders if name in files]

    @property
    def _log(self) -> Path:
        return self.folder / f"said-{self.name}"
