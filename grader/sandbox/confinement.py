"""The bubblewrap command line of one run: what is seen inside, and nothing else."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from grader.model import Mount, SandboxJob
from grader.sandbox.environment import BuiltEnvironment
from grader.sandbox.inside import HOME, PRELUDE, USER, begin, memory_file_systems, variables

INSIDE_UID = 1000
HOST_NAME = "sandbox"
READY = "ready"
_SYSTEM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC_NETWORK = ("/etc/resolv.conf", "/etc/hosts")
_TO_ENTER = ("CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
_SEALED = ("--remount-ro", "/dev", "--remount-ro", "/")
_ETC_READ = ("/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives")


def bwrap_arguments(
    job: SandboxJob, environment: BuiltEnvironment, uid: int | None, files: Sequence[tuple[int, str]]
) -> list[str]:
    """Return bwrap's options. With `uid` bwrap runs as root and setpriv drops to that user inside; without, a user
    namespace is made. `files` are (descriptor, path) of small files to be written inside, such as /etc/passwd.
    """
    own = ["--bind", str(job.workspace), "/work", "--bind", str(job.output), "/out", "--chdir", "/work"]
    return [*_namespaces(uid, network=job.network), *_places(job, environment, uid, files), *own, *_SEALED]


def _places(
    job: SandboxJob, environment: BuiltEnvironment, uid: int | None, files: Sequence[tuple[int, str]]
) -> list[str]:
    """Show what every sandbox of this kind sees alike."""
    return [
        *_system(environment.base_prefix),
        *_etc(files),
        *_memory(job, uid),
        *("--ro-bind", str(job.environment or environment.path), "/env"),
        *_mounts(job.mounts),
    ]


def zygote_arguments(
    job: SandboxJob, environment: BuiltEnvironment, uid: int | None, files: Sequence[tuple[int, str]]
) -> list[str]:
    """Return bwrap's options for the process that forks those of works: it sees what they see, in the same places, and
    keeps the rights that entering their sandboxes takes. It stays among the host's processes, where they are found.
    """
    words = [
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-net",
        "--hostname",
        HOST_NAME,
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
    ]
    words += [word for name in _TO_ENTER for word in ("--cap-add", name)]
    if uid is None:
        words += ["--unshare-user", "--uid", str(INSIDE_UID), "--gid", str(INSIDE_UID)]
    return [*words, *_places(job, environment, uid, files), *_SEALED]


def _namespaces(uid: int | None, *, network: bool) -> list[str]:
    shared = ["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    shared += [] if network else ["--unshare-net"]
    shared += ["--hostname", HOST_NAME, "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    if uid is None:
        user = ["--unshare-user", "--uid", str(INSIDE_UID), "--gid", str(INSIDE_UID), "--disable-userns"]
    else:
        user = [word for name in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP") for word in ("--cap-add", name)]
    return [*shared, *user]


def _system(base_prefix: Path) -> list[str]:
    """Show the system's programs and libraries and the base Python; hide what was installed for other uses."""
    words = ["--ro-bind", "/usr", "/usr"]
    for name in _SYSTEM_FOLDERS:
        path = Path("/") / name
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    if not base_prefix.is_relative_to("/usr/local") and Path("/usr/local").is_dir():
        words += _emptied("/usr/local")
    if not base_prefix.is_relative_to("/usr") or base_prefix.is_relative_to("/usr/local"):
        words += [*_folders_above(str(base_prefix)), "--ro-bind", str(base_prefix), str(base_prefix)]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for folder in (base_prefix / "lib" / version / "site-packages", Path("/usr/lib/python3/dist-packages")):
        if folder.is_dir():
            words += _emptied(str(folder))
    return [*words, "--proc", "/proc", "--dev", "/dev"]


def _emptied(target: str) -> list[str]:
    return ["--size", "4096", "--tmpfs", target, "--remount-ro", target]


def _etc(files: Sequence[tuple[int, str]]) -> list[str]:
    words = ["--perms", "0755", "--dir", "/etc"]
    for path in _ETC_READ:
        words += ["--ro-bind-try", path, path]
    for descriptor, path in files:
        words += ["--perms", "0444", "--ro-bind-data", str(descriptor), path]
    return words


def etc_files(uid: int | None, *, network: bool) -> dict[str, str]:
    """Return the few files in /etc that libraries look for, by path; with a network also those that name its hosts."""
    number = INSIDE_UID if uid is None else uid
    names = {path: Path(path).read_text() for path in _ETC_NETWORK if Path(path).exists()} if network else {}
    return {
        "/etc/passwd": f"root:x:0:0::/:/usr/sbin/nologin\n{USER}:x:{number}:{number}::{HOME}:/bin/sh\n",
        "/etc/group": f"root:x:0:\n{USER}:x:{number}:\n",
        "/etc/nsswitch.conf": f"passwd: files\ngroup: files\nhosts: files{' dns' if network else ''}\n",
        "/etc/hosts": f"127.0.0.1 localhost {HOST_NAME}\n",
        **names,
    }


def _memory(job: SandboxJob, uid: int | None) -> list[str]:
    words = []
    for place in memory_file_systems(job):
        mode = "1777" if uid is not None else "0700"
        words += ["--perms", mode, "--size", str(place.bytes), "--tmpfs", place.target]
    return words


def _mounts(mounts: Iterable[Mount]) -> list[str]:
    words = []
    for mount in sorted(mounts, key=lambda mount: mount.target.count("/")):
        words += [*_folders_above(mount.target), "--ro-bind", str(mount.source), mount.target]
    return words


def _folders_above(target: str) -> list[str]:
    """Make the folders above `target`: those that bwrap makes by itself may be closed to the sandbox's user."""
    above = reversed(PurePosixPath(target).parents[:-1])
    return [word for folder in above for word in ("--perms", "0755", "--dir", str(folder))]


def inner_command(job: SandboxJob, uid: int | None, *, count_processes: bool) -> list[str]:
    """Return what bwrap starts: drop to the slot's user, set limits, print READY, and become the work when a line comes
    in; a command that gets ready reads the line itself.
    """
    script = f"{PRELUDE}echo {READY}; {begin(job)}"
    limited = limit_words(job, count_processes=count_processes)
    return [*_drop(uid), *limited, "/bin/sh", "-c", script, "sandbox", *job.argv]


def holding_command(job: SandboxJob, uid: int | None, *, count_processes: bool) -> list[str]:
    """Return what bwrap starts where the work's process comes in from outside: print READY, and end as that one says,
    or, when it says nothing, as if killed. The work can write to its memory, so it has the work's limits.
    """
    script = f'{PRELUDE}echo {READY}; read status || exit {128 + signal.SIGKILL}; exit "$status"'
    return [*_drop(uid), *limit_words(job, count_processes=count_processes), "/bin/sh", "-c", script]


def _drop(uid: int | None) -> list[str]:
    if uid is None:
        return []
    drop = ["/usr/bin/setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--bounding-set=-all"]
    return [*drop, "--inh-caps=-all", "--no-new-privs", "--"]


def limit_words(job: SandboxJob, *, count_processes: bool) -> list[str]:
    """Return the words before a command that set the limits of each process."""
    words = (f"--{name}={bound}" for name, bound in bounds(job, count_processes=count_processes).items())
    return ["/usr/bin/prlimit", *words, "--"]


def bounds(job: SandboxJob, *, count_processes: bool) -> dict[str, int]:
    """Return the limits of each process, as prlimit and RLIMIT_ name them."""
    limits = job.limits
    found = {"core": 0, "nofile": limits.open_files, "fsize": 2 * limits.disk_bytes}
    found["cpu"] = int(limits.wall_s * max(1, limits.cpus)) + 60
    return found | ({"nproc": limits.processes} if count_processes else {})


def environment_words(job: SandboxJob) -> list[str]:
    """Return bwrap's --setenv options; bwrap itself is started with an empty environment."""
    return [word for name, value in variables(job).items() for word in ("--setenv", name, value)]
