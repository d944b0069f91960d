"""Reads what a control group counts, version 1 or 2, whoever made it."""

from __future__ import annotations

from pathlib import Path

_CHARGED_AHEAD = 4 << 20  # bytes: the kernel counts in batches, and a page may be large


class GroupMeter:
    """Reads one group; `folders` maps a controller to its folder. What cannot be read, or is gone, counts as 0."""

    def __init__(self, version: int, folders: dict[str, Path]) -> None:
        self._version, self._folders = version, folders
        self._refused = self._killed = 0
        self._killed_below_limit = False

    def notice(self) -> None:
        """Look at the counters of what happens to a work at its limits, which are remembered when the group is gone."""
        self.oom_kills()
        self.refused_processes()

    def oom_kills(self) -> int:
        """Return how many processes the kernel has killed because the group was out of memory, as last seen."""
        name = "memory.oom_control" if self._version == 1 else "memory.events"
        killed = self._field("memory", name, "oom_kill")
        if killed > self._killed:
            self._killed, self._killed_below_limit = killed, self._has_come_to_its_limit() is False
        return self._killed

    def killed_below_limit(self) -> bool:
        """Return whether the last kill came before the group was at its limit: then the machine was out of memory, or
        a group above was.
        """
        return self._killed_below_limit

    def _has_come_to_its_limit(self) -> bool | None:
        """Return whether it ever had all the memory that it may, None when that cannot be read any more.

        Version 1's counters of refusals do not count each kind of them.
        """
        if self._version == 2:
            said = self._read("memory", "memory.events")
            return self._field("memory", "memory.events", "oom") > 0 if said else None
        limit, *most = (
            self._read("memory", f"memory.{name}_in_bytes") for name in ("limit", "max_usage", "memsw.max_usage")
        )
        if not limit or not most[0]:
            return None
        return max(int(use) for use in most if use) + _CHARGED_AHEAD >= int(limit)

    def refused_processes(self) -> int:
        """Return how often a new process or thread was refused because there were too many, as last seen."""
        self._refused = max(self._refused, self._field("pids", "pids.events", "max"))
        return self._refused

    def memory_bytes(self) -> int:
        """Return the memory in use that cannot be dropped: anonymous and shared, without the page cache."""
        names = ("total_rss", "total_shmem") if self._version == 1 else ("anon", "shmem")
        return sum(self._field("memory", "memory.stat", name) for name in names)

    def cpu_s(self) -> float:
        """Return the processor time used so far in seconds."""
        if self._version == 2:
            return self._field("cpu", "cpu.stat", "usage_usec") / 1e6
        text = self._read("cpuacct", "cpuacct.usage").strip()
        return int(text) / 1e9 if text else 0

    def _field(self, controller: str, name: str, field: str) -> int:
        for line in self._read(controller, name).splitlines():
            key, _, value = line.partition(" ")
            if key == field:
                return int(value)
        return 0

    def _read(self, controller: str, name: str) -> str:
        folder = self._folders.get(controller)
        try:
            return (folder / name).read_text() if folder else ""
        except OSError:
            return ""


def meter_of(process: int, container: str) -> GroupMeter | None:
    """Return a meter of the group that `process` is in, None unless it is of this machine's container `container`."""
    try:
        groups = groups_of(process)
    except OSError:
        return None
    if not any(container in path for path in groups.values()):
        return None
    for version, kind in ((1, "cgroup"), (2, "cgroup2")):
        folders = {}
        for mount, options, root in group_mounts(kind):
            for controller in options if version == 1 else ("memory", "pids", "cpu"):
                path = groups.get(controller if version == 1 else "")
                if path is not None:
                    folders[controller] = place_in(mount, root, path)
        if (folders.get("memory", Path("/nowhere")) / "memory.stat").exists():
            return GroupMeter(version, folders)
    return None


def groups_of(process: int) -> dict[str, str]:
    """Return controller -> path of the group that `process` is in; version 2's one group is under ""."""
    groups: dict[str, str] = {}
    for line in Path(f"/proc/{process}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        groups.update(dict.fromkeys(controllers.split(","), path))
    return groups


def group_mounts(kind: str) -> list[tuple[Path, list[str], str]]:
    """Return (mount point, super options, root within the file system) of each mount of file-system type `kind`."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        file_system, _, options = rest.split(" ", 2)
        if file_system == kind:
            found.append((Path(fields.split()[4]), options.split(","), fields.split()[3]))
    return found


def place_in(mount: Path, root: str, path: str) -> Path:
    """Return the folder of the group `path` below a mount that shows the hierarchy from `root` on."""
    inside = path.removeprefix(root) if root != "/" else path
    return mount / inside.strip("/")
