"""A step in which our side failed is tried again, after a growing wait; what each failed try showed is kept."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from grader.errors import InfrastructureError, causes_of, host_shortage
from grader.model import FailedTry

T = TypeVar("T")

# the other codes of ours say what will be the same in a minute
WORTH_ANOTHER_TRY = frozenset(
    {"infrastructure.sandbox", "infrastructure.host", "infrastructure.index", "infrastructure.git_unreachable"}
)


@dataclass(frozen=True)
class RetryPolicy:
    """How often a step is tried in all, and the seconds before the second try; each further wait is twice as long."""

    tries: int = 3
    first_wait_s: float = 2.0

    def wait_s(self, failed: int) -> float:
        """Return the seconds to wait after so many failed tries, 1 or more."""
        return float(self.first_wait_s * 2 ** (failed - 1))


def with_retries(
    attempt: Callable[[int], T], policy: RetryPolicy, cancel: threading.Event, failed: list[FailedTry], what: str
) -> T:
    """Call `attempt` with the try's number, from 1, until our side does not fail; each try that it failed is added to
    `failed`, with what was seen of it. `what` is tried, such as "the run".

    Only an InfrastructureError of a code that is WORTH_ANOTHER_TRY gets one; `cancel` ends the waiting. Raises the last
    of them, saying how often it was tried, and whatever else `attempt` raises at once.
    """
    number = 1
    while True:
        began = time.monotonic()
        try:
            with host_shortage():
                return attempt(number)
        except InfrastructureError as error:
            when = f"it came in {what}, try {number} of {policy.tries}, after {time.monotonic() - began:.1f} s"
            observed = (*error.observed, *_causes(error), when)
            failed.append(
                FailedTry(number=number, code=error.code, message=error.message, hint=error.hint, observed=observed)
            )
            is_last = number >= policy.tries or error.code not in WORTH_ANOTHER_TRY
            if is_last or cancel.wait(policy.wait_s(number)):
                often = "" if number == 1 else f" It was tried {number} times."
                message = error.message + often
                raise InfrastructureError(error.code, message, hint=error.hint, observed=observed) from error
        number += 1


def _causes(error: BaseException) -> Iterator[str]:
    """Yield what the exceptions say that `error` was made of, but for their texts: places of ours stand in those."""
    for cause in causes_of(error):
        name = errno.errorcode.get(getattr(cause, "errno", None) or 0)
        status = getattr(cause, "status_code", None)
        if name:
            yield f"the system answered {name}"
        elif isinstance(status, int):
            yield f"the engine answered with status {status}"
        else:
            yield f"a {type(cause).__name__} was raised"
