"""Files that rows name, in archives or loose below a folder: their contents, and what is noted beside them."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import AssignmentError

PNG = b"\x89PNG\r\n\x1a\n"
DRAWN = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs"}
)
MOST_BYTES = 1 << 30


@dataclass(frozen=True)
class Member:
    """One file that a row may name: where it is, its place and time there, its bytes, and what its archive notes."""

    name: str
    where: str
    place: int
    time: float
    data: bytes
    noted: bytes = b""


def members_of(folder: Path) -> Iterator[Member]:
    """Yield the files below `folder` and in its zip archives. Raises AssignmentError for a broken or huge archive."""
    loose = sorted(path for path in folder.rglob("*") if path.is_file())
    for place, path in enumerate(loose):
        if zipfile.is_zipfile(path):
            yield from _in_archive(path, path.relative_to(folder).as_posix())
        elif path.parent != folder:
            name = path.relative_to(folder).as_posix()
            yield Member(name, name, place, path.stat().st_mtime, path.read_bytes())


def contents_of(folder: Path) -> dict[str, str]:
    """Return the digest of what each such file shows, by its name; of a picture without its metadata."""
    return {member.name: hashlib.sha256(shown(member.data)).hexdigest() for member in members_of(folder)}


def shown(data: bytes) -> bytes:
    """Return a PNG without what is written beside its pixels; other files as they are."""
    if not data.startswith(PNG):
        return data
    return b"".join(kind + body for kind, body in _chunks(data) if kind in DRAWN)


def written_beside(data: bytes) -> bytes:
    """Return what a PNG or JPEG file says beside its pixels: texts, times, comments, EXIF."""
    if data.startswith(PNG):
        return b"".join(kind + body for kind, body in _chunks(data) if kind not in DRAWN)
    return b"".join(_segments(data)) if data.startswith(b"\xff\xd8") else b""


def _in_archive(path: Path, where: str) -> Iterator[Member]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise AssignmentError("it unpacks to more than 1 GiB", path=where)
            for place, entry in enumerate(entries):
                if not entry.is_dir():
                    time = float("".join(f"{part:02d}" for part in entry.date_time))
                    noted = entry.comment + entry.extra
                    yield Member(entry.filename, where, place, time, archive.read(entry), noted)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise AssignmentError(f"it is no readable archive: {error}", path=where) from error


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG)
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind, data[at + 8 : at + 8 + size]
        at += size + 12
    if at < len(data):
        yield b"tail", data[at:]


def _segments(data: bytes) -> Iterator[bytes]:
    """Yield a JPEG's application segments and comments, which come before its pixels."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == 0xFE or 0xE1 <= data[at + 1] <= 0xEF:
            yield data[at + 4 : at + 2 + size]
        at += 2 + max(2, size)
