"""What the engine itself says of a container that stands and waits: every limit and every denial has reached it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import sandbox_named
from sandbox_bench import ORDINARY

from grader.model import Limits
from grader.sandbox import empty_job
from grader.sandbox.container_options import DEADLINE_LABEL, HOST_LABEL, OWNER_LABEL, RUN_LABEL
from grader.sandbox.engine import engine
from grader.sandbox.owner import host_id, owner_tag

pytestmark = pytest.mark.docker
LIMITS = Limits(**{**ORDINARY, "processes": 77, "disk_files": 1234, "open_files": 321})


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Start a container ahead of any work, and return what the engine knows of it."""
    sandbox = sandbox_named("docker")
    job = empty_job(tmp_path_factory.mktemp("ahead") / "job", LIMITS, (0,))
    sandbox.prepare(job)
    try:
        with engine() as client:
            deadline = time.monotonic() + 60
            while not (found := client.containers(filters={"label": f"{RUN_LABEL}={job.run_id}"})):
                assert time.monotonic() < deadline, "no container was started"
                time.sleep(0.05)
            yield client.inspect_container(found[0]["Id"])
    finally:
        sandbox.close()


@pytest.fixture(scope="module")
def host(container: dict[str, Any]) -> dict[str, Any]:
    """Return its HostConfig."""
    found: dict[str, Any] = container["HostConfig"]
    return found


def test_memory_is_bounded_with_swap_and_processes_by_their_number(host: dict[str, Any]) -> None:
    assert (host["Memory"], host["MemorySwap"]) == (LIMITS.memory_bytes, LIMITS.memory_bytes)
    assert (host["PidsLimit"], host["NanoCpus"], host["CpusetCpus"]) == (77, 10**9, "0")
    assert not host["OomKillDisable"]


def test_logs_are_bounded_and_the_container_never_starts_again(host: dict[str, Any]) -> None:
    assert host["LogConfig"]["Type"] == "json-file"
    assert int(host["LogConfig"]["Config"]["max-size"]) == 4 * LIMITS.log_bytes
    assert host["LogConfig"]["Config"]["max-file"] == "2"
    assert host["RestartPolicy"]["Name"] in ("", "no")


def test_all_that_can_be_written_is_in_memory_of_a_stated_size_or_the_works_own_folders(
    container: dict[str, Any],
) -> None:
    host = container["HostConfig"]
    uid = container["Config"]["User"].partition(":")[0]
    assert host["ReadonlyRootfs"]
    assert set(host["Tmpfs"]) == {"/tmp", "/dev/shm", "/run", "/home/sandbox"}
    for options in host["Tmpfs"].values():
        told = dict(each.partition("=")[::2] for each in options.split(","))
        assert (told["nr_inodes"], told["uid"], told["gid"], told["mode"]) == ("1234", uid, uid, "0700")
        assert 0 < int(told["size"]) <= LIMITS.disk_bytes
        assert {"nosuid", "nodev"} <= told.keys()
    assert {mount["Destination"] for mount in container["Mounts"] if mount["RW"]} == {"/work", "/out"}


def test_it_has_no_right_at_all(container: dict[str, Any]) -> None:
    host = container["HostConfig"]
    assert (host["Privileged"], host["CapDrop"], host["CapAdd"]) == (False, ["ALL"], None)
    assert "no-new-privileges:true" in host["SecurityOpt"]
    (profile,) = (each for each in host["SecurityOpt"] if each.startswith("seccomp="))
    assert json.loads(profile.removeprefix("seccomp="))["defaultAction"] == "SCMP_ACT_ERRNO"
    assert container["Config"]["User"].partition(":")[0] not in ("", "0")


def test_it_shares_nothing_with_the_host(container: dict[str, Any]) -> None:
    host = container["HostConfig"]
    assert (host["NetworkMode"], host["IpcMode"], host["PidMode"], host["UTSMode"]) == ("none", "none", "", "")
    assert container["Config"]["NetworkDisabled"]
    assert not host["Devices"]
    assert not host["Binds"]
    assert not host["VolumesFrom"]


def test_neither_the_engines_socket_nor_a_folder_above_it_is_shown(container: dict[str, Any]) -> None:
    for mount in container["Mounts"]:
        assert not str(mount["Source"]).endswith(".sock")
        for socket in ("/var/run/docker.sock", "/run/docker.sock"):
            assert not Path(socket).is_relative_to(mount["Source"])


def test_no_core_is_dumped_and_files_are_bounded(host: dict[str, Any]) -> None:
    bounds = {each["Name"]: (each["Soft"], each["Hard"]) for each in host["Ulimits"]}
    assert bounds == {"core": (0, 0), "nofile": (321, 321), "fsize": (2 * LIMITS.disk_bytes,) * 2}


def test_its_labels_say_whose_it_is_and_for_how_long(container: dict[str, Any]) -> None:
    labels = container["Config"]["Labels"]
    assert labels[OWNER_LABEL] == owner_tag()
    assert labels[HOST_LABEL] == host_id()
    assert float(labels[DEADLINE_LABEL]) == LIMITS.wall_s
    assert labels[RUN_LABEL]
