"""The pixels of small PNG files, read and written with NumPy alone (PNG Specification, third edition, 2025).

What is written has the fewest chunks and no filter, so that a file's form tells nothing of who wrote it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from grader.assignment.png import SIGNATURE, chunks_of

Pixels = npt.NDArray[np.uint8]
GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6  # colour types
CHANNELS = {GREY: 1, COLOUR: 3, GREY_ALPHA: 2, COLOUR_ALPHA: 4}
TYPES = {channels: kind for kind, channels in CHANNELS.items()}
MOST_BYTES = 400_000  # of pixels: some filters can be undone only byte by byte


def why_no_pixels(data: bytes) -> str:
    """Return in words why the pixels of a whole PNG file are not read here, nothing where they are."""
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", data[16:29])
    if kind not in CHANNELS or depth != 8 or interlace:
        return "it has a palette, is interlaced, or has other than 8 bits a channel: save it anew to have it altered"
    if width * height * CHANNELS[kind] > MOST_BYTES:
        return f"it has more than {MOST_BYTES:,} bytes of pixels, too many to alter"
    return ""


def read_pixels(data: bytes) -> Pixels:
    """Return the pixels, (rows, columns, channels). Raises ValueError where they cannot be read."""
    if why := why_no_pixels(data):
        raise ValueError(why)
    width, height, _, kind = struct.unpack(">IIBB", data[16:26])
    channels, size = CHANNELS[kind], width * CHANNELS[kind] + 1
    packed = b"".join(body for name, body in chunks_of(data) if name == b"IDAT")
    try:
        unpacked = zlib.decompressobj().decompress(packed, height * size)
    except zlib.error as error:
        raise ValueError(f"its pixels cannot be unpacked: {error}") from error
    if len(unpacked) != height * size:
        raise ValueError("it holds fewer pixels than it says")
    lines = np.frombuffer(unpacked, np.uint8).reshape(height, size)
    if lines[:, 0].any():
        return _without_filters(lines, channels).reshape(height, width, channels)
    return lines[:, 1:].reshape(height, width, channels)


def write_pixels(pixels: Pixels) -> bytes:
    """Return pixels, (rows, columns, channels), as a PNG file."""
    return _file(pixels, TYPES[pixels.shape[2]])


def write_indexed(places: Pixels, palette: Pixels) -> bytes:
    """Return a PNG file whose pixels, (rows, columns, 1), are places in a palette, (levels, 3)."""
    return _file(places, PALETTE, [(b"PLTE", palette.tobytes())])


def _file(pixels: Pixels, kind: int, more: Iterable[tuple[bytes, bytes]] = ()) -> bytes:
    height, width = pixels.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    chunks = ((b"IHDR", header), *more, (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def _without_filters(lines: Pixels, channels: int) -> Pixels:
    """Return the lines' bytes as they were before each line was filtered. Raises ValueError for a filter unknown."""
    above = np.zeros(lines.shape[1] - 1, np.uint8)
    found = []
    for line in lines:
        kind, rest = int(line[0]), line[1:]
        if kind == 0:
            above = rest
        elif kind == 1:
            above = np.add.accumulate(rest.reshape(-1, channels), axis=0, dtype=np.uint8).ravel()
        elif kind == 2:
            above = rest + above
        elif kind in (3, 4):
            above = _byte_by_byte(rest, above, channels, paeth=kind == 4)
        else:
            raise ValueError("a line of it has a filter that no PNG has")
        found.append(above)
    return np.stack(found)


def _byte_by_byte(line: Pixels, above: Pixels, channels: int, *, paeth: bool) -> Pixels:
    """Undo the filters Paeth and Average, which rest on the byte before."""
    up, found = above.tolist(), [0] * channels
    for place, value in enumerate(line.tolist()):
        left, corner = found[place], up[place - channels] if place >= channels else 0
        found.append(value + (_paeth(left, up[place], corner) if paeth else (left + up[place]) // 2) & 255)
    return np.array(found[channels:], np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    return min((left, up, corner), key=lambda one: abs(estimate - one))  # the first one of equals, as the standard says
