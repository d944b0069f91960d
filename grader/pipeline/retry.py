"""A run in which our side failed is tried again, after a growing wait; what each failed try showed is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from grader.errors import InfrastructureError, host_shortage
from grader.model import FailedTry, Failure, RunResult

# the other codes of ours say what will be the same in a minute
WORTH_ANOTHER_TRY = frozenset({"infrastructure.sandbox", "infrastructure.host"})


@dataclass(frozen=True)
class RetryPolicy:
    """How often a run is tried in all, and the seconds before the second try; each further wait is twice as long."""

    tries: int = 3
    first_wait_s: float = 2.0

    def wait_s(self, failed: int) -> float:
        """Return the seconds to wait after so many failed tries, 1 or more."""
        return float(self.first_wait_s * 2 ** (failed - 1))


@dataclass(frozen=True)
class Tried:
    """The run's result, None when every try failed on our side; and the failed tries."""

    result: RunResult | None
    failed: tuple[FailedTry, ...] = ()


def run_with_retries(attempt: Callable[[int], RunResult], policy: RetryPolicy, cancel: threading.Event) -> Tried:
    """Call `attempt` with the try's number, from 1, until our side does not fail; `cancel` ends the waiting.

    Only an InfrastructureError of a code that is WORTH_ANOTHER_TRY gets one.
    """
    failed: list[FailedTry] = []
    for number in range(1, policy.tries + 1):
        try:
            with host_shortage():
                return Tried(attempt(number), tuple(failed))
        except InfrastructureError as error:
            failed.append(
                FailedTry(
                    number=number, code=error.code, message=error.message, hint=error.hint, observed=error.observed
                )
            )
            last = number == policy.tries or error.code not in WORTH_ANOTHER_TRY
        if last or cancel.wait(policy.wait_s(number)):
            break
    return Tried(None, tuple(failed))


def failure_after(tried: Tried) -> Failure:
    """Return the failure of a run of which every try failed on our side."""
    last = tried.failed[-1]
    often = "" if len(tried.failed) == 1 else f" It was tried {len(tried.failed)} times."
    return Failure(code=last.code, message=last.message + often, hint=last.hint, observed=last.observed)
