"""The history that lies in a `.git` folder, as data: what git itself would obey there is never looked at.

A `.git` folder that came with a work is hostile: its configuration, hooks, filters, attributes, index and alternates
can make git run programs or read other folders. So git is never pointed at it. Its objects, which are plain data, are
copied within limits into a bare repository of our own, and the one commit that HEAD names is looked up here; from that
repository it is fetched, and checked, as from an address.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from grader.intake.limits import IntakeLimits

CHUNK = 1 << 16
MOST_FILES = 20_000
SMALL = 1_000_000  # bytes of a file of refs
COMMIT = re.compile(r"[0-9a-f]{40}")
NAMED = re.compile(r"ref: (refs/[A-Za-z0-9][A-Za-z0-9._/+@-]{0,200})")
TAKEN = re.compile(
    r"objects/(?:[0-9a-f]{2}/[0-9a-f]{38}|pack/pack-[0-9a-f]{40}\.pack)|HEAD|shallow|packed-refs"
    r"|refs/[A-Za-z0-9][A-Za-z0-9._/+@-]{0,200}"
)


class GitFolder:
    """Takes in the files of one `.git` folder that are data, and says which commit it stands at.

    `problem` is why its history cannot be read, as a clause, "" where it may be; `found` says that there is one.
    """

    def __init__(self, parent: Path, limits: IntakeLimits) -> None:
        self._parent, self._limits = parent, limits
        self._place: tempfile.TemporaryDirectory[str] | None = None
        self._files, self._bytes = 0, 0
        self.problem = ""
        self.found = False

    @property
    def folder(self) -> Path:
        """Where the files were taken to: a folder of ours, made when it is first asked for."""
        if self._place is None:
            self._place = tempfile.TemporaryDirectory(prefix=".git-", dir=self._parent)
        return Path(self._place.name)

    def close(self) -> None:
        """Remove what was taken."""
        if self._place is not None:
            self._place.cleanup()

    def add(self, path: str, chunks: Iterable[bytes]) -> None:
        """Take one file by its path in the `.git` folder, where it is one that is data."""
        self.found = True
        if self.problem or not TAKEN.fullmatch(path) or ".." in path:
            return
        self._files += 1
        target = self.folder / path
        with suppress(FileExistsError, NotADirectoryError):  # a name that stands there twice counts once
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for chunk in chunks:
                    self._bytes += len(chunk)
                    if self._is_too_large():
                        return
                    file.write(chunk)

    def _is_too_large(self) -> bool:
        most = self._limits.packed_bytes * 3
        if self._bytes > most or self._files > MOST_FILES:
            self.problem = f"it holds more than {most / 1e6:.0f} MB or {MOST_FILES:,} files"
        return bool(self.problem)

    def add_folder(self, place: Path) -> None:
        """Take what lies in the `.git` folder `place`, without following a link or a file that points elsewhere."""
        try:
            mode = place.lstat().st_mode
        except OSError:
            return
        self.found = True
        if not stat.S_ISDIR(mode):
            self.problem = "it is no folder but points elsewhere"
            return
        for current, folders, files in os.walk(place, followlinks=False):
            folders[:] = sorted(name for name in folders if not (Path(current) / name).is_symlink())
            for name in sorted(files):
                inside = (Path(current) / name).relative_to(place).as_posix()
                if TAKEN.fullmatch(inside) and not self.problem:
                    self.add(inside, _plain(Path(current) / name))

    def commit(self) -> str | None:
        """Return the commit that HEAD names; None, with the `problem`, where that cannot be told."""
        head = self._small("HEAD").strip()
        named = NAMED.fullmatch(head)
        commit = self._commit_of(named[1]) if named and ".." not in head else head
        if COMMIT.fullmatch(commit):
            return commit
        self.problem = self.problem or "it holds no commit in a form that is read"
        return None

    def shallow(self) -> list[str]:
        """Return the commits whose parents did not come along."""
        return COMMIT.findall(self._small("shallow"))

    def _commit_of(self, name: str) -> str:
        loose = self._small(name).strip()
        if loose:
            return loose
        packed = (line.split(" ", 1) for line in self._small("packed-refs").splitlines() if " " in line)
        return next((commit for commit, ref in packed if ref == name), "")

    def _small(self, name: str) -> str:
        path = self.folder / name
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(SMALL).decode("utf-8", "replace")


def _plain(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a plain file, and nothing of what is none or may not be read."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                yield from iter(lambda: file.read(CHUNK), b"")
