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
from grader.sandbox.rights import holds, is_root

OF_THE_MACHINE = Path("/run/takehome-grader/slots")
FIRST_UID = 1_900_000_000
MOST_SLOTS = 512
_TO_GIVE = ("CAP_CHOWN", "CAP_SETUID", "CAP_SETGID")


def why_no_own_users(proc: Path = Path("/proc/self"), *, root: bool | None = None) -> str | None:
    """Return why runs cannot have users of their own, None where they can: as root with the rights that it takes, and
    with their numbers known here, which they are not in a user namespace of few users.
    """
    if not (is_root() if root is None else root):
        return "not root"
    lacking = [name for name in _TO_GIVE if not holds(name, proc)]
    if lacking:
        return f"root without {', '.join(lacking)}"
    known = all(_maps_slots((proc / name).read_text()) for name in ("uid_map", "gid_map"))
    return None if known else f"root of a user namespace that does not have the users from {FIRST_UID} on"


def _maps_slots(text: str) -> bool:
    """Return whether one line of /proc/PID/uid_map (first inside, first outside, count) holds every slot's user."""
    lines = [list(map(int, line.split())) for line in text.splitlines()]
    return any(first <= FIRST_UID and first + count >= FIRST_UID + MOST_SLOTS for first, _, count in lines)


def has_users_to_give() -> bool:
    """Return whether each run can have a user of its own."""
    return why_no_own_users() is None


@contextmanager
def taken_slot(home: Path) -> Iterator[int]:
    """Yield the lowest free slot number, held until the block ends, or until this process dies.

    Graders that give users share them whatever their `home`, so the numbers are then the machine's.
    Raises InfrastructureError when all are taken.
    """
    folder = OF_THE_MACHINE if has_users_to_give() else home / "slots"
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
    """Yield a user id that no other running sandbox has, to whom `folders` then belong; None where there is none.

    Raises InfrastructureError where the folders cannot be given away.
    """
    if not has_users_to_give():
        yield None
        return
    with taken_slot(home) as slot:
        try:
            give_to_slot(folders, FIRST_UID + slot)
        except OSError as error:
            raise _not_given(folders, error) from error
        yield FIRST_UID + slot


def _not_given(folders: tuple[Path, ...], error: OSError) -> InfrastructureError:
    return InfrastructureError(
        "infrastructure.sandbox",
        f"{error.filename or folders[0]} could not be given to the user that its run was to have: {error.strerror}.",
        hint="Set GRADER_HOME to a folder on a local file system, where root may change owners.",
    )


def give_to_slot(folders: tuple[Path, ...], uid: int) -> None:
    """Make a job's own folders belong to the slot's user; links are not followed. Needs root, and nothing of a work
    that runs in them.
    """
    for folder in folders:
        os.chown(folder, uid, uid, follow_symlinks=False)
        for _, names, files, opened in os.fwalk(folder):
            for name in (*names, *files):
                os.chown(name, uid, uid, dir_fd=opened, follow_symlinks=False)
