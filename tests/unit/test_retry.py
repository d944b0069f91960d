"""What is tried again when our side fails, how often, and what is kept of it."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable

import docker
import pytest
import requests

from grader.errors import InfrastructureError, SubmissionError
from grader.model import FailedTry
from grader.pipeline.retry import RetryPolicy, with_retries

AT_ONCE = RetryPolicy(tries=3, first_wait_s=0)
WELL = "the result"
RUN = "the run"


def failing(times: int, error: Callable[[int], Exception]) -> Callable[[int], str]:
    def attempt(number: int) -> str:
        if number <= times:
            raise error(number)
        return WELL

    return attempt


def gone(number: int) -> InfrastructureError:
    return InfrastructureError(
        "infrastructure.sandbox", f"The engine went away, {number}.", hint="Start it.", observed=("connection reset",)
    )


def test_a_step_that_our_side_fails_once_is_tried_again_and_the_failed_try_is_kept() -> None:
    kept: list[FailedTry] = []
    assert with_retries(failing(1, gone), AT_ONCE, threading.Event(), kept, RUN) is WELL
    (failed,) = kept
    assert (failed.number, failed.message) == (1, "The engine went away, 1.")
    assert failed.observed[0] == "connection reset"
    assert failed.observed[1].startswith("it came in the run, try 1 of 3, after ")


def test_after_the_last_try_our_failure_is_told_and_every_try_is_kept() -> None:
    kept: list[FailedTry] = []
    with pytest.raises(InfrastructureError, match="tried 3 times") as caught:
        with_retries(failing(9, gone), AT_ONCE, threading.Event(), kept, RUN)
    assert [failed.number for failed in kept] == [1, 2, 3]
    assert (caught.value.code, caught.value.hint) == ("infrastructure.sandbox", "Start it.")


@pytest.mark.parametrize(
    "code", ["infrastructure.no_environment", "infrastructure.no_sandbox", "infrastructure.cancelled"]
)
def test_what_will_be_the_same_in_a_minute_is_not_tried_again(code: str) -> None:
    kept: list[FailedTry] = []
    with pytest.raises(InfrastructureError) as caught:
        with_retries(failing(9, lambda _: InfrastructureError(code, "No.")), AT_ONCE, threading.Event(), kept, RUN)
    assert (caught.value.code, caught.value.message, len(kept)) == (code, "No.", 1)


def test_what_is_the_submissions_own_is_not_tried_again() -> None:
    kept: list[FailedTry] = []
    with pytest.raises(SubmissionError):
        with_retries(
            failing(1, lambda _: SubmissionError("archive.corrupt", "No.")), AT_ONCE, threading.Event(), kept, RUN
        )
    assert kept == []


def test_stopping_the_grading_ends_the_waiting() -> None:
    cancel = threading.Event()
    cancel.set()
    kept: list[FailedTry] = []
    with pytest.raises(InfrastructureError):
        with_retries(failing(9, gone), RetryPolicy(tries=3, first_wait_s=100_000), cancel, kept, RUN)
    assert len(kept) == 1


def test_each_wait_is_twice_as_long() -> None:
    policy = RetryPolicy(tries=4, first_wait_s=1.5)
    assert [policy.wait_s(failed) for failed in (1, 2, 3)] == [1.5, 3, 6]


def test_a_machine_without_room_is_our_failure_and_tried_again_and_a_defect_is_not() -> None:
    kept: list[FailedTry] = []
    full = failing(1, lambda _: OSError(errno.ENOSPC, "No space left on device", "/secret/place"))
    assert with_retries(full, AT_ONCE, threading.Event(), kept, RUN) is WELL
    assert "No space left" in kept[0].message
    assert "/secret/place" not in kept[0].model_dump_json()
    assert "the system answered ENOSPC" in kept[0].observed
    with pytest.raises(FileNotFoundError):
        with_retries(failing(1, lambda _: FileNotFoundError(errno.ENOENT, "x")), AT_ONCE, threading.Event(), kept, RUN)


def test_what_an_engine_answered_is_told_and_not_the_text_of_it() -> None:
    def refused(_: int) -> InfrastructureError:
        response = requests.Response()
        response.status_code = 409
        error = gone(1)
        error.__cause__ = docker.errors.APIError("name is taken", response)
        error.__cause__.__cause__ = ConnectionResetError("from /var/run/secret.sock")
        return error

    kept: list[FailedTry] = []
    with_retries(failing(1, refused), AT_ONCE, threading.Event(), kept, RUN)
    assert "the engine answered with status 409" in kept[0].observed
    assert "a ConnectionResetError was raised" in kept[0].observed
    assert "secret" not in kept[0].model_dump_json()
