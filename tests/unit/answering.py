"""Parts for gradings in which everything is real but the run: it is made up, in this process."""

from __future__ import annotations

import csv
import threading
from collections.abc import Sequence

from grader.evidence.facts import read_facts
from grader.model import CodeFacts, SandboxJob, SandboxResult, Submission, UnreachedBlock


class AnsweringSandbox:
    """Runs nothing, for a damaged work is nobody's code to run on a host; answers every row as a good work would."""

    name = "answering"

    def why_unavailable(self) -> str | None:
        return None

    def environment_digest(self) -> str:
        return "0" * 64

    def prepare(self, job: SandboxJob, *, alone: bool = False) -> None:
        """Nothing is started ahead."""

    def wait_until_ready(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing waits."""

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        with (job.workspace / "data" / "test.csv").open(newline="") as rows:
            lines = [f"{row['customer_id']},0.5\n" for row in csv.DictReader(rows)]
        (job.output / "predictions.csv").write_text("customer_id,prediction\n" + "".join(lines))
        (job.output / "run.json").write_text('{"status": "completed"}')
        nothing = {"wall_s": 0, "cpu_s": 0, "peak_memory_bytes": 0, "stdout": "", "stderr": "", "exit_code": 0}
        return SandboxResult.model_validate(
            {**nothing, "ended": "exited", "enforcement": "cooperative", "backend": self.name}
        )


class SameProcessReader:
    """Reads code in this process, so that an error of the reader is seen here."""

    def read(self, submission: Submission, unreached: Sequence[UnreachedBlock] = ()) -> CodeFacts:
        return read_facts(submission.root, [entry.path for entry in submission.files], unreached=unreached)


class Silent:
    """Hears of every step and says nothing."""

    def step(self, source: str, step: str, detail: str = "") -> None:
        """Do nothing."""
