"""What a sandbox prints, kept within bounds: its beginning and its end; the middle of a flood is dropped."""

from __future__ import annotations

import os


class BoundedLog:
    """Collects bytes, and never holds more than about twice `limit` of them."""

    def __init__(self, limit: int) -> None:
        self._head_room = limit // 4
        self._tail_room = limit - self._head_room
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0
        self._begun_late = False

    def note_missing(self) -> None:
        """Note that somebody before us has dropped the beginning."""
        self._begun_late = True

    def add(self, data: bytes) -> None:
        """Take in the next bytes."""
        room = self._head_room - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 2 * self._tail_room:
            self._trim()

    def _trim(self) -> None:
        excess = len(self._tail) - self._tail_room
        if excess > 0:
            del self._tail[:excess]
            self._dropped += excess

    @property
    def truncated(self) -> bool:
        """Whether something was left out."""
        return self._begun_late or self._dropped > 0 or len(self._tail) > self._tail_room

    def text(self) -> str:
        """Return what was kept, decoded with replacement, with a line that says how much is missing."""
        self._trim()
        gap = f"\n... {self._dropped} bytes left out ...\n" if self._dropped else ""
        start = "... the beginning was left out ...\n" if self._begun_late else ""
        return start + self._head.decode(errors="replace") + gap + self._tail.decode(errors="replace")


class PipeReader:
    """Reads one pipe, without blocking, into a BoundedLog."""

    def __init__(self, descriptor: int, limit: int) -> None:
        self.descriptor = descriptor
        self.log = BoundedLog(limit)
        self.ended = False
        os.set_blocking(descriptor, False)

    def read(self) -> bool:
        """Take what is there; returns whether there was something. Sets `ended` once the other side has closed."""
        try:
            data = os.read(self.descriptor, 1 << 18)
        except BlockingIOError:
            return False
        self.log.add(data)
        self.ended = not data
        return bool(data)

    def drain(self) -> None:
        """Take all that is left in the pipe; its writers are dead, so that is little."""
        while self.read():
            pass
