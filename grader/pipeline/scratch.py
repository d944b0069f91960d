"""The folder of one grading process: private, gone with it, and swept up after one that was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import InfrastructureError

_LOCK = ".lock"


@contextmanager
def private_scratch(parent: Path) -> Iterator[Path]:
    """Yield a new folder below `parent`, removed afterwards with everything in it.

    A lock that the kernel lets go when the process dies marks it as in use; folders without one are removed on the way.
    Raises InfrastructureError when `parent` cannot be written.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (parent / _LOCK).open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)  # nobody sweeps between making a folder and locking it
            _sweep(parent)
            folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
            held = (folder / _LOCK).open("w")
            fcntl.flock(held, fcntl.LOCK_EX)
    except OSError as error:
        raise InfrastructureError(
            "infrastructure.internal",
            f"{parent} cannot be written: {error.strerror}",
            hint="Set GRADER_HOME to a folder you may write to.",
        ) from error
    try:
        with held:
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    for folder in parent.iterdir():
        if folder.is_dir() and not folder.is_symlink() and not _in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _in_use(folder: Path) -> bool:
    try:
        with (folder / _LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:  # held, or another user's
        return True
    return False
