"""The locked environment and the choice of a backend: what is fixed, and what is said when something is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import sandbox_named

from grader.errors import InfrastructureError, UsageError
from grader.model import Limits
from grader.sandbox import BubblewrapSandbox, DockerSandbox, build_environment, choose_sandbox, find_environment
from grader.sandbox.assets import sandbox_asset
from grader.sandbox.cgroups import ControlGroup, Hierarchy
from grader.sandbox.environment import lock_digest
from grader.sandbox.group_meter import GroupMeter
from grader.sandbox.host import why_no_namespaces
from grader.sandbox.owner import is_alive, owner_tag
from grader.sandbox.slots import why_no_own_users
from grader.settings import read_settings


def test_every_locked_package_has_an_exact_version_and_hashes() -> None:
    entries = re.split(r"\n(?=[a-z])", sandbox_asset("requirements.lock").read_text())
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_the_lock_names_no_index_and_no_gpu_package() -> None:
    text = sandbox_asset("requirements.lock").read_text()
    assert "://" not in text
    assert "nvidia" not in text


def test_what_is_asked_for_is_locked() -> None:
    asked = [line.split("#")[0].strip() for line in sandbox_asset("requirements.in").read_text().splitlines()]
    lock = sandbox_asset("requirements.lock").read_text()
    assert [name for name in asked if name and f"\n{name}==" not in f"\n{lock}"] == []


def test_the_digest_follows_python_and_platform() -> None:
    digests = {
        lock_digest(*words) for words in [("3.11.7", "linux-x86_64"), ("3.11.8", "linux-x86_64"), ("3.11.7", "x")]
    }
    assert len(digests) == 3


def test_a_missing_environment_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(InfrastructureError) as caught:
        find_environment(tmp_path)
    assert (caught.value.code, caught.value.hint) == ("infrastructure.no_environment", "Run: grader sandbox build")
    assert "grader sandbox build" in (BubblewrapSandbox(tmp_path).why_unavailable() or "")


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    with pytest.raises(InfrastructureError, match="could not be made"):
        build_environment(tmp_path, wheels=tmp_path / "wheels")
    assert [path.name for path in (tmp_path / "environments").iterdir()] == ["build.lock"]


@pytest.mark.sandbox
def test_building_again_changes_nothing() -> None:
    sandbox_named("bubblewrap")
    home = read_settings().home
    before, said = find_environment(home).path.stat(), list[str]()
    after = build_environment(home, report=said.append).path.stat()
    assert (after.st_ino, after.st_mtime_ns, said) == (before.st_ino, before.st_mtime_ns, [])


def test_no_sandbox_at_all_is_refused_with_both_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    with pytest.raises(InfrastructureError) as caught:
        choose_sandbox("auto", tmp_path)
    assert caught.value.code == "infrastructure.no_sandbox"
    assert "grader sandbox build" in caught.value.hint
    assert "Docker engine does not answer" in caught.value.hint


def test_an_unknown_sandbox_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose auto, docker, bubblewrap or sandlock"):
        choose_sandbox("none", tmp_path)


@pytest.mark.docker
def test_a_missing_image_or_runtime_is_named(tmp_path: Path) -> None:
    sandbox_named("docker")
    assert "grader sandbox build --docker" in (DockerSandbox(tmp_path, image="no-such-image:1").why_unavailable() or "")
    assert "no runtime 'crun-9'" in (DockerSandbox(tmp_path, runtime="crun-9").why_unavailable() or "")


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("user/max_user_namespaces", "0", "user.max_user_namespaces"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor"),
    ],
)
def test_the_rule_that_forbids_namespaces_is_named(tmp_path: Path, name: str, value: str, advice: str) -> None:
    (tmp_path / "sys" / name).parent.mkdir(parents=True)
    (tmp_path / "sys" / name).write_text(value + "\n")
    reason = why_no_namespaces(tmp_path, root=False) or ""
    assert advice in reason
    assert "use Docker" in reason
    assert why_no_namespaces(tmp_path, root=True) is None, "such rules do not bind root"


@pytest.mark.parametrize(
    ("status", "root", "held"),
    [
        ("Seccomp:\t2\nCapEff:\t0000000000000000\n", False, True),
        ("Seccomp:\t0\nCapEff:\t00000000a80425fb\n", True, True),
        ("Seccomp:\t0\nCapEff:\t000001ffffffffff\n", True, False),
        ("Seccomp:\t0\nCapEff:\t0000000000000000\n", False, False),
    ],
    ids=["under a filter", "root that may not mount", "root of a machine", "ordinary user"],
)
def test_a_container_without_the_right_to_make_namespaces_is_recognised(
    tmp_path: Path, status: str, root: bool, held: bool
) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "status").write_text(status)
    assert ("systempaths" in (why_no_namespaces(tmp_path, root=root) or "")) == held


ALL_USERS = "         0          0 4294967295\n"


@pytest.mark.parametrize(
    ("caps", "users", "root", "why"),
    [
        ("000001ffffffffff", ALL_USERS, True, None),
        ("00000000a80425fb", ALL_USERS, True, None),
        ("000001ffffffffff", ALL_USERS, False, "not root"),
        ("0000000000000000", ALL_USERS, True, "CAP_CHOWN, CAP_SETUID, CAP_SETGID"),
        ("00000000a80425fa", ALL_USERS, True, "without CAP_CHOWN"),
        ("000001ffffffffff", "0 1000 1\n", True, "user namespace"),
        ("000001ffffffffff", "0 1000 1\n1 100000 65536\n", True, "user namespace"),
    ],
    ids=["machine", "container", "ordinary user", "no rights", "no chown", "unshare -Ur", "rootless container"],
)
def test_runs_have_users_of_their_own_only_where_those_can_be_given(
    tmp_path: Path, caps: str, users: str, root: bool, why: str | None
) -> None:
    (tmp_path / "status").write_text(f"Name:\tx\nCapEff:\t{caps}\n")
    for name in ("uid_map", "gid_map"):
        (tmp_path / name).write_text(users)
    found = why_no_own_users(tmp_path, root=root)
    assert found is why is None or (why or "?") in (found or "")


def test_a_group_of_version_2_gets_every_limit(tmp_path: Path) -> None:
    limits = Limits(cpus=2, memory_bytes=1000, processes=7)
    parents = dict.fromkeys(("memory", "pids", "cpu", "cpuset"), tmp_path)
    group = ControlGroup(Hierarchy(2, parents), "run/../1", limits, (0, 3))
    (folder,) = tmp_path.iterdir()
    names = ("memory.max", "pids.max", "cpu.max", "cpuset.cpus")
    assert [(folder / name).read_text() for name in names] == ["1000", "7", "200000 100000", "0,3"]
    assert group.doors == (str(folder / "cgroup.procs"),)
    assert is_alive(folder.name)


def test_a_group_of_version_2_is_read(tmp_path: Path) -> None:
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\noom_group_kill 0\n")
    (tmp_path / "memory.stat").write_text("anon 300\nfile 5000\nshmem 20\n")
    (tmp_path / "pids.events").write_text("max 4\n")
    (tmp_path / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    meter = GroupMeter(2, dict.fromkeys(("memory", "pids", "cpu"), tmp_path))
    assert (meter.oom_kills(), meter.memory_bytes(), meter.refused_processes(), meter.cpu_s()) == (1, 320, 4, 1.5)


def test_what_was_noticed_of_a_group_is_known_when_it_is_gone(tmp_path: Path) -> None:
    for name, field in (("memory.events", "oom_kill"), ("pids.events", "max")):
        (tmp_path / name).write_text(f"{field} 3\n")
    meter = GroupMeter(2, dict.fromkeys(("memory", "pids"), tmp_path))
    meter.notice()
    for path in tmp_path.iterdir():
        path.unlink()
    assert (meter.oom_kills(), meter.refused_processes()) == (3, 3)


def test_only_what_a_dead_grader_left_counts_as_left() -> None:
    assert is_alive(f"{owner_tag()}.run")
    assert not is_alive("1-1.run"), "a later process with the same id is another one"
    assert not is_alive("4194305-77.run")
    assert is_alive("somebody-elses")
