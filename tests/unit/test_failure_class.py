"""Each end and each failure has one class, and what was seen of it is told with it."""

from __future__ import annotations

import itertools
from typing import Any, get_args

import pytest

from grader.errors import FAILURE_CODES
from grader.model import Failure, Limits, SandboxResult
from grader.model.failure_class import failure_class, outcome_for
from grader.model.run import Ended
from grader.sandbox.classify import classify, how_it_ended, observed_of
from grader.sandbox.run_file import RunFile

NO_OUTCOME = {"assignment.invalid", "usage.invalid"}
LIMITS = {
    *("limit.memory", "limit.processes", "limit.disk", "limit.wall_time"),
    *("notebook.cell_timeout", "output.too_large", "environment.too_large", "environment.timeout"),
}
OURS = {code for code in FAILURE_CODES if code.startswith("infrastructure.")}
OUTCOMES = {"limit": "limit_exceeded", "infrastructure": "infrastructure_failed", "submission": "submission_failed"}


@pytest.mark.parametrize("code", sorted(FAILURE_CODES.keys() - NO_OUTCOME))
def test_every_code_has_one_class_and_one_outcome(code: str) -> None:
    expected = "limit" if code in LIMITS else "infrastructure" if code in OURS else "submission"
    assert failure_class(code) == expected
    assert outcome_for(Failure(code=code, message="x")) == OUTCOMES[expected]


@pytest.mark.parametrize("code", sorted(NO_OUTCOME))
def test_a_wrong_call_is_no_outcome_of_a_grading(code: str) -> None:
    with pytest.raises(ValueError, match="no outcome"):
        failure_class(code)


def test_no_failure_is_completed() -> None:
    assert outcome_for(None) == "completed"


FLAGS = list(itertools.product([False, True], repeat=3))


@pytest.mark.parametrize("killed_for", get_args(Ended))
def test_what_we_ended_is_called_by_our_own_reason(killed_for: Any) -> None:
    for status, flags in itertools.product((None, 0, 1, 137), FLAGS):
        assert named(killed_for, status, flags) == killed_for


# status, killed for memory, refused a process, disk full: the end's name
ENDS = {
    (0, False, False, False): "exited",
    (0, True, True, True): "exited",  # what happened to a child did not stop it
    (1, False, False, False): "exited",
    (1, True, False, False): "exited",  # whose error it was is told by what it says
    (1, False, True, False): "processes",
    (1, True, True, True): "processes",
    (1, False, False, True): "disk",
    (1, False, True, True): "processes",
    (137, False, False, False): "exited",  # no want of memory without a kill for it
    (137, True, False, False): "memory",
    (137, True, True, True): "memory",
    (137, False, True, False): "processes",
    (137, False, False, True): "disk",
    (-9, False, False, False): "exited",
}


@pytest.mark.parametrize(("seen", "name"), ENDS.items())
def test_an_end_of_its_own_is_called_by_what_the_kernel_did(seen: tuple[int, bool, bool, bool], name: str) -> None:
    assert named(None, seen[0], seen[1:]) == name


def named(killed_for: Any, status: int | None, flags: tuple[bool, ...]) -> str:
    oom, refused, full = flags
    return how_it_ended(killed_for, status, oom_killed=oom, refused_processes=refused, disk_is_full=full)


def ended(how: str, status: int | None, **fields: Any) -> SandboxResult:
    known = {"wall_s": 2, "cpu_s": 1, "peak_memory_bytes": 300 * 2**20, "stdout": "", "stderr": ""}
    return SandboxResult.model_validate(
        {**known, "ended": how, "exit_code": status, "backend": "fake", "enforcement": "enforced", **fields}
    )


CODES = {
    "wall_time": "limit.wall_time",
    "memory": "limit.memory",
    "processes": "limit.processes",
    "disk": "limit.disk",
    "output": "output.too_large",
    "cancelled": "infrastructure.cancelled",
}
SAID = [
    None,
    RunFile(status="completed"),
    RunFile(status="failed", failure=Failure(code="notebook.cell_error", message="x", cell=1)),
]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("oom", [False, True])
@pytest.mark.parametrize(("how", "code"), CODES.items())
def test_a_limit_that_the_host_saw_wins_whatever_else_is_told(how: str, code: str, oom: bool, said: Any) -> None:
    failure = classify(ended(how, None, oom_killed=oom), said, Limits())
    assert failure is not None
    assert failure.code == code


@pytest.mark.parametrize(
    ("result", "seen"),
    [
        (ended("wall_time", None), "it was ended by the sandbox after 2.0 s of 600 s"),
        (ended("exited", 3), "it ended by itself with exit status 3 after 2.0 s of 600 s"),
        (ended("memory", None, oom_killed=True), "the kernel killed a process for want of memory"),
        (ended("exited", 137), "the kernel killed nothing for want of memory"),
        (ended("exited", 1), "300 of 4,096 MB of memory at the peak"),
    ],
)
def test_a_failure_tells_what_the_host_saw(result: SandboxResult, seen: str) -> None:
    failure = classify(result, None, Limits())
    assert failure is not None
    assert seen in failure.observed
    assert failure.observed == observed_of(result, Limits())


def test_what_was_seen_cannot_be_forged() -> None:
    forged = Failure(code="run.failed", message="x", observed=("the grader's machine was on fire",))
    failure = classify(ended("exited", 1), RunFile(status="failed", failure=forged), Limits())
    assert failure is not None
    assert not any("fire" in text for text in failure.observed)
