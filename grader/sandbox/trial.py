"""A run of next to nothing, which shows whether a backend works on this machine."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from grader.model import Limits, SandboxJob, SandboxResult

LIMITS = Limits(wall_s=20, cpus=1, memory_bytes=1 << 28, disk_bytes=1 << 20)


def trial_run(run: Callable[[SandboxJob, threading.Event], SandboxResult]) -> SandboxResult:
    """Return how /bin/true ends in a backend's `run`; raises what that raises, and OSError without a place for it."""
    with tempfile.TemporaryDirectory(prefix="grader-trial-") as folder:
        work, out = Path(folder, "work"), Path(folder, "out")
        work.mkdir()
        out.mkdir()
        job = SandboxJob(run_id="trial", argv=("true",), workspace=work, output=out, limits=LIMITS)
        return run(job, threading.Event())
