"""A sandbox that confines nothing, for tests of what stands around one. It runs only what the tests wrote."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.model import SandboxJob, SandboxResult
from grader.model.run import Ended
from grader.sandbox.result import Death, RanOn, sandbox_result
from grader.sandbox.streams import BoundedLog
from grader.sandbox.watchdog import TICKS_S, Watchdog, written


@dataclass
class NoGauge:
    """Measures nothing."""

    def sample(self) -> Ended | None:
        return None

    def peak_memory_bytes(self) -> int | None:
        return None

    def cpu_s(self) -> float | None:
        return None

    def oom_kills(self) -> int:
        return 0

    def killed_below_limit(self) -> bool:
        return False

    def refused_processes(self) -> int:
        return 0


class FakeSandbox:
    """Runs a job as a plain child process in its workspace; /work and /out are not there, the folders are."""

    name = "fake"

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

    def sweep(self) -> None:
        """Nothing is ever left."""

    def run(self, job: SandboxJob, cancel: threading.Event) -> SandboxResult:
        argv = [sys.executable if job.argv[0] == "python" else job.argv[0], *job.argv[1:]]
        streams = [job.output.parent / name for name in ("stdout", "stderr")]
        dog = Watchdog(job, cancel, NoGauge(), written(job))
        with streams[0].open("wb") as out, streams[1].open("wb") as err:
            process = subprocess.Popen(
                argv, cwd=job.workspace, env=job.env, stdout=out, stderr=err, start_new_session=True
            )
            killed_for = None
            while process.poll() is None and killed_for is None:
                killed_for = dog.check()
                time.sleep(TICKS_S["cooperative"])
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with what it has started
            process.wait()
        logs = [_bounded(path, job.limits.log_bytes) for path in streams]
        death = Death(killed_for, process.returncode, dog.elapsed_s, logs[0], logs[1])
        return sandbox_result(death, dog, RanOn("cooperative", self.name))


def _bounded(path: Path, limit: int) -> BoundedLog:
    log = BoundedLog(limit)
    with path.open("rb") as file:
        while piece := file.read(1 << 16):
            log.add(piece)
    return log
