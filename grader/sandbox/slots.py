"""Slots: each running sandbox has a number that no other running one has, and from it a user id of its own.

Limits that the kernel counts per user (processes, for one) would otherwise let two sandboxes starve each other.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import InfrastructureError
from grader.sandbox.host import is_root

OF_THE_MACHINE = Path("/run/takehome-grader/slots")
FIRST_UID = 1_900_000_000
MOST_SLOTS = 512


@contextmanager
def taken_slot(home: Path) -> Iterator[int]:
    """Yield the lowest free slot number, held until the block ends, or until this process dies.

    Graders that run as root share their user ids whatever their `home`, so the numbers are then the machine's.
    Raises InfrastructureError when all are taken.
    """
    folder = OF_THE_MACHINE if is_root() else home / "slots"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in range(MOST_SLOTS):
        descriptor = os.open(folder / f"{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        try:
            yield number
        finally:
            os.close(descriptor)
        return
    raise InfrastructureError("infrastructure.sandbox", f"All {MOST_SLOTS} sandbox slots are taken.")


@contextmanager
def own_user(home: Path, folders: tuple[Path, ...]) -> Iterator[int | None]:
    """Yield a user id that no other running sandbox has, to whom `folders` then belong; None where we are not root."""
    if not is_root():
        yield None
        return
    with taken_slot(home) as slot:
        give_to_slot(folders, FIRST_UID + slot)
        yield FIRST_UID + slot


def give_to_slot(folders: tuple[Path, ...], uid: int) -> None:
    """Make a job's own folders belong to the slot's user; links are not followed. Needs root, and nothing of a work
    that runs in them.
    """
    for folder in folders:
        os.chown(folder, uid, uid, follow_symlinks=False)
        for _, names, files, opened in os.fwalk(folder):
            for name in (*names, *files):
                os.chown(name, uid, uid, dir_fd=opened, follow_symlinks=False)
