"""Taking files out of a sandbox, mostly a dead one: regular ones only, no link followed, bytes counted as they come."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path
from typing import BinaryIO

from grader.errors import SubmissionError

CHUNK = 1 << 20
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFREG: "a regular file",
}
# what a file is refused for when it is opened, where the work made it so; any other refusal is the machine's
BY_THE_WORK = frozenset(
    {errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO, errno.ENODEV, errno.EACCES, errno.EPERM}
)


def collect_file(root: Path, name: str, target: Path, most: int) -> bool:
    """Copy `root`/`name` to `target` and say whether it was there.

    `name` is relative; no part of it may be a link. Raises SubmissionError("output.invalid") for what is no regular
    file, "output.too_large" past `most` bytes, and OSError for what is the machine's own fault.
    """
    source = _checked(root, name, most)
    if source is None:
        return False
    try:
        with target.open("wb") as copy:
            _bounded_copy(source, name, copy, most)
    finally:
        os.close(source)
    return True


def read_file(root: Path, name: str, most: int) -> bytes | None:
    """Return the bytes of `root`/`name`, None where it is not there. Raises as `collect_file` does."""
    source = _checked(root, name, most)
    if source is None:
        return None
    try:
        copy = io.BytesIO()
        _bounded_copy(source, name, copy, most)
        return copy.getvalue()
    finally:
        os.close(source)


def _checked(root: Path, name: str, most: int) -> int | None:
    """Open what is a regular file of no more than `most` bytes; None where there is none."""
    try:
        source = _opened(root, name)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno not in BY_THE_WORK:
            raise
        raise _invalid(name, f"opening it was answered with {errno.errorcode[error.errno]}") from error
    try:
        found = os.fstat(source)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise _invalid(name, _kind(found))
        if found.st_size > most:
            raise _too_large(name, most, f"it has {found.st_size:,} bytes, of {most:,} that it may have")
    except BaseException:
        os.close(source)
        raise
    return source


def _opened(root: Path, name: str) -> int:
    """Open a regular file part by part, following no link; what it was between a look and the opening is seen after."""
    *folders, last = Path(name).parts
    handle = os.open(root, FOLDER)
    try:
        for folder in folders:
            inner = os.open(folder, FOLDER, dir_fd=handle)
            os.close(handle)
            handle = inner
        before = os.stat(last, dir_fd=handle, follow_symlinks=False)
        if not stat.S_ISREG(before.st_mode):
            raise _invalid(name, _kind(before))
        return os.open(last, FILE, dir_fd=handle)
    finally:
        os.close(handle)


def _bounded_copy(source: int, name: str, copy: BinaryIO, most: int) -> None:
    left = most
    while chunk := os.read(source, min(CHUNK, left + 1)):
        left -= len(chunk)
        if left < 0:
            raise _too_large(name, most, f"it grew past the {most:,} bytes that it may have while it was read")
        copy.write(chunk)


def _kind(found: os.stat_result) -> str:
    kind = KINDS.get(stat.S_IFMT(found.st_mode), "a special file")
    return (
        f"it is {kind}" if found.st_nlink == 1 or not stat.S_ISREG(found.st_mode) else f"it has {found.st_nlink} names"
    )


def _invalid(name: str, seen: str) -> SubmissionError:
    message = f"{name} is a link, folder or special file; only a regular file is taken."
    return SubmissionError("output.invalid", message, hint="Write it as a plain file.", path=name, observed=(seen,))


def _too_large(name: str, most: int, seen: str) -> SubmissionError:
    message = f"{name} is larger than the {most / 1e6:.0f} MB that an output may have."
    hint = "Write only what is asked for."
    return SubmissionError("output.too_large", message, hint=hint, path=name, observed=(seen,))


def names_in(root: Path, most: int) -> list[str]:
    """Return up to `most` names of regular files directly in `root`, for a hint."""
    with os.scandir(root) as entries:
        found = [
            entry.name for _, entry in zip(range(200), entries, strict=False) if entry.is_file(follow_symlinks=False)
        ]
    return [ascii(name)[1:-1][:60] for name in sorted(found) if not name.startswith(".")][:most]
