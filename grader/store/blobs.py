"""Files of the service, by their content: a folder by default, S3, GCS or Azure by an address."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from grader.errors import InfrastructureError, UsageError

if TYPE_CHECKING:
    from obstore.store import RetryConfig

PART_BYTES, PARTS, FILES = 5 * 1024**2, 2, 3  # S3 takes no smaller parts; all that are sent at once are in memory
SCHEMES = ("s3", "gs", "az")
# who waits for a store keeps a request waiting, and maybe a row that is locked: workers, who have time, ask again
RETRIES: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}


class Blobs(Protocol):
    """Keeps bytes under a key that is made of them. What is stored is never changed."""

    def put(self, data: bytes) -> str:
        """Store `data` and return its key; the same bytes have the same key. Raises InfrastructureError."""

    def put_file(self, path: Path) -> str:
        """Store a file, without holding it in memory, and return its key. Raises InfrastructureError."""

    def get(self, key: str) -> bytes:
        """Return what was stored under `key`. Raises InfrastructureError where it is missing or not what it was."""

    def has(self, key: str) -> bool:
        """Return whether something is stored under `key`. Raises InfrastructureError."""

    def delete(self, key: str) -> None:
        """Forget what was stored under `key`; one that is not there is no error. Raises InfrastructureError."""


_FILES = threading.BoundedSemaphore(FILES)


class ObjectBlobs:
    """Blobs in an object store, or in a folder that looks like one."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, data: bytes) -> str:
        """Store `data` under its SHA-256; what is there already is not written again."""
        key = key_of(data)
        with _ours_to_tell("stored"):
            if not self._has(key):
                obstore.put(self._store, _path(key), data)
        return key

    def put_file(self, path: Path) -> str:
        """Store the file under its SHA-256, in parts."""
        key = key_of_file(path)
        with _ours_to_tell("stored"), _FILES:
            if not self._has(key):
                obstore.put(self._store, _path(key), path, chunk_size=PART_BYTES, max_concurrency=PARTS)
        return key

    def get(self, key: str) -> bytes:
        """Return the bytes, checked against their key: a store that lost or changed some is our failure."""
        with _ours_to_tell("read"):
            data = bytes(obstore.get(self._store, _path(key)).bytes())
        if key_of(data) != key:
            raise InfrastructureError("infrastructure.blobs", f"The stored file {key[:12]} is not what was stored.")
        return data

    def has(self, key: str) -> bool:
        """Return whether the bytes are there."""
        with _ours_to_tell("looked for"):
            return self._has(key)

    def delete(self, key: str) -> None:
        """Forget the bytes."""
        with _ours_to_tell("deleted"):
            if self._has(key):
                obstore.delete(self._store, _path(key))

    def _has(self, key: str) -> bool:
        try:
            obstore.head(self._store, _path(key))
        except FileNotFoundError:
            return False
        return True


def open_blobs(address: str) -> Blobs:
    """Return the blobs at `address`: a folder, or s3://, gs:// or az:// with what their own variables say of keys.

    Raises UsageError where it is neither.
    """
    scheme = urlsplit(address).scheme
    if scheme in SCHEMES:
        return ObjectBlobs(from_url(address, retry_config=RETRIES))
    if scheme or not address:
        raise UsageError("GRADER_BLOBS is a folder, or an address that begins with s3://, gs:// or az://")
    folder = Path(address).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return ObjectBlobs(LocalStore(folder))


def key_of(data: bytes) -> str:
    """Return the key of bytes: their SHA-256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def key_of_file(path: Path) -> str:
    """Return the key of a file, which is that of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _path(key: str) -> str:
    return f"{key[:2]}/{key}"


@contextmanager
def _ours_to_tell(what: str) -> Iterator[None]:
    """Turn what the store raises into InfrastructureError, without the address or a key of ours in it."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise InfrastructureError(
            "infrastructure.blobs",
            f"A file could not be {what}: {type(error).__name__}.",
            hint="Look whether the store at GRADER_BLOBS can be reached and has space left.",
        ) from error
