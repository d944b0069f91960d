"""Taking files out of a dead sandbox: regular files only, no link followed, bytes counted while they are read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from grader.errors import SubmissionError

CHUNK = 1 << 20


def collect_file(root: Path, name: str, target: Path, most: int) -> bool:
    """Copy `root`/`name` to `target` and say whether it was there.

    `name` is relative; no part of it may be a link. Raises SubmissionError("output.invalid") for what is no regular
    file, "output.too_large" past `most` bytes.
    """
    *folders, last = Path(name).parts
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=handle)
            os.close(handle)
            handle = inner
        return _copy(handle, last, name, target, most)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _invalid(name) from error
    finally:
        os.close(handle)


def _copy(folder: int, last: str, name: str, target: Path, most: int) -> bool:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    before = os.stat(last, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(before.st_mode):
        raise _invalid(name)
    source = os.open(last, flags, dir_fd=folder)
    try:
        found = os.fstat(source)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise _invalid(name)
        if found.st_size > most:
            raise _too_large(name, most)
        _bounded_copy(source, name, target, most)
    finally:
        os.close(source)
    return True


def _bounded_copy(source: int, name: str, target: Path, most: int) -> None:
    left = most
    with target.open("wb") as copy:
        while chunk := os.read(source, min(CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise _too_large(name, most)
            copy.write(chunk)


def _invalid(name: str) -> SubmissionError:
    message = f"{name} is a link, folder or special file; only a regular file is taken."
    return SubmissionError("output.invalid", message, hint="Write it as a plain file.", path=name)


def _too_large(name: str, most: int) -> SubmissionError:
    message = f"{name} is larger than the {most / 1e6:.0f} MB that an output may have."
    return SubmissionError("output.too_large", message, hint="Write only what is asked for.", path=name)


def names_in(root: Path, most: int) -> list[str]:
    """Return up to `most` names of regular files directly in `root`, for a hint."""
    with os.scandir(root) as entries:
        found = [
            entry.name for _, entry in zip(range(200), entries, strict=False) if entry.is_file(follow_symlinks=False)
        ]
    return [ascii(name)[1:-1][:60] for name in sorted(found) if not name.startswith(".")][:most]
