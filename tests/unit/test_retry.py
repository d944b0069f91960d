"""What is tried again when our side fails, how often, and what is kept of it."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable

import pytest

from grader.errors import InfrastructureError
from grader.model import RunResult, SandboxResult
from grader.pipeline.retry import RetryPolicy, failure_after, run_with_retries

AT_ONCE = RetryPolicy(tries=3, first_wait_s=0)
WELL = RunResult(
    sandbox=SandboxResult(
        ended="exited", exit_code=0, wall_s=1, cpu_s=1, peak_memory_bytes=1, stdout="", stderr="",
        enforcement="enforced", backend="fake",
    )
)  # fmt: skip


def failing(times: int, error: Callable[[int], Exception]) -> Callable[[int], RunResult]:
    def attempt(number: int) -> RunResult:
        if number <= times:
            raise error(number)
        return WELL

    return attempt


def gone(number: int) -> InfrastructureError:
    return InfrastructureError(
        "infrastructure.sandbox", f"The engine went away, {number}.", hint="Start it.", observed=("connection reset",)
    )


def test_a_run_that_our_side_fails_once_is_tried_again_and_the_failed_try_is_kept() -> None:
    tried = run_with_retries(failing(1, gone), AT_ONCE, threading.Event())
    assert tried.result is WELL
    (failed,) = tried.failed
    assert (failed.number, failed.message, failed.observed) == (1, "The engine went away, 1.", ("connection reset",))


def test_after_the_last_try_there_is_no_result_and_every_try_is_kept() -> None:
    tried = run_with_retries(failing(9, gone), AT_ONCE, threading.Event())
    assert tried.result is None
    assert [failed.number for failed in tried.failed] == [1, 2, 3]
    failure = failure_after(tried)
    assert (failure.code, failure.hint) == ("infrastructure.sandbox", "Start it.")
    assert "tried 3 times" in failure.message


@pytest.mark.parametrize(
    "code", ["infrastructure.no_environment", "infrastructure.no_sandbox", "infrastructure.cancelled"]
)
def test_what_will_be_the_same_in_a_minute_is_not_tried_again(code: str) -> None:
    tried = run_with_retries(failing(9, lambda _: InfrastructureError(code, "No.")), AT_ONCE, threading.Event())
    assert len(tried.failed) == 1


def test_stopping_the_grading_ends_the_waiting() -> None:
    cancel = threading.Event()
    cancel.set()
    tried = run_with_retries(failing(9, gone), RetryPolicy(tries=3, first_wait_s=100_000), cancel)
    assert tried.result is None
    assert len(tried.failed) == 1


def test_each_wait_is_twice_as_long() -> None:
    policy = RetryPolicy(tries=4, first_wait_s=1.5)
    assert [policy.wait_s(failed) for failed in (1, 2, 3)] == [1.5, 3, 6]


def test_a_machine_without_room_is_our_failure_and_tried_again_and_a_defect_is_not() -> None:
    full = failing(1, lambda _: OSError(errno.ENOSPC, "No space left on device", "/secret/place"))
    tried = run_with_retries(full, AT_ONCE, threading.Event())
    assert tried.result is WELL
    assert "No space left" in tried.failed[0].message
    assert "/secret/place" not in tried.failed[0].message
    with pytest.raises(FileNotFoundError):
        run_with_retries(failing(1, lambda _: FileNotFoundError(errno.ENOENT, "x")), AT_ONCE, threading.Event())
