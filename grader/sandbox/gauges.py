"""The ways a sandbox is measured: by its control group, by sampling its processes, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Limits
from grader.model.run import Ended
from grader.sandbox.group_meter import GroupMeter
from grader.sandbox.process_tree import tree_use


class GroupGauge:
    """Reads a control group, whose limits the kernel itself holds; remembers what was last seen of one that is gone."""

    def __init__(self, group: GroupMeter | None) -> None:
        """Without a group nothing is known."""
        self._group = group
        self._peak = 0
        self._cpu_s = 0.0

    def sample(self) -> Ended | None:
        """Note the present use; the kernel needs no help with the limits."""
        if self._group is not None:
            self._peak = max(self._peak, self._group.memory_bytes())
            self._group.notice()
            self._cpu_s = max(self._cpu_s, self._group.cpu_s())
        return None

    def peak_memory_bytes(self) -> int | None:
        """Return the most that was seen at a tick."""
        return self._peak or None

    def cpu_s(self) -> float | None:
        """Return what the group has used."""
        return self._cpu_s or None

    def oom_kills(self) -> int:
        """Return the group's counter, which it remembers."""
        return self._group.oom_kills() if self._group is not None else 0

    def killed_below_limit(self) -> bool:
        """Return what the group says."""
        return self._group is not None and self._group.killed_below_limit()

    def refused_processes(self) -> int:
        """Return the group's counter, which it remembers."""
        return self._group.refused_processes() if self._group is not None else 0


class TreeGauge:
    """Samples the sandbox's processes, `roots` and all below them, and says when they use too much."""

    def __init__(self, roots: Sequence[int], limits: Limits) -> None:
        self._roots, self._limits = roots, limits
        self._peak = self._most_tasks = 0
        self._cpu_s = 0.0

    def sample(self) -> Ended | None:
        """Note memory, threads and processor time; returns the limit that is passed."""
        limits = self._limits
        used = tree_use(self._roots, limits.memory_bytes, 2 * limits.processes)
        self._peak = max(self._peak, used.memory_bytes)
        self._most_tasks = max(self._most_tasks, used.tasks)
        self._cpu_s = max(self._cpu_s, used.cpu_s)
        if used.memory_bytes > limits.memory_bytes:
            return "memory"
        return "processes" if used.tasks > limits.processes + 2 else None

    def peak_memory_bytes(self) -> int | None:
        """Return the most that was seen at a tick."""
        return self._peak or None

    def cpu_s(self) -> float | None:
        """Return what was seen at the last tick, so a little too few."""
        return self._cpu_s or None

    def oom_kills(self) -> int:
        """Return 0: a kill by the kernel cannot be seen from here."""
        return 0

    def killed_below_limit(self) -> bool:
        """Return False, for the same reason."""
        return False

    def refused_processes(self) -> int:
        """Return 1 when the tree was seen at its limit, so that more would have been refused."""
        return int(self._most_tasks >= self._limits.processes)
