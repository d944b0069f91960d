"""Memory of a grader's processes and of its sandboxes, from the kernel's own accounts; used by warm.py.

"Proportional" counts a page that several processes share by its share in each, so that a sum over all that share it
counts it once; "resident" counts it each time. "Its own" are the pages that one process has alone.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.process_tree import descendants

EVERY_S = 1.0  # looking takes processor time from what is measured
MOST_PROCESSES = 1000


@dataclass(frozen=True)
class Memory:
    """Bytes of some processes together."""

    resident: int = 0
    proportional: int = 0
    own: int = 0

    def __add__(self, other: Memory) -> Memory:
        return Memory(self.resident + other.resident, self.proportional + other.proportional, self.own + other.own)

    def __str__(self) -> str:
        parts = {"resident": self.resident, "proportional": self.proportional, "its own": self.own}
        return ", ".join(f"{name} {megabytes(size)}" for name, size in parts.items())


def megabytes(size: int) -> str:
    """Return bytes in words."""
    return f"{size / 2**20:.0f} MB"


def memory_of(processes: Iterable[int]) -> Memory:
    """Return what these processes hold; one that is over holds nothing."""
    total = Memory()
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
        except OSError:
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
        own = sizes.get("Private_Clean", 0) + sizes.get("Private_Dirty", 0)
        total += Memory(sizes.get("Rss", 0), sizes.get("Pss", 0), own)
    return total


def processes_with(workspace: Path) -> list[int]:
    """Return the processes of the sandbox that has `workspace`."""
    found = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [process for process in found if str(workspace) in _mounts(process)]


def watched(command: list[str], folder: Path) -> tuple[float, Memory, Memory]:
    """Run `command` in `folder`; return its seconds, the most that the grader's own processes (itself, the reader of
    code, the zygote) held together, and the most that the sandboxes did.
    """
    started, graders, sandboxes = time.perf_counter(), Memory(), Memory()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    while process.poll() is None:
        everyone = {process.pid, *descendants((process.pid,), MOST_PROCESSES)[0]}
        inside = {one for one in everyone if " /work " in _mounts(one)}
        graders = max(graders, memory_of(everyone - inside), key=lambda memory: memory.proportional)
        sandboxes = max(sandboxes, memory_of(inside), key=lambda memory: memory.proportional)
        time.sleep(EVERY_S)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.perf_counter() - started, graders, sandboxes


def _mounts(process: int) -> str:
    try:
        return Path(f"/proc/{process}/mountinfo").read_text()
    except OSError:
        return ""
