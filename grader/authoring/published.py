"""Every file that candidates get, those inside of archives included."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

MOST_DEPTH = 4
MOST_BYTES = 1 << 28  # of one file inside an archive: what is larger is no table of labels
_PACKED: dict[bytes, Callable[[io.BytesIO], io.BufferedIOBase]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}


class Blob(NamedTuple):
    """A file's bytes, and where it is: data/public/all.zip > labels.csv."""

    name: str
    data: bytes


def blobs_of(public: Path, *more: Path) -> Iterator[Blob]:
    """Yield the files below the public folder and `more` ones, each followed by what it holds as an archive."""
    root = public.parent.parent
    for path in [
        *sorted(item for item in public.rglob("*") if item.is_file()),
        *(item for item in more if item.is_file()),
    ]:
        yield from _opened(Blob(path.relative_to(root).as_posix(), path.read_bytes()), MOST_DEPTH)


def _opened(blob: Blob, depth: int) -> Iterator[Blob]:
    yield blob
    if depth:
        for name, data in _inside(blob.data):
            yield from _opened(Blob(f"{blob.name} > {name}", data), depth - 1)


def _inside(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what an archive or a compressed file holds; nothing where it cannot be opened."""
    try:
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist():
                    if entry.file_size <= MOST_BYTES:
                        yield entry.filename, archive.read(entry)
        elif data[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                for member in tar:
                    file = tar.extractfile(member) if member.isfile() and member.size <= MOST_BYTES else None
                    if file is not None:
                        yield member.name, file.read()
        for magic, opener in _PACKED.items():
            if data.startswith(magic):
                with opener(io.BytesIO(data)) as unpacked:
                    yield "its contents", unpacked.read(MOST_BYTES)
    except (
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        zipfile.BadZipFile,
        tarfile.TarError,
        lzma.LZMAError,
        zlib.error,
    ):
        return
