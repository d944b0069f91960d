"""The files of the run's commit as git keeps them, in an archive, and what proves to the server that they are these."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE_MODES = ("100644", "100755", "100664")
POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize ([0-9]+)\n")
LARGEST_POINTER = 200  # bytes
CHUNK = 1 << 20


class CommitError(Exception):
    """The commit cannot be read; the message is one sentence that says what to do."""


@dataclass
class Packed:
    """What was packed: `missing` are files of Git LFS that were not checked out, of which the pointer is sent."""

    proof: str = ""
    files: int = 0
    missing: list[str] = field(default_factory=list)
    submodules: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def pack(folder: Path, sha: str, archive: Path) -> Packed:
    """Write the files of the commit `sha` in `folder` of its checkout to `archive`, a .zip. Raises CommitError."""
    git = Git(folder)
    below = git.below
    if not git.has(f"{sha}^{{commit}}"):
        raise CommitError(
            f"The commit {sha} is not in the checkout: let actions/checkout run before, with its defaults."
        )
    packed = Packed()
    links: dict[str, str] = {}
    submodules: dict[str, str] = {}
    large: list[str] = []
    tree = f"{sha}:{below}" if below else f"{sha}^{{tree}}"
    if below and not git.has(tree):  # it was made on the runner
        raise _empty(sha, below)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file, git.blobs() as content_of:
        for mode, key, name in git.listed(tree):
            if mode == "160000":
                submodules[name] = key
            elif mode == "120000":
                links[name] = content_of(key).decode("utf-8", "surrogateescape")
            elif mode in FILE_MODES:
                packed.files += 1
                _add(file, content_of(key), folder, (mode, name), large, packed)
            else:
                raise CommitError(f'"{name}" is of a kind ({mode}) that is not handed in: remove it.')
    if not packed.files:
        raise _empty(sha, below)
    packed.submodules, packed.links = sorted(submodules), sorted(links)
    told: dict[str, Any] = {"links": links, "submodules": submodules, "large": large, "folder": below}
    packed.proof = json.dumps({"commit": git.encoded("commit", sha), "trees": list(_way(git, sha, below)), **told})
    return packed


def root_of(folder: Path) -> Path | None:
    """Return the folder of the checkout that a folder lies in; None where it lies in none."""
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)


class Git:
    """The repository that a folder lies in, of which git is asked; `below` is the folder's path in it."""

    def __init__(self, folder: Path) -> None:
        root = root_of(folder)
        if root is None:
            raise CommitError("There is no repository of git in the workspace: let actions/checkout run before.")
        self.below = "" if folder == root else folder.relative_to(root).as_posix()
        # named, not looked for: else git asks whose it is, and where the job runs in a container it is another user's
        self._git = ["git", f"--git-dir={root / '.git'}"]

    def has(self, name: str) -> bool:
        """Return whether the object of this name is there. Raises CommitError where git is not."""
        return self._asked("cat-file", "-e", name).returncode == 0

    def raw(self, *words: str) -> bytes:
        """Return what git prints. Raises CommitError."""
        done = self._asked(*words)
        if done.returncode:
            raise _unread(done.stderr)
        return done.stdout

    def _asked(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run([*self._git, *words], capture_output=True, check=False)
        except OSError as error:
            raise _unread(str(error).encode()) from error

    @contextmanager
    def blobs(self) -> Iterator[Callable[[str], bytes]]:
        """Yield what returns the content of a blob by its key, of one git for all: to begin one for each takes longer
        than all else. Raises CommitError.
        """
        words = [*self._git, "cat-file", "--batch"]
        with tempfile.TemporaryFile() as said, subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
        ) as process:

            def content_of(key: str) -> bytes:
                assert process.stdin is not None
                assert process.stdout is not None
                with suppress(BrokenPipeError):  # it has ended, and said why
                    process.stdin.write(f"{key}\n".encode())
                    process.stdin.flush()
                head = process.stdout.readline().split()
                if len(head) != 3:
                    said.seek(0)
                    raise _unread(said.read() or b" ".join(head))
                return process.stdout.read(int(head[2]) + 1)[:-1]

            yield content_of

    def encoded(self, kind: str, name: str) -> str:
        """Return an object as it is kept, in base64."""
        return base64.b64encode(self.raw("cat-file", kind, name)).decode()

    def listed(self, tree: str) -> Iterator[tuple[str, str, str]]:
        """Yield mode, key and name of all that lies in a tree. Raises CommitError for a name that is no UTF-8."""
        for line in self.raw("ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
            if not line:
                continue
            about, _, name = line.partition(b"\t")
            mode, _, key = about.decode("ascii").split(" ")
            try:
                yield mode, key, name.decode()
            except UnicodeDecodeError as error:
                raise CommitError(f"The name {name!r} is no UTF-8: rename the file.") from error


def _add(
    archive: zipfile.ZipFile, content: bytes, folder: Path, told: tuple[str, str], large: list[str], packed: Packed
) -> None:
    mode, name = told
    entry = zipfile.ZipInfo(name)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, int(mode, 8) << 16
    pointer = POINTER.fullmatch(content) if len(content) < LARGEST_POINTER else None
    if pointer is None:
        archive.writestr(entry, content)
    elif _is_checked_out(folder / name, pointer[1].decode()):
        large.append(name)
        entry.file_size = int(pointer[2])
        with (folder / name).open("rb") as source, archive.open(entry, "w") as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
    else:
        packed.missing.append(name)
        archive.writestr(entry, content)


def _is_checked_out(path: Path, key: str) -> bool:
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
    except OSError:
        return False
    return found.hexdigest() == key


def _way(git: Git, sha: str, below: str) -> Iterator[str]:
    """Yield the trees from the root to the one that has the folder."""
    names = [name for name in below.split("/") if name]
    for depth in range(len(names)):
        yield git.encoded("tree", f"{sha}:{'/'.join(names[:depth])}" if depth else f"{sha}^{{tree}}")


def _empty(sha: str, below: str) -> CommitError:
    return CommitError(f'The commit {sha} holds no file in "{below or "."}": commit the work first.')


def _unread(said: bytes) -> CommitError:
    return CommitError(f"git could not read the repository: {said.decode(errors='replace').strip()}")
