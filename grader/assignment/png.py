"""What is wrong with a PNG file, by its chunks alone (PNG Specification, third edition, 2025); nothing is decoded."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_SIDE = 4096  # pixels
DRAWN = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
)  # what the pixels need; a profile, a text, a time or EXIF can carry anything
METADATA_SAID = "says something beside its pixels"


def wrong_with_png(data: bytes, *, silent: bool) -> str:
    """Return what is wrong in words, nothing where it is a PNG of bounded size; `silent` ones hold pixels alone."""
    if not data.startswith(SIGNATURE):
        return "it is no PNG file"
    try:
        chunks = list(chunks_of(data))
    except ValueError as error:
        return str(error)
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1] != b"IEND" or b"IDAT" not in kinds or len(chunks[0][1]) != 13:
        return "it is no whole PNG file"
    width, height = struct.unpack(">II", chunks[0][1][:8])
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
        return f"it has {width:,} x {height:,} pixels, more than {MOST_SIDE:,} or none on a side"
    others = [kind.decode("latin-1") for kind in kinds if kind not in DRAWN]
    return f"it {METADATA_SAID}, in {others[0]!r}" if silent and others else ""


def chunks_of(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (kind, body) of each chunk. Raises ValueError where one is cut off, spoiled, or comes after the end."""
    at = len(SIGNATURE)
    while at < len(data):
        if at + 12 > len(data):
            raise ValueError("it is cut off, or something stands behind its end")
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        end = at + 8 + size
        if end + 4 > len(data):
            raise ValueError("it is cut off, or something stands behind its end")
        if zlib.crc32(data[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise ValueError("one of its checksums is wrong")
        yield kind, data[at + 8 : end]
        at = end + 4
