"""Control groups, where this process may make them: limits that the kernel holds for a sandbox as a whole.

Version 1 as root, version 2 where a parent group is delegated to us. Each run has a group of its own, named after the
grader's process, so that the ones of a dead grader are known and swept.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.errors import InfrastructureError
from grader.model import Limits
from grader.sandbox.group_meter import GroupMeter, group_mounts, groups_of, place_in
from grader.sandbox.owner import is_alive, owner_tag

FOLDER = "takehome-grader"
PERIOD_US = 100_000


@dataclass(frozen=True)
class Hierarchy:
    """Where groups can be made: controller -> parent folder. In version 2 all parents are the same folder."""

    version: int
    parents: dict[str, Path]


@cache
def usable_hierarchy() -> Hierarchy | None:
    """Return where this process can make groups with memory and process limits, None if nowhere."""
    for found in (_version_1(), _version_2()):
        if found is not None:
            return found
    return None


def _version_1() -> Hierarchy | None:
    own = groups_of(os.getpid())
    parents: dict[str, Path] = {}
    for mount, options, root in group_mounts("cgroup"):
        for controller in {"memory", "pids", "cpu", "cpuset", "cpuacct"} & set(options):
            parents[controller] = place_in(mount, root, own.get(controller, "/")) / FOLDER
    if not {"memory", "pids"} <= parents.keys():
        return None
    try:
        for controller, parent in parents.items():
            parent.mkdir(exist_ok=True)
            if controller == "cpuset":
                for name in ("cpuset.cpus", "cpuset.mems"):
                    (parent / name).write_text((parent.parent / name).read_text())
        _try_a_group(parents["pids"])
    except OSError:
        return None
    return Hierarchy(1, parents)


def _version_2() -> Hierarchy | None:
    """Take the nearest group above ours that hands out memory and pids and lets us make groups."""
    own = groups_of(os.getpid()).get("", "/")
    for mount, _, root in group_mounts("cgroup2"):
        place = place_in(mount, root, own)
        for above in (place, *place.parents):
            if not above.is_relative_to(mount):
                break
            try:
                handed_out = set((above / "cgroup.subtree_control").read_text().split())
                if not {"memory", "pids"} <= handed_out:
                    continue
                parent = above / FOLDER
                parent.mkdir(exist_ok=True)
                wanted = handed_out & {"memory", "pids", "cpu", "cpuset"}
                (parent / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in sorted(wanted)))
                _try_a_group(parent)
            except OSError:
                continue
            return Hierarchy(2, dict.fromkeys(wanted, parent))
    return None


def _try_a_group(parent: Path) -> None:
    """Make a group and move a process into it and out again; raises OSError where that is not allowed."""
    group = parent / f"{owner_tag()}.try"
    group.mkdir(exist_ok=True)
    try:
        child = os.posix_spawn("/bin/sh", ["sh", "-c", f'echo $$ >"{group}/cgroup.procs"'], {})
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
            raise PermissionError(f"{group} takes no process")
    finally:
        _remove(group)


class ControlGroup(GroupMeter):
    """One run's group: made with its limits, entered by the sandbox, read while it runs, removed when it is dead."""

    def __init__(self, hierarchy: Hierarchy, run_id: str, limits: Limits, cpu_ids: Sequence[int]) -> None:
        """Make the group; raises InfrastructureError when the kernel refuses."""
        name = f"{owner_tag()}.{re.sub(r'[^A-Za-z0-9_-]', '_', run_id)[:64]}.{secrets.token_hex(4)}"
        super().__init__(
            hierarchy.version, {controller: parent / name for controller, parent in hierarchy.parents.items()}
        )
        try:
            for folder in set(self._folders.values()):
                folder.mkdir()
            self._set_limits(limits, cpu_ids)
        except OSError as error:
            self.remove()
            raise InfrastructureError("infrastructure.sandbox", f"No control group could be made: {error}") from error

    def _set_limits(self, limits: Limits, cpu_ids: Sequence[int]) -> None:
        cpus = ",".join(str(number) for number in cpu_ids)
        quota = int(limits.cpus * PERIOD_US)
        if self._version == 1:
            self._write("memory", "memory.limit_in_bytes", limits.memory_bytes)
            self._write("memory", "memory.memsw.limit_in_bytes", limits.memory_bytes, optional=True)
            self._write("cpu", "cpu.cfs_quota_us", quota)
            if "cpuset" in self._folders:
                above = self._folders["cpuset"].parent
                self._write("cpuset", "cpuset.mems", (above / "cpuset.mems").read_text())
                self._write("cpuset", "cpuset.cpus", cpus or (above / "cpuset.cpus").read_text())
        else:
            self._write("memory", "memory.max", limits.memory_bytes)
            self._write("memory", "memory.swap.max", 0, optional=True)
            self._write("cpu", "cpu.max", f"{quota} {PERIOD_US}")
            if cpus:
                self._write("cpuset", "cpuset.cpus", cpus)
        self._write("pids", "pids.max", limits.processes)

    def _write(self, controller: str, name: str, value: object, *, optional: bool = False) -> None:
        if controller not in self._folders:
            return
        path = self._folders[controller] / name
        if not (optional and not path.exists()):
            path.write_text(str(value))

    def let_die_fast(self) -> None:
        """Lift the limits on processors, so that what has been killed is not kept waiting for its turn to end."""
        if self._version == 1:
            changes = [("cpu", "cpu.cfs_quota_us", "-1")]
            if "cpuset" in self._folders:
                all_cpus = (self._folders["cpuset"].parent / "cpuset.cpus").read_text()
                changes.append(("cpuset", "cpuset.cpus", all_cpus))
        else:
            changes = [("cpu", "cpu.max", f"max {PERIOD_US}"), ("cpuset", "cpuset.cpus", "")]
        for controller, name, value in changes:
            with contextlib.suppress(OSError):
                self._write(controller, name, value)
        everywhere = os.sched_getaffinity(0)
        with contextlib.suppress(OSError):
            for line in (self._folders["pids"] / "cgroup.procs").read_text().split():
                with contextlib.suppress(OSError):
                    os.sched_setaffinity(int(line), everywhere)

    @property
    def doors(self) -> tuple[str, ...]:
        """The files that a process writes its id to in order to enter."""
        return tuple(str(folder / "cgroup.procs") for folder in sorted(set(self._folders.values())))

    def remove(self) -> None:
        """Kill what is left in the group and remove it."""
        for folder in set(self._folders.values()):
            _remove(folder)


def _remove(folder: Path) -> None:
    for _ in range(200):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            _kill_members(folder)
            time.sleep(0.01)
        else:
            return


def _kill_members(folder: Path) -> None:
    with contextlib.suppress(OSError):
        for line in (folder / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(line), signal.SIGKILL)


def sweep_groups() -> None:
    """Remove the groups of graders that are no longer alive, and what still runs in them."""
    hierarchy = usable_hierarchy()
    for parent in set(hierarchy.parents.values()) if hierarchy else ():
        for group in parent.iterdir():
            if group.is_dir() and not is_alive(group.name):
                _remove(group)
