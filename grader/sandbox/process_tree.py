"""Memory and threads of a sandbox's whole process tree, sampled from /proc where no control group counts them.

Memory is what a control group would count: anonymous pages, shared ones, and files that exist in memory alone. Of the
last, those that a process has mapped count twice: better too early than never.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.sandbox.disk import unlinked_use

_CLOCK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class TreeUse:
    """Memory in bytes, the number of processes and threads, and their processor time in seconds."""

    memory_bytes: int
    tasks: int
    cpu_s: float


def tree_use(roots: Sequence[int], memory_limit: int, most_tasks: int) -> TreeUse:
    """Return what `roots` (of one sandbox) and everything below them uses; counting stops after `most_tasks`.

    Pages shared after a fork count once: the cheap sum, an upper bound, is refined only when it is over the limit.
    """
    processes, tasks = descendants(roots, most_tasks)
    nameless = unlinked_use(processes, _memory_files()).bytes
    upper = sum(_resident(process) for process in processes)
    memory = upper if upper + nameless <= memory_limit else sum(_proportional(process) for process in processes)
    return TreeUse(memory + nameless, tasks, sum(_cpu_s(process) for process in processes))


def descendants(roots: Sequence[int], most_tasks: int) -> tuple[list[int], int]:
    """Return the process ids of `roots` and everything below them, and how many threads they have in all."""
    found, tasks, waiting = [], 0, list(roots)
    while waiting and tasks <= most_tasks:
        process = waiting.pop()
        try:
            threads = os.listdir(f"/proc/{process}/task")  # noqa: PTH208 - hot loop
        except OSError:
            continue
        found.append(process)
        tasks += len(threads)
        for thread in threads:
            waiting += [int(word) for word in _read(f"/proc/{process}/task/{thread}/children").split()]
    return found, tasks


@cache
def _memory_files() -> int:
    """Return the number of the device that files from memfd_create are on."""
    with os.fdopen(os.memfd_create("grader", os.MFD_CLOEXEC)) as file:
        return os.fstat(file.fileno()).st_dev


def _resident(process: int) -> int:
    return _kilobytes(f"/proc/{process}/status", "RssAnon", "RssShmem")


def _proportional(process: int) -> int:
    return _kilobytes(f"/proc/{process}/smaps_rollup", "Pss_Anon", "Pss_Shmem") or _resident(process)


def _kilobytes(path: str, *names: str) -> int:
    """Return the sum of those fields in bytes."""
    fields = (line.partition(":") for line in _read(path).splitlines())
    return sum(int(value.split()[0]) for name, _, value in fields if name in names) * 1024


def _cpu_s(process: int) -> float:
    """Return what the process and its ended children have used."""
    fields = _read(f"/proc/{process}/stat").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _CLOCK


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
