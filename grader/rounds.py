"""What a process does beside its own work, a round at a time: what fails is one round's, and the next one comes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from grader.errors import InfrastructureError

log = logging.getLogger(__name__)


def in_rounds(leaving: threading.Event, every_s: float, act: Callable[[], bool], failed: str) -> None:
    """Act every so many seconds until `leaving` is set, and at once again while `act` says that there is more to do.
    `failed` is what the log says could not be done, where that is a defect.
    """
    while not leaving.wait(every_s):
        try:
            while act() and not leaving.is_set():
                pass
        except InfrastructureError as error:
            log.warning("%s", error.message)
        except Exception:  # the worker loop: a defect here is one round's, and no grading waits for it
            log.exception("%s, on a defect of the grader", failed)
