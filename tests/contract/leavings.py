"""What sandboxes may leave on a machine that others use at the same time: looked for, and told from what is theirs."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox_bench import containers, control_groups

from grader.errors import InfrastructureError
from grader.sandbox.container_options import OWNER_LABEL
from grader.sandbox.engine import engine
from grader.sandbox.group_meter import group_mounts, groups_of, place_in
from grader.sandbox.owner import is_alive
from grader.sandbox.slots import FIRST_UID, MOST_SLOTS
from grader.settings import read_settings

PLACES = ("/tmp", "/dev/shm", "/var/tmp", "/run")
DEPTH = 3  # levels below a place at which nothing may belong to a sandbox's user
MOST_BYTES = 1 << 20  # of a file that is looked into
PATIENCE_S, LOOK_EVERY_S = 15.0, 0.25
_CONTAINER = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_ENGINE_STATE = Path("/run/docker")
NAMED_NETWORKS, OF_TESTS = Path("/run/netns"), "grader-tests-"  # a test's networks are named so, after its process


@dataclass(frozen=True)
class Machine:
    """What there was at one time: mount points, files in the places, the engine's own folders, groups, containers."""

    mounts: frozenset[str]
    files: frozenset[str]
    engine_state: frozenset[str]
    groups: frozenset[str]
    containers: frozenset[str]


def machine() -> Machine:
    """Return what there is now."""
    return Machine(
        frozenset(_mount_points()),
        frozenset(str(path) for path in _files()),
        frozenset(str(path) for path in _engine_state()),
        frozenset(str(path) for path in control_groups()),
        frozenset(containers(OWNER_LABEL, lambda _: True)),
    )


def lasting(look: Callable[[], Iterable[str]]) -> list[str]:
    """Return what is there each time one looks, until that is nothing or patience ends.

    The engine takes a moment to clear away, and what others make and remove meanwhile comes and goes.
    """
    deadline = time.monotonic() + PATIENCE_S
    left = set(look())
    while left and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
        left &= set(look())
    return sorted(left)


def processes_in(words: Iterable[str]) -> list[str]:
    """Return the processes that are in one of the folders `words`, or have it mounted where they see other mounts."""
    words, ours = tuple(words), _namespace("self")
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            seen = str((folder / "cwd").readlink())
            if _namespace(folder.name) != ours:
                seen += f"\n{(folder / 'mountinfo').read_text()}"
            if int(folder.name) != os.getpid() and any(word in seen for word in words):
                found.append(f"process {folder.name} {(folder / 'cmdline').read_bytes()[:200]!r}")
        except OSError:
            continue
    return found


def _namespace(process: str) -> str:
    return str(Path("/proc", process, "ns", "mnt").readlink())


def new_mounts(before: Machine) -> set[str]:
    """Return the mounts that were not there before, and that neither a container there is accounts for nor a network
    that another process of tests has now.
    """
    theirs, new = _of_containers(), _mount_points() - before.mounts - _of_others_networks()
    return {f"mount {point}" for point in new if not any(word in point for word in theirs)}


def _of_others_networks() -> set[str]:
    """Return where the networks of other processes of tests that live are mounted, and the place of them all."""
    found, ours = set[str](), _descendants(os.getpid())
    for place in NAMED_NETWORKS.glob(f"{OF_TESTS}*"):
        process = int(place.name.removeprefix(OF_TESTS).partition("-")[0])
        if process not in ours and Path("/proc", str(process)).exists():
            found |= {str(place), str(NAMED_NETWORKS)}
    return found


def engine_leavings(before: Machine) -> set[str]:
    """Return the processes and folders that the engine still has for containers that are no longer there."""
    theirs = _of_containers()
    left = {f"engine {path}" for path in _engine_state() if str(path) not in before.engine_state | theirs}
    left = {line for line in left if line.rpartition("/")[2] not in theirs}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if ("runsc" in words or "shim" in words) and (named := set(_CONTAINER.findall(words))) and not named & theirs:
            left.add(f"process {folder.name} {words[:200]!r}")
    return left


def left_by_session(before: Machine, folder: Path) -> set[str]:
    """Return what a whole run of tests, with its files in `folder`, has left: processes, groups, containers, mounts.

    Graders of others run on the same machine: what an owner that lives has made is theirs, unless it comes from us, and
    so is what one that is dead has made where we could not have.
    """
    scratch, ours = read_settings().scratch, _descendants(os.getpid())
    foreign = {path.name for path in control_groups() if not _in_our_groups(path)}

    def left_by_us(owner: str) -> bool:
        process = owner.partition("-")[0]
        return (process.isdigit() and int(process) in ours) or (not is_alive(owner) and owner not in foreign)

    left = set(processes_in([str(folder), *(f"{scratch}/{number}-" for number in ours)]))
    left |= {f"group {path}" for path in control_groups() if str(path) not in before.groups and left_by_us(path.name)}
    left |= {line for line in containers(OWNER_LABEL, left_by_us) if line not in before.containers}
    return left | new_mounts(before) | engine_leavings(before)


def _in_our_groups(group: Path) -> bool:
    """Return whether a control group was made in one that we are in, or in one above, as ours are."""
    own = groups_of(os.getpid())
    for mount, options, root in [*group_mounts("cgroup"), *group_mounts("cgroup2")]:
        if group.is_relative_to(mount):
            path = next((own[name] for name in options if name in own), own.get("", "/"))
            return place_in(mount, root, path).is_relative_to(group.parent.parent)
    return True


def _descendants(process: int) -> set[int]:
    """Return `process` and all that come from it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(folder.name))
    found, waiting = set[int](), [process]
    while waiting:
        found.add(waiting[-1])
        waiting += children.get(waiting.pop(), [])
    return found


def new_files(before: Machine, words: Iterable[str], own: Path) -> set[str]:
    """Return the files that lie where a work that got out could write, those in `own` excepted.

    What belongs to a sandbox's user, as it does where the grader is root; and what has one of `words` in its name or in
    it, for others on this machine make files there too.
    """
    words = tuple(words)
    new = [path for path in _files() if str(path) not in before.files and not own.is_relative_to(path)]
    return {f"file {path}" for path in new if not path.is_relative_to(own) and (_is_slots(path) or _tells(path, words))}


def _is_slots(path: Path) -> bool:
    try:
        return FIRST_UID <= path.lstat().st_uid < FIRST_UID + MOST_SLOTS
    except OSError:
        return False


def _tells(path: Path, words: tuple[str, ...]) -> bool:
    if any(word in path.name for word in words):
        return True
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            return False
        data = path.read_bytes()
    except OSError:
        return False
    return any(word.encode() in data for word in words)


def _files() -> set[Path]:
    found: set[Path] = set()
    for place in PLACES:
        for here, folders, files in os.walk(place):
            found.update(Path(here, name) for name in (*folders, *files))
            if len(Path(here).relative_to(place).parts) >= DEPTH - 1:
                folders.clear()
    return found


def _mount_points() -> set[str]:
    return {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}


def _engine_state() -> set[Path]:
    return {
        Path(here, name) for here, names, _ in os.walk(_ENGINE_STATE) for name in names if _CONTAINER.fullmatch(name)
    }


def _of_containers() -> set[str]:
    """Return the ids of all containers there are, and the places that are mounted for them."""
    from docker.errors import NotFound  # the library is slow to load, which only its users should pay

    found: set[str] = set()
    try:
        with engine() as client:
            for container in client.containers(all=True):
                found.add(container["Id"])
                try:
                    told = client.inspect_container(container["Id"])
                except NotFound:
                    continue  # removed meanwhile
                places = (told["GraphDriver"]["Data"] or {}).get("MergedDir"), told["NetworkSettings"]["SandboxKey"]
                found.update(place for place in places if place)
    except InfrastructureError:
        return found
    return found
