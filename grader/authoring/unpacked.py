"""Everything that a file holds, however it is packed: archives in archives, compressed streams, git objects."""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import hashlib
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator

from grader.authoring.starter import BUNDLE, objects_in
from grader.errors import AssignmentError, InfrastructureError

MOST_BYTES = 1 << 30  # of everything that one file unpacks to
DEEPEST = 6
LOOSE_OBJECT = re.compile(rb"(?:blob|tree|commit|tag) \d+\0")
BASE64 = re.compile(rb"[A-Za-z0-9+/]{60,}(?:\\?n?\r?\n?[A-Za-z0-9+/]{4,})*={0,2}")
STREAMS: dict[bytes, Callable[[bytes], bytes]] = {
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ\0": lzma.decompress,
}
UNREADABLE = (b"PACK\0\0\0", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
Found = Iterator[tuple[str, bytes]]


def everything_in(place: str, data: bytes, depth: int = 0, closed: Collection[str] = ()) -> Found:
    """Yield (place, bytes) of a file and of all that it holds, each place with where it lies: "a.zip: b.csv".

    What has one of the SHA-256 in `closed` is not looked into.

    Raises AssignmentError for what cannot be looked into: nothing could be said of it.
    """
    yield place, data
    if closed and hashlib.sha256(data).hexdigest() in closed:
        return
    if depth >= DEEPEST:
        raise _closed(place, "it is packed too deep to look into")
    for name, inner in _inside(place, data):
        yield from everything_in(f"{place}: {name}", inner, depth + 1, closed)


def _inside(place: str, data: bytes) -> Found:
    try:
        if data.startswith(UNREADABLE):
            raise _closed(place, "it is of a kind that cannot be looked into")
        if data.startswith(BUNDLE):
            yield from objects_in(data)
        elif zipfile.is_zipfile(io.BytesIO(data)):
            yield from _zipped(place, data)
        elif data[257:262] == b"ustar":
            yield from _tarred(data)
        elif kind := next((magic for magic in STREAMS if data.startswith(magic)), None):
            yield "unpacked", STREAMS[kind](data)
        elif data[:1] == b"x" and (loose := _loose_object(data)):
            yield "git object", loose
        elif data[:1] == b"x" and (stream := _stream(data)):
            yield "unpacked", stream
        else:
            yield from _base64(data)
    except (zipfile.BadZipFile, tarfile.TarError, OSError, EOFError, RuntimeError, ValueError, zlib.error) as error:
        raise _closed(place, f"it cannot be unpacked ({error})") from error
    except InfrastructureError as error:
        raise _closed(place, f"it cannot be unpacked ({error.message})") from error


def _zipped(place: str, data: bytes) -> Found:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
            raise _closed(place, "it unpacks to more than a gibibyte")
        yield "its comment", archive.comment
        for entry in archive.infolist():
            if not entry.is_dir():
                yield entry.filename, archive.read(entry)


def _tarred(data: bytes) -> Found:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for entry in archive:
            if file := archive.extractfile(entry) if entry.isfile() else None:
                yield entry.name, file.read()


def _loose_object(data: bytes) -> bytes | None:
    try:
        found = zlib.decompress(data)
    except zlib.error:
        return None
    return found if LOOSE_OBJECT.match(found) else None


def _stream(data: bytes) -> bytes | None:
    """Return what a stream of zlib holds, as joblib writes one."""
    try:
        return zlib.decompressobj().decompress(data, MOST_BYTES)
    except zlib.error:
        return None


def _base64(data: bytes) -> Found:
    """Yield what long words of base64 say, as notebooks hold pictures."""
    for number, word in enumerate(BASE64.findall(data), start=1):
        plain = re.sub(rb"\\n|\s", b"", word)
        try:
            yield f"base64 {number}", base64.b64decode(plain + b"=" * (-len(plain) % 4))
        except binascii.Error:
            continue


def _closed(place: str, why: str) -> AssignmentError:
    return AssignmentError(
        f"{why}, and so it cannot be proven to hold nothing of the hidden part",
        path=place,
        hint="Give it in another form, such as plain files or a zip archive without a password.",
    )
