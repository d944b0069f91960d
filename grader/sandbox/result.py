"""Says how a run ended, from what the host itself saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from grader.model import SandboxResult
from grader.model.run import Ended, Enforcement
from grader.sandbox.classify import STATUS_OF_KILLED, how_it_ended
from grader.sandbox.streams import BoundedLog
from grader.sandbox.watchdog import Watchdog


class RanOn(NamedTuple):
    """What a run ran on: who holds its limits, the backend, and the engine's runtime where one was chosen."""

    enforcement: Enforcement
    backend: str
    runtime: str = ""


@dataclass(frozen=True)
class Death:
    """What is known of a dead sandbox: `killed_for` when we ended it, else the status its main process ended with.

    `cpu_s` is what the kernel said of its processes, None when nothing; `oom_killed` what the engine said.
    """

    killed_for: Ended | None
    exit_code: int | None
    wall_s: float
    stdout: BoundedLog
    stderr: BoundedLog
    cpu_s: float | None = None
    oom_killed: bool = False


def sandbox_result(death: Death, dog: Watchdog, ran_on: RanOn) -> SandboxResult:
    """Return the record of a run."""
    oom_killed = death.oom_killed or dog.gauge.oom_kills() > 0
    ended = how_it_ended(
        death.killed_for,
        death.exit_code,
        oom_killed=oom_killed,
        refused_processes=dog.gauge.refused_processes() > 0,
        disk_is_full=bool(death.killed_for is None and death.exit_code) and dog.disk_is_full(),
    )
    known = death.killed_for is None and not (ended == "memory" and death.exit_code == STATUS_OF_KILLED)
    used = dog.gauge.cpu_s() or death.cpu_s
    return SandboxResult(
        ended=ended,
        exit_code=death.exit_code if known else None,
        wall_s=death.wall_s,
        cpu_s=None if used is None else max(0.0, used - dog.cpu_before_s),
        peak_memory_bytes=dog.gauge.peak_memory_bytes(),
        stdout=death.stdout.text(),
        stderr=death.stderr.text(),
        truncated=death.stdout.truncated or death.stderr.truncated,
        oom_killed=oom_killed or ended == "memory",
        killed_below_limit=dog.gauge.killed_below_limit(),
        **ran_on._asdict(),
    )
