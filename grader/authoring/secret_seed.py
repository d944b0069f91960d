"""The seed of a split that nobody is to know: given in a file, in the environment, or made here and kept apart."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from grader.errors import InfrastructureError, UsageError

LEAST_BYTES = 16
FOLDER = "split-seeds"


@dataclass(frozen=True)
class SecretSeed:
    """A secret and where it came from, in words that can be shown; the secret itself is in no text of it.

    `file` is the one that was made to keep it, None where it was given.
    """

    secret: bytes = field(repr=False)
    origin: str
    file: Path | None = None

    def of_draw(self, number: int) -> SecretSeed:
        """Return the seed of that draw, counted from 1: of the first the seed itself, of each further one its own."""
        if number == 1:
            return self
        return replace(self, secret=hmac.digest(self.secret, f"takehome-grader draw\0{number}".encode(), "sha256"))

    def generator(self, slug: str) -> np.random.Generator:
        """Return the random numbers of one assignment's split (HMAC-SHA256, RFC 2104)."""
        key = hmac.digest(self.secret, f"takehome-grader split\0{slug}".encode(), "sha256")
        return np.random.default_rng(int.from_bytes(key, "big"))

    def of_export(self, slug: str) -> str:
        """Return the secret that one assignment's export.py is given: it never sees the one it is made of."""
        return hmac.digest(self.secret, f"takehome-grader export\0{slug}".encode(), "sha256").hex()


@contextmanager
def kept_on_success(seed: SecretSeed) -> Iterator[None]:
    """Remove the file that was made for the seed where what is done with it fails: it would tell of nothing."""
    try:
        yield
    except BaseException:
        if seed.file is not None:
            seed.file.unlink(missing_ok=True)
        raise


def secret_seed(file: Path | None, variable: str, home: Path, slug: str, folder: Path) -> SecretSeed:
    """Return the seed in `file`, else the one that GRADER_SPLIT_SEED holds, else a new one kept in `home`.

    Raises UsageError for a seed that could be guessed or lies in the assignment's folder.
    """
    if file is not None:
        if file.resolve().is_relative_to(folder.resolve()):
            message = f"--seed-file {file} lies in the assignment's folder, where it would be found"
            raise UsageError(message, hint="Keep it elsewhere.")
        return SecretSeed(_long_enough(_read(file), f"--seed-file {file}"), f"the seed in {file}")
    if variable:
        return SecretSeed(_long_enough(variable.encode(), "GRADER_SPLIT_SEED"), "the seed in GRADER_SPLIT_SEED")
    return _made(home / FOLDER, slug)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"--seed-file {file} cannot be read: {error.strerror}") from error


def _long_enough(secret: bytes, where: str) -> bytes:
    if len(secret) < LEAST_BYTES:
        hint = "Make one: python -c 'import secrets; print(secrets.token_hex(32))'"
        raise UsageError(f"{where}: a seed of fewer than {LEAST_BYTES} characters could be guessed", hint=hint)
    return secret


def _made(folder: Path, slug: str) -> SecretSeed:
    """Return a new seed, written to a file of its own that only this user may read."""
    secret, number = secrets.token_hex(32).encode(), 1
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        while (path := folder / f"{slug}-{number}").exists():
            number += 1
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(secret + b"\n")
    except OSError as error:
        message = f"A new seed could not be kept in {folder}: {error.strerror}."
        raise InfrastructureError("infrastructure.host", message) from error
    return SecretSeed(secret, f"a new seed, kept in {path}", path)
