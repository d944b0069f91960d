"""What form a file's bytes have: a text, a form that has a reader, a picture, or one that nothing can be said of."""

from __future__ import annotations

import codecs
import pickletools
import re
import zipfile
import zlib
from io import BytesIO
from typing import Literal

from grader.authoring.starter import BUNDLE

Form = Literal["text", "array", "database", "packed", "picture", "git", "unknown"]
ARRAY, DATABASE = b"\x93NUMPY", b"SQLite format 3\0"
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", BUNDLE)
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")
MARKED = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16",
          codecs.BOM_UTF16_BE: "utf-16"}  # fmt: skip
BINARY = (b"PAR1", b"ARROW1", b"FEA1", b"\x89HDF", b"\xd0\xcf\x11\xe0", b"%PDF", b"ORC", b"\x28\xb5\x2f\xfd")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
GIT = re.compile(rb"(?:(?:blob|tree|commit|tag) \d+\0)?", re.DOTALL)
TREE = re.compile(rb"(?:[0-7]{5,6} [^\0]+\0.{20})+", re.DOTALL)
LEAST_PICKLE = 64  # bytes; shorter ones hold nothing worth it, and words may look like them
MOST_CONTROL = 0.01
MOST_HIGH = 0.3


def form_of(data: bytes) -> Form:
    """Return what form `data` has, told by its bytes alone."""
    if is_pickle(data) or data.startswith(BINARY):
        return "unknown"
    if data.startswith(ARRAY):
        return "array"
    if data.startswith(DATABASE):
        return "database"
    if data.startswith(PICTURES) or data[8:12] == b"WEBP":
        return "picture"
    if data.startswith(PACKED) or data[257:262] == b"ustar" or zipfile.is_zipfile(BytesIO(data)) or _is_zlib(data):
        return "packed"
    if text_of(data) is not None:
        return "text"
    return "git" if TREE.fullmatch(data, _header(data)) else "unknown"


def text_of(data: bytes) -> str | None:
    """Return the text that `data` is, in whichever encoding; None for anything else."""
    for mark, name in MARKED.items():
        if data.startswith(mark):
            return _decoded(data, name)
    body = data[_header(data) :]
    text = _decoded(body, "utf-8-sig")
    if text is None and sum(byte > 127 for byte in body) <= MOST_HIGH * len(body):
        text = body.decode("latin-1")
        return None if CONTROL.search(text) else text
    if text is None or len(CONTROL.findall(text)) > MOST_CONTROL * len(text):
        return None
    return text


def is_pickle(data: bytes) -> bool:
    """Say whether `data` is a pickle, or begins as one with more behind it; nothing of it is run."""
    if data[:1] == b"\x80" and data[1:2] in b"\2\3\4\5" and b"." in data:
        return True
    if len(data) < LEAST_PICKLE or not data.rstrip().endswith(b".") or data[:1] not in b"(]}cl":
        return False
    try:
        return any(code.name == "STOP" and place is not None for code, _, place in pickletools.genops(data))
    except (ValueError, UnicodeDecodeError, OverflowError, IndexError):
        return False


def _header(data: bytes) -> int:
    found = GIT.match(data[:64])
    return found.end() if found else 0


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_zlib(data: bytes) -> bool:
    if data[:1] != b"x" or len(data) < 2 or int.from_bytes(data[:2], "big") % 31:
        return False
    try:
        return bool(zlib.decompressobj().decompress(data, 1))
    except zlib.error:
        return False
