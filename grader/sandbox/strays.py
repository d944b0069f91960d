"""Finds and ends processes of a sandbox that nothing holds together any more."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from grader.errors import InfrastructureError

END_S = 20


class Strays:
    """What runs as the user `uid`, which no other sandbox has; without one, what is in `folders` or was started with
    their names: where it stands, what it has open or mapped, its variables.
    """

    def __init__(self, uid: int | None, folders: tuple[Path, ...]) -> None:
        self._uid, self._folders = uid, tuple(os.fsencode(folder) for folder in folders)

    def end(self) -> None:
        """Kill them all, whatever they start meanwhile; raises InfrastructureError when some stay."""
        deadline = time.monotonic() + END_S
        while found := self.found():
            if time.monotonic() > deadline:
                raise InfrastructureError("infrastructure.sandbox", f"Processes of a sandbox stay: {found}")
            for process in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.01)

    def found(self) -> list[int]:
        """Return their numbers."""
        return [int(place.name) for place in Path("/proc").glob("[0-9]*") if self._is_one(place)]

    def _is_one(self, place: Path) -> bool:
        if int(place.name) == os.getpid():
            return False
        try:
            status = (place / "status").read_text()
            if "\nState:\tZ" in status:
                return False
            if self._uid is not None:
                return f"\nUid:\t{self._uid}\t" in status
            return any(folder in text for text in _places_of(place) for folder in self._folders)
        except OSError:
            return False  # gone, or not of our user


def _places_of(place: Path) -> Iterator[bytes]:
    yield os.fsencode((place / "cwd").readlink())
    yield (place / "environ").read_bytes()
    yield (place / "maps").read_bytes()
    for link in (place / "fd").iterdir():
        with contextlib.suppress(OSError):
            yield os.fsencode(link.readlink())
