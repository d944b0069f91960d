"""Waiting for a database or a store of blobs that is away: what was begun is gone on with when it is back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from grader.errors import InfrastructureError

T = TypeVar("T")
FIRST_WAIT_S, LONGEST_WAIT_S, ALL_S = 0.2, 5.0, 600.0
AWAY = ("infrastructure.database", "infrastructure.blobs")

log = logging.getLogger(__name__)


def patiently(attempt: Callable[[], T], within_s: float = ALL_S) -> T:
    """Return what `attempt` does, tried again while the database or the blobs are away, for `within_s` seconds.

    Raises the last InfrastructureError then.
    """
    began, wait = time.monotonic(), FIRST_WAIT_S
    while True:
        try:
            return attempt()
        except InfrastructureError as error:
            if error.code not in AWAY or time.monotonic() - began > within_s:
                raise
            log.warning("%s It is tried again in %.1f s.", error.message, wait)
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)
