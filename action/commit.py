"""The files of the run's commit as git keeps them, in an archive, and what proves to the server that they are these."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
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
    below = git.text("rev-parse", "--show-prefix").rstrip("\n").rstrip("/")
    if git.text("cat-file", "-t", sha, otherwise="").strip() != "commit":
        raise CommitError(
            f"The commit {sha} is not in the checkout: let actions/checkout run before, with its defaults."
        )
    packed = Packed()
    links: dict[str, str] = {}
    submodules: dict[str, str] = {}
    large: list[str] = []
    tree = f"{sha}:{below}" if below else f"{sha}^{{tree}}"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        for mode, key, name in git.listed(tree):
            if mode == "160000":
                submodules[name] = key
            elif mode == "120000":
                links[name] = git.raw("cat-file", "blob", key).decode("utf-8", "surrogateescape")
            elif mode in FILE_MODES:
                packed.files += 1
                _add(file, git, folder, (mode, key, name), large, packed)
            else:
                raise CommitError(f'"{name}" is of a kind ({mode}) that is not handed in: remove it.')
    packed.submodules, packed.links = sorted(submodules), sorted(links)
    told: dict[str, Any] = {"links": links, "submodules": submodules, "large": large, "folder": below}
    packed.proof = json.dumps({"commit": git.encoded("commit", sha), "trees": list(_way(git, sha, below)), **told})
    return packed


class Git:
    """The repository that a folder lies in, of which git is asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def raw(self, *words: str) -> bytes:
        """Return what git prints. Raises CommitError."""
        # its owner may be another user where the job runs in a container
        command = ["git", "-c", "safe.directory=*", "-C", str(self._folder), *words]
        try:
            return subprocess.run(command, check=True, capture_output=True).stdout
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", b"") or str(error).encode()
            raise CommitError(f"git could not read the repository: {said.decode(errors='replace').strip()}") from error

    def text(self, *words: str, otherwise: str | None = None) -> str:
        """Return what git prints as text; `otherwise` where it fails and that is given."""
        try:
            return self.raw(*words).decode("utf-8", "replace")
        except CommitError:
            if otherwise is None:
                raise
            return otherwise

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
    archive: zipfile.ZipFile, git: Git, folder: Path, told: tuple[str, str, str], large: list[str], packed: Packed
) -> None:
    mode, key, name = told
    entry = zipfile.ZipInfo(name)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, int(mode, 8) << 16
    content = git.raw("cat-file", "blob", key)
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
