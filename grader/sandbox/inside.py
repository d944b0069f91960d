"""What a sandbox looks like from inside, the same on every backend: paths, variables, the few words that start it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from grader.model import SandboxJob

HOME = "/home/sandbox"
USER = "sandbox"

# Runs inside, before the work: offers the prepared font cache, then becomes the work.
PRELUDE = 'mkdir -p "$MPLCONFIGDIR" && ln -s /env/share/matplotlib/*.json "$MPLCONFIGDIR" 2>/dev/null; '

READY_FILE = ".ready"  # in /out, made by a command that gets ready
WANTED_FILE = ".wanted"  # in /out, made by us where a work waits for it already

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMEXPR_MAX_THREADS",
    "LOKY_MAX_CPU_COUNT",
    "POLARS_MAX_THREADS",
    "PYTHON_CPU_COUNT",
)


def begin(job: SandboxJob) -> str:
    """Return the words of shell that become the job's command: at once if it gets ready, else when a line comes in."""
    return 'exec "$@"' if job.gets_ready else 'read _ || exit 125; exec "$@" </dev/null'


@dataclass(frozen=True)
class MemoryFileSystem:
    """A tmpfs of the sandbox: where, and how much it may hold at most."""

    target: str
    bytes: int


def memory_file_systems(job: SandboxJob) -> tuple[MemoryFileSystem, ...]:
    """Return the writable places in memory. What they hold counts both as memory and as disk."""
    disk = job.limits.disk_bytes
    return (
        MemoryFileSystem("/tmp", disk),
        MemoryFileSystem("/dev/shm", min(disk, job.limits.memory_bytes // 2)),
        MemoryFileSystem("/run", 1 << 20),
        MemoryFileSystem(HOME, disk),
    )


def variables(job: SandboxJob) -> dict[str, str]:
    """Return the whole process environment: paths, thread counts that follow the CPUs granted, then the job's own."""
    cpus = str(granted_cpus(job))
    return {
        "PATH": "/env/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "USER": USER,
        "LOGNAME": USER,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": "/tmp",
        "MPLCONFIGDIR": f"{HOME}/.config/matplotlib",
        "LD_LIBRARY_PATH": "/env/lib/native",
        **dict.fromkeys(_THREAD_VARIABLES, cpus),
        **job.env,
    }


def granted_cpus(job: SandboxJob) -> int:
    """Return how many CPUs the work may keep busy."""
    usable = len(job.cpu_ids) or len(os.sched_getaffinity(0))
    return max(1, min(usable, job.limits.cpus))
