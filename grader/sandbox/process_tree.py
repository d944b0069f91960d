"""Memory and threads of a sandbox's whole process tree, sampled from /proc where no control group counts them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_CLOCK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class TreeUse:
    """Anonymous memory in bytes, the number of processes and threads, and their processor time in seconds."""

    memory_bytes: int
    tasks: int
    cpu_s: float


def tree_use(roots: Sequence[int], memory_limit: int, most_tasks: int) -> TreeUse:
    """Return what `roots` (of one sandbox) and everything below them uses; counting stops after `most_tasks`.

    Pages shared after a fork count once: the cheap sum, an upper bound, is refined only when it is over the limit.
    """
    processes, tasks = descendants(roots, most_tasks)
    upper = sum(_resident_anonymous(process) for process in processes)
    memory = upper if upper <= memory_limit else sum(_proportional_anonymous(process) for process in processes)
    return TreeUse(memory, tasks, sum(_cpu_s(process) for process in processes))


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


def _resident_anonymous(process: int) -> int:
    fields = _read(f"/proc/{process}/statm").split()
    return (int(fields[1]) - int(fields[2])) * _PAGE if len(fields) > 2 else 0


def _proportional_anonymous(process: int) -> int:
    for line in _read(f"/proc/{process}/smaps_rollup").splitlines():
        if line.startswith("Pss_Anon:"):
            return int(line.split()[1]) * 1024
    return _resident_anonymous(process)


def _cpu_s(process: int) -> float:
    """Return what the process and its ended children have used."""
    fields = _read(f"/proc/{process}/stat").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _CLOCK


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
