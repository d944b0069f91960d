"""How often somebody may ask: a token bucket a key, in the memory of this process."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from api.problems import Problem

MOST_KEYS = 50_000
PROOFS_AT_ONCE = 4  # each may unpack 200 MB, and hold the names of very many files
WAITS_S = 1.0  # for a place: not longer, as whoever waits keeps a thread from all others
RETRY_S = 2.0
HASHES_AT_ONCE = 2  # each takes 64 MB and a processor while a password is checked


class Buckets:
    """Lets each key through `burst` times at once, and `rate` times a second on the whole; always where it is 0.

    It is the generic cell rate algorithm: of each key it knows only until when its bucket is not full again.
    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._full_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Take one from the bucket of `key` and return 0, or the seconds until there is one again."""
        if self._rate <= 0:
            return 0.0
        with self._lock:
            now = self._clock()
            full_at = max(now, self._full_at.get(key, now)) + 1 / self._rate
            wait = full_at - now - self._burst / self._rate
            if wait > 1e-9:
                return wait
            self._full_at[key] = full_at
            if len(self._full_at) > MOST_KEYS:
                self._forget(now)
        return 0.0

    def give_back(self, key: str) -> None:
        """Put back what was taken last: it was rightly asked for."""
        with self._lock:
            if key in self._full_at:
                self._full_at[key] -= 1 / self._rate

    def _forget(self, now: float) -> None:
        """Keep the emptier half: of a full bucket nothing is to be known."""
        kept = sorted(self._full_at.items(), key=lambda item: item[1])[MOST_KEYS // 2 :]
        self._full_at = {key: full_at for key, full_at in kept if full_at > now}


class AtOnce:
    """Lets each key in once, and at most `most` in all: what is done there takes a processor, and memory."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside: set[str] = set()
        self._changed = threading.Condition()

    @contextmanager
    def let_in(self, key: str) -> Iterator[None]:
        """Let `key` in for as long as the block takes. Raises Problem where it is in already, or no place gets free."""
        with self._changed:
            is_free = key not in self._inside and self._changed.wait_for(self._has_room, WAITS_S)
            if not is_free or key in self._inside:
                raise refuse(RETRY_S)
            self._inside.add(key)
        try:
            yield
        finally:
            with self._changed:
                self._inside.discard(key)
                self._changed.notify_all()

    def _has_room(self) -> bool:
        return len(self._inside) < self._most


@dataclass(frozen=True)
class SigningIn:
    """Bounds on guessing: how often from one address and at one e-mail address, and how many passwords at once."""

    by_address: Buckets
    by_email: Buckets
    hashing: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(HASHES_AT_ONCE))

    @classmethod
    def by(cls, clock: Callable[[], float] = time.monotonic) -> SigningIn:
        """Return the bounds that hold, by `clock`."""
        return cls(Buckets(rate=1 / 6, burst=20, clock=clock), Buckets(rate=1 / 60, burst=6, clock=clock))


def refuse(wait_s: float, detail: str = "") -> Problem:
    """Return the problem of somebody who asked too often; `Retry-After` is in whole seconds."""
    return Problem("request.too_many", detail, headers={"Retry-After": str(max(1, math.ceil(wait_s)))})
