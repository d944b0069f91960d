"""What the machine does to a run is told from what the work did: it is never the work's failure, nor a limit of its."""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import sandbox_named
from sandbox_bench import Bench, leavings_of
from warm_bench import WarmBench

from grader.errors import InfrastructureError
from grader.model import Failure, Limits
from grader.sandbox.cgroups import Hierarchy, usable_hierarchy
from grader.sandbox.classify import classify
from grader.sandbox.container_options import RUN_LABEL
from grader.sandbox.engine import engine
from grader.sandbox.group_meter import GroupMeter
from grader.sandbox.run_file import parse_run_file

MB = 1024**2


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.sandbox) for name in ("cold", "warm")])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Bubblewrap, whose groups and processes can be got at."""
    sandbox = sandbox_named("bubblewrap")
    yield Bench(sandbox, tmp_path) if request.param == "cold" else WarmBench(sandbox, tmp_path)
    sandbox.close()


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let runs be made in a group that has less memory than they may use, as on a machine that has no more."""
    hierarchy = usable_hierarchy()
    if hierarchy is None:
        pytest.skip("no control groups can be made")
    parent = hierarchy.parents["memory"] / f"narrow-{secrets.token_hex(4)}"
    parent.mkdir()
    if hierarchy.version == 1:
        (parent / "memory.limit_in_bytes").write_text(str(300 * MB))
        parents = {**hierarchy.parents, "memory": parent}
    else:
        (parent / "memory.max").write_text(str(300 * MB))
        (parent / "memory.swap.max").write_text("0")
        (parent / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in hierarchy.parents))
        parents = dict.fromkeys(hierarchy.parents, parent)
    monkeypatch.setattr("grader.sandbox.bubblewrap.usable_hierarchy", lambda: Hierarchy(hierarchy.version, parents))
    yield
    parent.rmdir()


@pytest.mark.usefixtures("narrow")
def test_a_work_killed_below_its_limit_met_a_machine_without_memory(bench: Bench) -> None:
    failure = _failure(bench, 800 * MB)
    assert failure.code == "infrastructure.host"


@pytest.mark.usefixtures("narrow")
def test_a_work_at_its_own_limit_went_over_it_whatever_the_machine_lacks(bench: Bench) -> None:
    assert _failure(bench, 200 * MB).code == "limit.memory"


def _failure(bench: Bench, memory_bytes: int) -> Failure:
    result = bench.run("hoard = b'x' * 500_000_000", memory_bytes=memory_bytes)
    assert result.oom_killed
    said = parse_run_file((bench.out / "run.json").read_bytes()) if isinstance(bench, WarmBench) else None
    failure = classify(result, said, Limits(memory_bytes=memory_bytes))
    assert failure is not None
    return failure


@pytest.mark.parametrize("gone", [False, True])
def test_only_a_group_that_can_still_be_read_says_that_it_was_below_its_limit(tmp_path: Path, gone: bool) -> None:
    (tmp_path / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n")
    (tmp_path / "memory.limit_in_bytes").write_text(str(500 * MB))
    if not gone:
        (tmp_path / "memory.max_usage_in_bytes").write_text(str(300 * MB))
    meter = GroupMeter(1, {"memory": tmp_path})
    assert (meter.oom_kills(), meter.killed_below_limit()) == (1, not gone)


def test_what_was_swapped_out_counts_too(tmp_path: Path) -> None:
    (tmp_path / "memory.oom_control").write_text("oom_kill 1\n")
    for name, use in (("limit", 500), ("max_usage", 300), ("memsw.max_usage", 500)):
        (tmp_path / f"memory.{name}_in_bytes").write_text(str(use * MB))
    meter = GroupMeter(1, {"memory": tmp_path})
    meter.notice()
    assert not meter.killed_below_limit()


@pytest.mark.parametrize(("oom", "below"), [(0, True), (1, False)])
def test_a_group_of_version_2_says_whether_it_was_at_its_limit(tmp_path: Path, oom: int, below: bool) -> None:
    (tmp_path / "memory.events").write_text(f"low 0\nhigh 0\nmax 9\noom {oom}\noom_kill 1\n")
    meter = GroupMeter(2, {"memory": tmp_path})
    meter.notice()
    assert meter.killed_below_limit() == below


def test_a_sandbox_ended_from_outside_is_our_failure_and_leaves_nothing(bench: Bench) -> None:
    job = bench.job("import pathlib, time; pathlib.Path('/out/up').touch(); time.sleep(60)")
    place = bench.prepared.output if isinstance(bench, WarmBench) else job.output
    killer = threading.Thread(target=_kill_when, args=(place / "up",))
    killer.start()
    with pytest.raises(InfrastructureError, match="ended from outside \\(SIGKILL\\)") as caught:
        bench.sandbox.run(job, threading.Event())
    killer.join()
    assert caught.value.code == "infrastructure.sandbox"
    assert leavings_of(job.run_id) == []


@pytest.mark.docker
def test_a_container_that_somebody_else_kills_is_our_failure(tmp_path: Path) -> None:
    sandbox = sandbox_named("docker")
    bench = Bench(sandbox, tmp_path)
    job = bench.job("import pathlib, time; pathlib.Path('/out/up').touch(); time.sleep(60)")
    killer = threading.Thread(target=_kill_container_when, args=(job.output / "up", job.run_id))
    killer.start()
    with pytest.raises(InfrastructureError, match="ended from outside"):
        sandbox.run(job, threading.Event())
    killer.join()
    assert leavings_of(job.run_id) == []


@pytest.mark.docker
def test_a_container_whose_work_kills_what_runs_it_is_the_works_failure(tmp_path: Path) -> None:
    bench = Bench(sandbox_named("docker"), tmp_path)
    result = bench.run("import os; os.kill(os.getpid(), 9)")
    assert (result.ended, result.exit_code) == ("exited", 137)


def _kill_container_when(sign: Path, run_id: str) -> None:
    while not sign.exists():
        time.sleep(0.01)
    with engine() as client:
        (found,) = client.containers(filters={"label": f"{RUN_LABEL}={run_id}"})
        client.kill(found["Id"])


def _kill_when(sign: Path) -> None:
    """Kill the outermost process of every sandbox of ours once `sign` is there."""
    while not sign.exists():
        time.sleep(0.01)
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = (place / "stat").read_text().rpartition(")")[2].split()[1]
            if (place / "comm").read_text() == "bwrap\n" and int(parent) == os.getpid():
                os.kill(int(place.name), signal.SIGKILL)
        except OSError:
            continue
