"""The starter repository: a git bundle of exactly one commit, the same bytes whoever makes it and whenever."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from grader.errors import InfrastructureError

BUNDLE = b"# v2 git bundle\n"
BRANCH = "main"
MESSAGE = "Start of the assignment\n\n[skip ci]"  # whoever pushes it as it is hands nobody's work in
WHO = {
    "NAME": "Take-home assignment",
    "EMAIL": "assignment@takehome.invalid",
    "DATE": "2020-01-01T00:00:00+0000",
}
SETTINGS = (
    "core.autocrlf=false",
    "core.fileMode=false",
    "core.hooksPath=/dev/null",
    "commit.gpgSign=false",
    "pack.threads=1",  # several find other deltas in every run
    "gc.auto=0",
)


def make_bundle(files: Mapping[str, bytes]) -> bytes:
    """Return a bundle that `git clone` takes, whose one commit holds `files` (name -> bytes).

    Raises InfrastructureError when there is no git, or it fails.
    """
    with tempfile.TemporaryDirectory(prefix="starter-") as name:
        folder = Path(name)
        work = folder / "work"
        for path, data in files.items():
            target = work / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        _git(work, "init", "--quiet", "--template=", f"--initial-branch={BRANCH}")
        _git(work, "add", "--force", "--all")
        _git(work, "commit", "--quiet", "--no-verify", "--message", MESSAGE)
        _git(work, "bundle", "create", "--quiet", "--version=2", "../starter.bundle", BRANCH, "HEAD")
        return (folder / "starter.bundle").read_bytes()


def objects_in(bundle: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the kind and id of every object that a bundle holds, such as "blob 1f3a...", and its bytes.

    Raises InfrastructureError when git cannot read it.
    """
    with _unbundled(bundle) as folder:
        listed = _git(folder, "cat-file", "--batch", "--batch-all-objects", "--unordered")
    place = 0
    while place < len(listed):
        end = listed.index(b"\n", place)
        digest, kind, size = listed[place:end].decode().split()
        yield f"{kind} {digest}", listed[end + 1 : end + 1 + int(size)]
        place = end + int(size) + 2


@contextmanager
def _unbundled(bundle: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bundle-") as name:
        folder = Path(name)
        (folder / "it.bundle").write_bytes(bundle)
        _git(folder, "init", "--quiet", "--template=", "--bare", "all")
        _git(folder / "all", "fetch", "--quiet", "../it.bundle", "refs/*:refs/*")
        yield folder / "all"


def _git(folder: Path, *words: str) -> bytes:
    """Run git with settings of our own and nobody else's, and return what it printed."""
    own = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in WHO.items()}
    alone = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent", "LC_ALL": "C"}
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    try:
        done = subprocess.run(
            ["git", *settings, *words],
            cwd=folder,
            env={"PATH": os.environ.get("PATH", os.defpath), **alone, **own},
            capture_output=True,
            check=True,
        )
    except FileNotFoundError as error:
        message = "There is no git on this machine, which the starter repository is made with."
        raise InfrastructureError("infrastructure.internal", message, hint="Install git.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()[-300:]
        raise InfrastructureError("infrastructure.internal", f"git {words[0]} failed: {said}") from error
    return done.stdout
