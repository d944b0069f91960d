"""Makes a dead sandbox's folders harmless to whoever reads or removes them next."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

MOST_DEPTH = 64
LONGEST_PATH = 2000

_REMOVE = 'chmod -R u+rwX -- "$1"; rm -rf -- "$1"'


def tame(*folders: Path) -> None:
    """Open the folders that the work has closed, and remove what it nested so deep that ordinary code cannot follow.

    Needs a dead sandbox: nothing may be changing the folders. Links are not followed; folders that are gone are none.
    """
    waiting = [(os.fspath(folder), 0) for folder in folders if folder.exists()]
    while waiting:
        path, depth = waiting.pop()
        if depth > MOST_DEPTH or len(path) > LONGEST_PATH:
            subprocess.run(["/bin/sh", "-c", _REMOVE, "sh", path], env={}, check=False)
            continue
        if os.lstat(path).st_mode & 0o700 != 0o700:
            os.chmod(path, 0o700)  # noqa: PTH101 - names as the system gives them
        with os.scandir(path) as entries:
            waiting += [(entry.path, depth + 1) for entry in entries if entry.is_dir(follow_symlinks=False)]
