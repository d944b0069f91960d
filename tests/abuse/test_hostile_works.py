"""Every hostile work through the ordinary `grader grade`: contained, called by its name, and nobody else harmed."""

from __future__ import annotations

import re

import pytest
from abuse_batch import AbuseBatch
from hostile_index import EVIL
from hostile_work import COMPLETED, HostileWork, hostile_works

BACKENDS = {
    "bubblewrap": ("bubblewrap", ""),
    "docker": ("docker", ""),
    "gvisor": ("docker", "runsc"),
}
MARKS = {"bubblewrap": pytest.mark.sandbox, "docker": pytest.mark.docker, "gvisor": pytest.mark.docker}
# Where gVisor's kernel does otherwise: how the grading ends then, and why. All of it stays inside of gVisor.
_UNSEEN = "its file systems in memory cannot be measured from outside; the sandbox's memory bounds them"
_OWN = "what is no regular file is kept in its own kernel, so on the host there is no output"
_OFFLINE = "its runtime is set up without a network, for resolving too, which is then our failure and no work's"
_ONE = "to the host it is one process"
_UNHEARD = "its kernel is killed as a whole, and its group may be gone before anybody has seen for what"
_INSIDE = "its processes and threads are none of the host's; its kernel may die of them, and says only that it did"
_BOMBS = ("limit.memory", "limit.processes", "limit.wall_time", "run.failed")
EXCEPTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "32-a-source-distribution": (("infrastructure.index",), _OFFLINE),
    "34-a-huge-package": (("infrastructure.index",), _OFFLINE),
    "34-a-slow-package": (("infrastructure.index",), _OFFLINE),
    "35-no-versions": (("infrastructure.index",), _OFFLINE),
    "36-versions-that-are-gone": (("infrastructure.index",), _OFFLINE),
    "37-code-that-starts-with-python": (("infrastructure.index",), _OFFLINE),
    "38-a-child-too-large-while-its-parent-ends-well": (("limit.memory", "run.failed"), f"{_ONE}; {_UNHEARD}"),
    "38-heap": (("limit.memory", "run.failed"), _UNHEARD),
    "38-many-children": (("limit.memory", "limit.wall_time", "run.failed"), _UNHEARD),
    "39-forks": (_BOMBS, _INSIDE),
    "39-stubborn-forks": (_BOMBS, _INSIDE),
    "39-threads": (_BOMBS, _INSIDE),
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
# What each end is called besides its code; the grader's own table is what is tested.
OUTCOMES = {
    COMPLETED: COMPLETED,
    "environment.forbidden": "submission_failed",
    "environment.sdist": "submission_failed",
    "environment.timeout": "limit_exceeded",
    "environment.too_large": "limit_exceeded",
    "infrastructure.index": "infrastructure_failed",
    "limit.disk": "limit_exceeded",
    "limit.memory": "limit_exceeded",
    "limit.processes": "limit_exceeded",
    "limit.wall_time": "limit_exceeded",
    "output.invalid": "submission_failed",
    "output.too_large": "limit_exceeded",
    "predictions.missing": "submission_failed",
    "run.failed": "submission_failed",
}


@pytest.fixture(scope="module", params=[pytest.param(name, marks=MARKS[name]) for name in BACKENDS])
def batch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AbuseBatch:
    """Grade all of them on one backend, once."""
    backend, runtime = BACKENDS[request.param]
    request.getfixturevalue("bubblewrap")  # whose environment the index takes the sandbox's own packages from
    request.getfixturevalue(request.param)
    exceptions = {name: ends for name, (ends, _) in EXCEPTIONS.items()} if runtime else {}
    made = AbuseBatch(tmp_path_factory.mktemp(request.param), backend, runtime, exceptions)
    made.run()
    return made


def test_the_batch_ends_well_and_every_work_has_a_report(batch: AbuseBatch) -> None:
    for process in batch.graders:
        ours = any(report["outcome"] == "infrastructure_failed" for report in process.reports().values())
        assert process.status == (3 if ours and batch.runtime else 0), process.said()[-3000:]
        assert "Traceback" not in process.said()
    assert set(batch.reports) == {work.name for work in hostile_works()}


@pytest.mark.parametrize("work", hostile_works(), ids=lambda work: work.name)
def test_a_hostile_work_is_contained_and_called_by_its_name(batch: AbuseBatch, work: HostileWork) -> None:
    report = batch.reports[work.name]
    failure = report["failure"]
    code = failure["code"] if failure else COMPLETED
    assert code in batch.ends_of(work), (failure, report["run"]["log_tail"])
    assert report["outcome"] == OUTCOMES[code]
    if work.name not in batch.exceptions:
        assert work.says in (failure["message"] if failure else " ".join(report["run"]["warnings"]))
    if not failure:
        assert report["hidden"][0]["value"] == 0.5


@pytest.mark.parametrize("work", hostile_works(), ids=lambda work: work.name)
def test_a_well_behaved_work_was_there_all_the_time(batch: AbuseBatch, work: HostileWork) -> None:
    assert batch.canary.span().holds(batch.span_of(work)), (batch.canary.span(), batch.span_of(work))


def test_no_system_call_passes_but_gvisors_own(batch: AbuseBatch) -> None:
    told = batch.reports["52-system-calls-no-notebook-needs"]["run"]["log_tail"]
    assert re.findall("ESCAPED: (.*)", told) == (GVISORS_OWN if batch.runtime else [])


def test_the_work_beside_them_is_unharmed(batch: AbuseBatch) -> None:
    report = batch.canary.process.reports()["canary"]
    assert (report["outcome"], report["failure"], report["run"]["warnings"]) == (COMPLETED, None, [])
    assert report["hidden"][0]["value"] == 0.5
    assert batch.canary.process.status == 0


def test_nothing_is_left_running_mounted_or_lying_about(batch: AbuseBatch) -> None:
    assert batch.left == []


def test_the_graders_memory_stays_bounded(batch: AbuseBatch) -> None:
    for process in (*batch.graders, batch.canary.process):
        assert process.peak_kilobytes < 400 * 1024  # the largest of the grader and of each process it waited for


def test_no_report_holds_what_was_secret(batch: AbuseBatch) -> None:
    outputs = [process.output for process in (*batch.graders, batch.canary.process)]
    files = [path for output in outputs for path in output.rglob("*") if path.is_file()]
    assert [path for path in files if batch.secret.encode() in path.read_bytes()] == []


def test_what_was_resolved_is_stored(batch: AbuseBatch) -> None:
    for work in hostile_works():
        report = batch.reports[work.name]
        if work.asks and report["outcome"] == COMPLETED:
            assert report["run"]["environment"]["lock"] == "logs/requirements.lock"
            lock = batch.grader_of(work).log(work.name, "requirements.lock")
            (asked,) = work.asks
            assert f"\n{asked.partition('=')[0]}==1.0 \\\n    --hash=sha256:" in f"\n{lock}"


def test_packages_get_nothing_built_fetched_from_elsewhere_or_written(batch: AbuseBatch) -> None:
    assert [path for path in batch.index.log if any(word in path for word in EVIL)] == []
    assert not batch.payload_file.exists()
