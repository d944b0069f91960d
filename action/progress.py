"""How far a grading is, told to the log: each step as it begins, and that it goes on, so that a wait looks alive."""

from __future__ import annotations

import time
from collections.abc import Callable

from commands import say

MINUTE_S = 60.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 10.0
PAUSES = 30  # in as long as was waited already: who waits long asks seldom


class Progress:
    """Tells a line for each step, and for one that takes long a line a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._said_at = clock()
        self._said = ""

    @property
    def pause(self) -> float:
        """Return for how many seconds to wait before the next look."""
        return min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, (self._clock() - self._began) / PAUSES))

    def tell(self, now: str) -> None:
        """Say where it has come to, unless that was said and the minute will not be over before the next look."""
        at = self._clock()
        if now == self._said and at - self._said_at + self.pause < MINUTE_S:
            return
        minutes = int((at - self._began) // MINUTE_S)
        say(f"{now} ({minutes} min)" if minutes else now)
        self._said, self._said_at = now, at
