"""That an archive holds what a commit holds: its files are hashed anew, as git does it, up to the commit's name."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass, field
from typing import IO, Annotated

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from grader.errors import SubmissionError
from grader.intake.archive import damage_told, entries_of, name_of, refuse_unusual, too_large
from grader.intake.limits import IntakeLimits

CHUNK = 1 << 20
LARGEST_PROOF = 900_000  # characters
MODES = ("100644", "100755", "100664")  # of files; the last one in very old histories
LINK, SUBMODULE, FOLDER = "120000", "160000", "40000"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"
Hash = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]


class CommitProof(BaseModel):
    """What leads from an archive to the commit: its objects as git keeps them, and what the archive cannot hold.

    `trees` are those from the root down to the one that has `folder`, which is "" for the whole repository. `links` are
    symbolic links with where they point, `submodules` with their commit, and `large` the files kept by Git LFS, of
    which a commit holds a pointer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    commit: Base64Bytes
    trees: tuple[Base64Bytes, ...] = Field(default=(), max_length=32)
    folder: str = ""
    links: dict[str, str] = {}
    submodules: dict[str, Hash] = {}
    large: tuple[str, ...] = ()


@dataclass
class _Tree:
    entries: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # name: mode, hash
    folders: dict[str, _Tree] = field(default_factory=dict)


def read_proof(text: str) -> CommitProof:
    """Return the proof that JSON tells. Raises SubmissionError "git.commit"."""
    try:
        return CommitProof.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise _not_proven(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error


def prove(archive: IO[bytes], proof: CommitProof, sha: str, limits: IntakeLimits) -> None:
    """See that the .zip holds the files of the commit `sha`, in the proof's folder, and no others.

    A hash of a tree is one of all names, modes and contents below it (Pro Git, 10.2), so nothing of it can be another.
    Raises SubmissionError "git.commit" where it does not hold, or "archive.*" where the archive cannot be read.
    """
    git = _Git("sha1" if len(sha) == 40 else "sha256")
    if git.hashed("commit", proof.commit).hex() != sha:
        raise _not_proven("the commit is another one")
    head = proof.commit.split(b"\n", 1)[0]
    wanted = git.below(head.removeprefix(b"tree ").decode("latin-1"), proof)
    try:
        found = git.hash_of_tree(_tree_in(archive, proof, git, limits)).hex()
    except UnicodeEncodeError as error:
        raise _not_proven("a name is no UTF-8") from error
    if found != wanted:
        raise _not_proven("a file is missing, changed or not in the commit")


class _Git:
    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm

    def hashed(self, kind: str, body: bytes) -> bytes:
        return hashlib.new(self.algorithm, f"{kind} {len(body)}\0".encode() + body).digest()

    def hashed_file(self, content: IO[bytes], size: int) -> bytes:
        return _fed(hashlib.new(self.algorithm, f"blob {size}\0".encode()), content, size).digest()

    def below(self, tree: str, proof: CommitProof) -> str:
        """Return the hash of the tree of the proof's folder."""
        names = [name for name in proof.folder.split("/") if name]
        if len(names) != len(proof.trees):
            raise _not_proven("the way to the folder is not told")
        for name, body in zip(names, proof.trees, strict=True):
            if self.hashed("tree", body).hex() != tree:
                raise _not_proven("a folder on the way is another one")
            tree = self._folder_in(body, name)
        return tree

    def _folder_in(self, body: bytes, name: str) -> str:
        size, place = hashlib.new(self.algorithm).digest_size, 0
        while (end := body.find(b"\0", place)) >= 0:
            if body[place:end] == f"{FOLDER} {name}".encode():
                return body[end + 1 : end + 1 + size].hex()
            place = end + 1 + size
        raise _not_proven("there is no such folder in the commit")

    def hash_of_tree(self, tree: _Tree) -> bytes:
        found = {name: (mode, key, name) for name, (mode, key) in tree.entries.items()}
        for name, folder in tree.folders.items():
            if name in found:
                raise _not_proven("a name is a file and a folder")
            found[name] = (FOLDER, self.hash_of_tree(folder), f"{name}/")  # git orders a folder as if it ended so
        ordered = sorted(found, key=lambda name: found[name][2].encode())
        return self.hashed("tree", b"".join(f"{found[n][0]} {n}\0".encode() + found[n][1] for n in ordered))


def _tree_in(file: IO[bytes], proof: CommitProof, git: _Git, limits: IntakeLimits) -> _Tree:
    root, large = _Tree(), frozenset(proof.large)
    with damage_told(), zipfile.ZipFile(file) as archive:
        entries = entries_of(archive, limits)
        if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
            raise too_large("The archive unpacks to more than is allowed.")
        for entry in entries:
            name = name_of(entry)  # as it will be taken in, which is not always how the library names it
            _put(root, name, *_hash_in(archive, entry, git, is_large=name in large), limits)
    for path, target in proof.links.items():
        _put(root, path, LINK, git.hashed("blob", target.encode("utf-8", "surrogateescape")), limits)
    for path, commit in proof.submodules.items():
        _put(root, path, SUBMODULE, bytes.fromhex(commit), limits)
    return root


def _hash_in(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, git: _Git, *, is_large: bool) -> tuple[str, bytes]:
    mode = f"{entry.external_attr >> 16:o}"
    if mode not in MODES:
        raise _not_proven("an entry of the archive is no file of a commit")
    refuse_unusual(entry, name_of(entry))
    with archive.open(entry) as content:
        if not is_large:
            return mode, git.hashed_file(content, entry.file_size)
        key = _fed(hashlib.sha256(), content, entry.file_size)
    return mode, git.hashed("blob", POINTER.format(key.hexdigest(), entry.file_size).encode())


def _fed(digest: hashlib._Hash, content: IO[bytes], size: int) -> hashlib._Hash:
    while size > 0 and (chunk := content.read(min(CHUNK, size))):  # no more is unpacked than it is said to hold
        digest.update(chunk)
        size -= len(chunk)
    return digest


def _put(root: _Tree, path: str, mode: str, key: bytes, limits: IntakeLimits) -> None:
    *folders, name = path.split("/")
    if len(folders) >= limits.depth:
        raise _not_proven("a name is too deep")
    tree = root
    for folder in folders:
        tree = tree.folders.setdefault(folder, _Tree())
    if not name or name in tree.entries or "" in folders:
        raise _not_proven("a name is there twice or is none")
    tree.entries[name] = (mode, key)


def _not_proven(why: str) -> SubmissionError:
    return SubmissionError(
        "git.commit",
        f"The archive does not hold what the commit does: {why}.",
        hint="Hand in with the Action, which sends the files of the commit as they are.",
    )
