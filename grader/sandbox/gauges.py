"""The two ways bubblewrap's sandboxes are measured: by their control group, or by sampling their processes."""

from __future__ import annotations

from grader.model import Limits
from grader.model.run import Ended
from grader.sandbox.cgroups import ControlGroup
from grader.sandbox.process_tree import tree_use


class GroupGauge:
    """Reads a control group; the kernel itself holds the limits."""

    def __init__(self, group: ControlGroup) -> None:
        self._group = group
        self._peak = 0

    def sample(self) -> Ended | None:
        """Note the memory in use; the kernel needs no help with the limits."""
        self._peak = max(self._peak, self._group.memory_bytes())
        return None

    def peak_memory_bytes(self) -> int | None:
        """Return the most that was seen at a tick."""
        return self._peak or None

    def cpu_s(self) -> float | None:
        """Return what the group has used."""
        return self._group.cpu_s()

    def oom_kills(self) -> int:
        """Return the group's counter."""
        return self._group.oom_kills()

    def refused_processes(self) -> int:
        """Return the group's counter."""
        return self._group.refused_processes()


class TreeGauge:
    """Samples the process tree below the sandbox's first process, and says when it uses too much."""

    def __init__(self, root: int, limits: Limits) -> None:
        self._root, self._limits = root, limits
        self._peak = 0
        self._most_tasks = 0

    def sample(self) -> Ended | None:
        """Note memory and threads; returns the limit that is passed."""
        limits = self._limits
        used = tree_use(self._root, limits.memory_bytes, 2 * limits.processes)
        self._peak = max(self._peak, used.memory_bytes)
        self._most_tasks = max(self._most_tasks, used.tasks)
        if used.memory_bytes > limits.memory_bytes:
            return "memory"
        return "processes" if used.tasks > limits.processes + 2 else None

    def peak_memory_bytes(self) -> int | None:
        """Return the most that was seen at a tick."""
        return self._peak or None

    def cpu_s(self) -> float | None:
        """Return None: what children used is known only once they have ended."""
        return None

    def oom_kills(self) -> int:
        """Return 0: a kill by the kernel cannot be seen from here."""
        return 0

    def refused_processes(self) -> int:
        """Return 1 when the tree was seen at its limit, so that more would have been refused."""
        return int(self._most_tasks >= self._limits.processes)
