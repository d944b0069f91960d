"""What a running sandbox has written: bytes really allocated and files, in its folders and its memory file systems."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_HIDDEN = (errno.ENAMETOOLONG, errno.EACCES)


@dataclass(frozen=True)
class DiskUse:
    """Allocated bytes and number of files."""

    bytes: int = 0
    files: int = 0

    def __add__(self, other: DiskUse) -> DiskUse:
        return DiskUse(self.bytes + other.bytes, self.files + other.files)

    def __sub__(self, other: DiskUse) -> DiskUse:
        return DiskUse(max(0, self.bytes - other.bytes), max(0, self.files - other.files))


def folder_use(folder: Path, most_files: int) -> DiskUse:
    """Count what lies under `folder`; links are not followed, and counting stops after `most_files`.

    The folder belongs to hostile code that may be changing it: what vanishes meanwhile is skipped, and what is nested
    too deep or closed, so that it cannot be looked at, counts as too many files.
    """
    used, files, waiting = 0, 0, [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    files += 1
                    if files > most_files:
                        return DiskUse(used, files)
                    used += _allocated(entry)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError as error:
            if error.errno in _HIDDEN:
                return DiskUse(used, most_files + 1)
    return DiskUse(used, files)


def _allocated(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except FileNotFoundError:
        return 0


def unlinked_use(processes: Iterable[int], device: int) -> DiskUse:
    """Count files on `device` that have no name any more and live on because one of `processes` has them open."""
    found: dict[int, int] = {}
    for process in processes:
        try:
            descriptors = os.listdir(f"/proc/{process}/fd")  # noqa: PTH208 - hot loop
        except OSError:
            continue
        for descriptor in descriptors:
            try:
                state = os.stat(f"/proc/{process}/fd/{descriptor}")  # noqa: PTH116 - hot loop
            except OSError:
                continue
            if state.st_nlink == 0 and state.st_dev == device and stat.S_ISREG(state.st_mode):
                found[state.st_ino] = state.st_blocks * 512
    return DiskUse(sum(found.values()), len(found))


class Written(Protocol):
    """What a sandbox writes outside its own two folders."""

    def use(self) -> DiskUse:
        """Return what is there now."""

    def full(self) -> bool:
        """Return whether a next write will fail for want of room."""

    def close(self) -> None:
        """Let go of it."""


class MemoryFileSystems:
    """Watches the sandbox's tmpfs mounts through descriptors, which stay readable after the sandbox is dead."""

    def __init__(self, process: int, targets: Iterable[str]) -> None:
        """Open `targets` as process id `process` sees them; those that cannot be opened are not watched."""
        self._descriptors: list[int] = []
        for target in targets:
            try:
                flags = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                self._descriptors.append(os.open(f"/proc/{process}/root{target}", flags))
            except OSError:
                continue

    def use(self) -> DiskUse:
        """Return what all of them hold now."""
        total = DiskUse()
        for descriptor in self._descriptors:
            state = os.fstatvfs(descriptor)
            total += DiskUse((state.f_blocks - state.f_bfree) * state.f_frsize, state.f_files - state.f_ffree)
        return total

    def full(self) -> bool:
        """Return whether one of them has no room left for a page or a file."""
        states = [os.fstatvfs(descriptor) for descriptor in self._descriptors]
        return any(
            state.f_blocks and (state.f_bfree == 0 or (state.f_files and state.f_ffree == 0)) for state in states
        )

    def close(self) -> None:
        """Let go of the mounts."""
        while self._descriptors:
            os.close(self._descriptors.pop())
