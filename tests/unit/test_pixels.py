"""Pixels of PNG files: read whatever filter a line has, read back as written, refused where they cannot be."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from grader.assignment.pixels import Pixels, read_pixels, why_no_pixels, write_indexed, write_pixels
from grader.assignment.png import SIGNATURE, wrong_with_png


def some(channels: int, side: int = 9) -> Pixels:
    return np.random.default_rng(channels).integers(0, 256, (side, side + 2, channels), dtype=np.uint8)


def filtered(pixels: Pixels, kinds: list[int]) -> bytes:
    """Return a PNG file whose lines have these filters in turn, by the definitions of the standard, byte by byte."""
    height, width, channels = pixels.shape
    flat = pixels.reshape(height, -1).astype(int)
    lines = b""
    for row in range(height):
        kind = kinds[row % len(kinds)]
        line = [kind]
        for at in range(width * channels):
            left = flat[row, at - channels] if at >= channels else 0
            up = flat[row - 1, at] if row else 0
            corner = flat[row - 1, at - channels] if row and at >= channels else 0
            guess = left + up - corner
            by_distance = [abs(guess - left), abs(guess - up), abs(guess - corner)]
            paeth = (left, up, corner)[by_distance.index(min(by_distance))]
            line.append(int(flat[row, at] - (0, left, up, (left + up) // 2, paeth)[kind]) % 256)
        lines += bytes(line)
    return rewritten(write_pixels(pixels), lines)


def rewritten(data: bytes, lines: bytes) -> bytes:
    packed = zlib.compress(lines)
    chunk = struct.pack(">I", len(packed)) + b"IDAT" + packed + struct.pack(">I", zlib.crc32(b"IDAT" + packed))
    return data[: data.index(b"IDAT") - 4] + chunk + data[-12:]


def with_header(data: bytes, place: int, value: int) -> bytes:
    """Return the file with another byte in its header, from the width on."""
    header = bytearray(data[16:29])
    header[place] = value
    return data[:16] + bytes(header) + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + data[33:]


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_pixels_are_read_back_as_they_were_written(channels: int) -> None:
    data = write_pixels(some(channels))
    assert wrong_with_png(data, silent=True) == ""
    assert (read_pixels(data) == some(channels)).all()


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kinds", [[1], [2], [3], [4], [4, 3, 2, 1, 0]], ids=str)
def test_every_filter_of_the_standard_is_undone(channels: int, kinds: list[int]) -> None:
    assert (read_pixels(filtered(some(channels), kinds)) == some(channels)).all()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (with_header(write_pixels(some(1)), 8, 16), "8 bits"),
        (with_header(write_pixels(some(1)), 12, 1), "interlaced"),
        (write_indexed(some(1), np.zeros((256, 3), np.uint8)), "palette"),
        (write_pixels(np.zeros((400, 400, 3), np.uint8)), "400,000 bytes"),
    ],
)
def test_what_cannot_be_read_is_told_from_the_header_alone(data: bytes, said: str) -> None:
    assert said in why_no_pixels(data)
    with pytest.raises(ValueError, match=said):
        read_pixels(data)


@pytest.mark.parametrize(
    ("lines", "said"),
    [(b"\0" * 20, "fewer pixels"), (b"\5" * 9 * 12, "a filter that no PNG has")],
)
def test_pixels_that_are_cut_off_or_spoiled_are_refused(lines: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_pixels(rewritten(write_pixels(some(1)), lines))


def test_pixels_that_are_no_zlib_stream_are_refused() -> None:
    chunk = b"\0\0\0\4IDATabcd" + struct.pack(">I", zlib.crc32(b"IDATabcd"))
    data = write_pixels(some(1))
    with pytest.raises(ValueError, match="unpacked"):
        read_pixels(data[: data.index(b"IDAT") - 4] + chunk + data[-12:])


def test_a_file_begins_as_every_png_does() -> None:
    assert write_pixels(some(1)).startswith(SIGNATURE)
