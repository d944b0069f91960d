"""What the engine is told about one container: nothing of the host, no network, no privileges, and every limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.model import SandboxJob
from grader.sandbox.inside import PRELUDE, begin, memory_file_systems, variables
from grader.sandbox.owner import host_id, owner_tag
from grader.sandbox.seccomp import engine_profile

if TYPE_CHECKING:
    from docker import APIClient

OWNER_LABEL = "takehome-grader.owner"
HOST_LABEL = "takehome-grader.host"
RUN_LABEL = "takehome-grader.run"
DEADLINE_LABEL = "takehome-grader.wall-s"
GVISOR = "runsc"
_GVISOR_THREADS = 512  # with fewer, gVisor's own kernel cannot start its threads and dies with status 2


def create_container(client: APIClient, job: SandboxJob, image: str, uid: int, runtime: str | None, mark: str) -> str:
    """Create the container, not started, and return its id. It prints `mark` on both streams, and the
    work begins when a line comes in."""
    script = f"{PRELUDE}echo {mark}; echo {mark} >&2; {begin(job)}"
    return str(
        client.create_container(
            image,
            ["/bin/sh", "-c", script, "sandbox", *job.argv],
            entrypoint=[],
            user=f"{uid}:{uid}",
            hostname="sandbox",
            working_dir="/work",
            stdin_open=True,
            environment=variables(job),
            network_disabled=not job.network,
            labels={
                OWNER_LABEL: owner_tag(),
                HOST_LABEL: host_id(),
                RUN_LABEL: job.run_id,
                DEADLINE_LABEL: str(job.limits.wall_s),
            },
            host_config=client.create_host_config(**_host_options(job, uid, runtime)),
        )["Id"]
    )


def _host_options(job: SandboxJob, uid: int, runtime: str | None) -> dict[str, Any]:
    limits = job.limits
    cpus = ",".join(str(number) for number in job.cpu_ids)
    return {
        "network_mode": "bridge" if job.network else "none",
        "ipc_mode": "none",  # a /dev/shm of our own below, with limits the engine's does not have
        "read_only": True,
        "init": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true", f"seccomp={engine_profile()}"],
        "mem_limit": limits.memory_bytes,
        "memswap_limit": limits.memory_bytes,
        "pids_limit": limits.processes + (_GVISOR_THREADS if runtime == GVISOR else 0),
        "nano_cpus": limits.cpus * 10**9,
        "cpuset_cpus": cpus or None,
        "ulimits": _ulimits(job),
        "tmpfs": _tmpfs(job, uid),
        "mounts": _mounts(job),
        "log_config": _bounded_log(limits.log_bytes),
        "auto_remove": False,
        "runtime": runtime,
    }


def _ulimits(job: SandboxJob) -> list[Any]:
    from docker.types import Ulimit

    limits = job.limits
    bounds = {"core": 0, "nofile": limits.open_files, "fsize": 2 * limits.disk_bytes}
    return [Ulimit(name=name, soft=value, hard=value) for name, value in bounds.items()]


def _tmpfs(job: SandboxJob, uid: int) -> dict[str, str]:
    shared = f"rw,exec,nosuid,nodev,nr_inodes={job.limits.disk_files},uid={uid},gid={uid},mode=0700"
    return {place.target: f"{shared},size={place.bytes}" for place in memory_file_systems(job)}


def _mounts(job: SandboxJob) -> list[Any]:
    from docker.types import Mount

    def bind(source: object, target: str, *, read_only: bool) -> Any:
        return Mount(target, str(source), type="bind", read_only=read_only, propagation="rprivate")

    own = [bind(job.workspace, "/work", read_only=False), bind(job.output, "/out", read_only=False)]
    if job.environment is not None:
        own.append(bind(job.environment, "/env", read_only=True))
    return own + [bind(mount.source, mount.target, read_only=True) for mount in job.mounts]


def _bounded_log(limit: int) -> Any:
    """Two files, because one alone loses everything when it is turned over; each line costs some 80 bytes of JSON."""
    from docker.types import LogConfig

    return LogConfig(type=LogConfig.types.JSON, config={"max-size": str(4 * limit), "max-file": "2"})
