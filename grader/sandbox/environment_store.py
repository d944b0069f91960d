"""The environments that works asked for: made once, shared read-only, the longest unused removed when space is short.

Beside each environment <home>/environments/<digest> lies <digest>.use: a lock that is held shared while a run uses the
environment and alone while it is made or removed. It holds the size in bytes; its time is that of the last use.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.errors import InfrastructureError

_LOOK_EVERY_S = 0.1
_ENDING = ".use"


@dataclass(frozen=True)
class EnvironmentStore:
    """Keeps environments in `folder`, `most_bytes` in all unless more are in use at once."""

    folder: Path
    most_bytes: int

    @contextmanager
    def leased(self, digest: str, make: Callable[[], Path], cancel: threading.Event) -> Iterator[Path]:
        """Yield the environment of that digest, which stays as it is until the block ends.

        Where it is missing, `make` is called to make one on the same file system, which is moved here; whoever else
        needs it waits until it is made. Raises what `make` raises, and InfrastructureError on `cancel`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        target, use = self.folder / digest, self.folder / f"{digest}{_ENDING}"
        while True:
            with _locked(use, fcntl.LOCK_SH, cancel):
                if target.is_dir():
                    os.utime(use)
                    yield target
                    return
            # who made it meanwhile uses it now, for as long as a run takes: nobody has to wait for that
            with _locked(use, fcntl.LOCK_EX, cancel, unless=target.is_dir) as is_alone:
                if is_alone and not target.is_dir():
                    made = make()
                    use.write_text(str(_bytes(made)))
                    made.rename(target)
            self.evict(spare=digest)

    def evict(self, spare: str = "") -> None:
        """Remove what was used longest ago, and is not in use, until the rest fits; never the one to `spare`."""
        found = sorted((path.stat().st_mtime, path) for path in self.folder.glob(f"*{_ENDING}"))
        sizes = {use: _noted(use) for _, use in found if use.with_suffix("").is_dir()}
        total = sum(sizes.values())
        for use, size in sizes.items():
            if total > self.most_bytes and use.stem != spare and self._remove(use):
                total -= size

    def _remove(self, use: Path) -> bool:
        with use.open("r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            environment, gone = use.with_suffix(""), use.with_suffix(".gone")
            shutil.rmtree(gone, ignore_errors=True)
            if environment.is_dir():  # else another grader has removed it since it was listed
                environment.rename(gone)  # at once, so that nobody finds half of it
                shutil.rmtree(gone, ignore_errors=True)
        return True


@contextmanager
def _locked(
    path: Path, how: int, cancel: threading.Event, unless: Callable[[], bool] = lambda: False
) -> Iterator[bool]:
    """Yield True once it is locked, or False once `unless` holds while others have it."""
    with path.open("a") as lock:
        is_locked = False
        while not is_locked:
            try:
                fcntl.flock(lock, how | fcntl.LOCK_NB)
                is_locked = True
            except BlockingIOError:
                if unless():
                    break
                if cancel.wait(_LOOK_EVERY_S):
                    message = "The grading was stopped before it was through."
                    raise InfrastructureError("infrastructure.cancelled", message) from None
        yield is_locked


def _noted(use: Path) -> int:
    text = use.read_text()
    return int(text) if text.isdecimal() else 0


def _bytes(folder: Path) -> int:
    return sum(
        os.lstat(os.path.join(here, name)).st_blocks * 512  # noqa: PTH118 - tens of thousands of files
        for here, _, files in os.walk(folder)
        for name in files
    )
