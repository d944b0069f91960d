"""Every hostile work through the ordinary `grader grade`: contained, called by its name, and nobody else harmed."""

from __future__ import annotations

import re

import pytest
from abuse_batch import COMPLETED, AbuseBatch, HostileWork, hostile_works

BACKENDS = {
    "bubblewrap": ("bubblewrap", ""),
    "docker": ("docker", ""),
    "gvisor": ("docker", "runsc"),
}
MARKS = {"bubblewrap": pytest.mark.sandbox, "docker": pytest.mark.docker, "gvisor": pytest.mark.docker}
# Where gVisor's kernel does otherwise: how the grading ends then, and why. All of it stays inside of gVisor.
_UNSEEN = "its file systems in memory cannot be measured from outside; the sandbox's memory bounds them"
_OWN = "what is no regular file is kept in its own kernel, so on the host there is no output"
EXCEPTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "38-a-child-too-large-while-its-parent-ends-well": (("limit.memory",), "to the host it is one process"),
    "39-forks": (("limit.memory", "limit.processes", "limit.wall_time"), "its processes are no processes of the host"),
    "39-stubborn-forks": (("limit.memory", "limit.wall_time"), "its processes are no processes of the host"),
    "39-threads": (("limit.wall_time", "limit.memory", "run.failed"), "its threads are no threads of the host"),
    "40-fill-dev-shm": (("run.failed", "limit.memory"), _UNSEEN),
    "40-fill-tmp": (("run.failed", "limit.memory"), _UNSEEN),
    "40-many-files-in-tmp": (("limit.wall_time", "limit.memory"), _UNSEEN),
    "52-system-calls-no-notebook-needs": (("run.failed",), "it has some of its own, which the host never sees"),
    "55-a-pipe-as-output": (("predictions.missing",), _OWN),
    "55-a-socket-as-output": (("predictions.missing",), _OWN),
    "55-an-output-that-changes-while-it-is-read": (
        ("output.invalid", "completed", "limit.wall_time"),
        "what changes it may leave the work itself no turn",
    ),
}
# What its own kernel does for a work by itself: rings, and namespaces of users that are its own.
GVISORS_OWN = ["io_uring_setup, unshare of a user namespace"]


@pytest.fixture(scope="module", params=[pytest.param(name, marks=MARKS[name]) for name in BACKENDS])
def batch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AbuseBatch:
    """Grade all of them on one backend, once."""
    backend, runtime = BACKENDS[request.param]
    request.getfixturevalue(request.param)
    few_canaries = {"works_to_a_canary": 8} if runtime else {}  # a sandbox takes its time to start there
    made = AbuseBatch(tmp_path_factory.mktemp(request.param), backend, runtime, **few_canaries)
    made.run()
    return made


def test_the_batch_ends_well_and_every_work_has_a_report(batch: AbuseBatch) -> None:
    assert batch.status == 0, batch.said[-3000:]
    assert "Traceback" not in batch.said
    assert set(batch.reports) == {work.name for work in hostile_works()}
    assert len(batch.canaries) >= len(batch.reports) // batch.works_to_a_canary


@pytest.mark.parametrize("work", hostile_works(), ids=lambda work: work.name)
def test_a_hostile_work_is_contained_and_called_by_its_name(batch: AbuseBatch, work: HostileWork) -> None:
    report = batch.reports[work.name]
    failure = report["failure"]
    ends, says = work.ends, work.says
    if batch.runtime and work.name in EXCEPTIONS:
        ends, says = EXCEPTIONS[work.name][0], ""
    assert (failure["code"] if failure else report["outcome"]) in ends, (failure, report["run"]["log_tail"])
    assert says in (failure["message"] if failure else " ".join(report["run"]["warnings"]))
    if not failure:
        assert (report["outcome"], report["hidden"][0]["value"]) == (COMPLETED, 0.5)


def test_no_system_call_passes_but_gvisors_own(batch: AbuseBatch) -> None:
    told = batch.reports["52-system-calls-no-notebook-needs"]["run"]["log_tail"]
    assert re.findall("ESCAPED: (.*)", told) == (GVISORS_OWN if batch.runtime else [])


def test_the_works_beside_them_are_unharmed(batch: AbuseBatch) -> None:
    harmed = {
        name: report["failure"] or report["run"]["warnings"]
        for name, report in batch.canaries.items()
        if report["outcome"] != COMPLETED or report["hidden"][0]["value"] != 0.5 or report["run"]["warnings"]
    }
    assert harmed == {}


def test_nothing_is_left_running_mounted_or_lying_about(batch: AbuseBatch) -> None:
    assert batch.left == []


def test_the_graders_memory_stays_bounded(batch: AbuseBatch) -> None:
    assert batch.peak_kilobytes < 400 * 1024  # the largest of the grader and of each process it waited for


def test_no_report_holds_what_was_secret(batch: AbuseBatch) -> None:
    told = [
        path
        for path in (batch.folder / "out").rglob("*")
        if path.is_file() and batch.secret.encode() in path.read_bytes()
    ]
    assert told == []
