"""Makes a folder that a dead sandbox wrote ours: readable by all, changed by none, and nothing odd in it."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def settle(folder: Path) -> int:
    """Give every file to us and let all read it, remove what is neither file, folder nor link; return the bytes.

    Links are not followed, and nothing in the folder is believed: code of strangers may have written there.
    """
    total = 0
    waiting = [os.fspath(folder)]
    while waiting:
        here = waiting.pop()
        _claim(here, 0o755)
        with os.scandir(here) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    state = entry.stat(follow_symlinks=False)
                    total += state.st_blocks * 512
                    _claim(entry.path, 0o555 if state.st_mode & stat.S_IXUSR else 0o444)
                elif entry.is_symlink():
                    os.chown(entry.path, os.geteuid(), os.getegid(), follow_symlinks=False)
                else:
                    os.unlink(entry.path)  # noqa: PTH108 - names as the system gives them
    return total


def _claim(path: str, mode: int) -> None:
    os.chown(path, os.geteuid(), os.getegid(), follow_symlinks=False)
    os.chmod(path, mode)  # noqa: PTH101 - names as the system gives them
