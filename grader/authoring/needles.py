"""Finding any of thousands of texts in bytes, whatever stands between their letters and digits.

Only letters, digits, points, minus signs and what is not ASCII are looked at, in lower case: a row is then the same as
CSV, with tabs, as a list of JSON, or in a table of Markdown.
"""

from __future__ import annotations

from collections import defaultdict

WINDOW = 12
LEAST = 16  # letters and digits; fewer are found by chance
KEPT = b"0123456789abcdefghijklmnopqrstuvwxyz.-"
LOWER = bytes(range(256)).lower()
DROPPED = bytes(byte for byte in range(128) if LOWER[byte] not in KEPT)


def bare(data: bytes) -> bytes:
    """Return what is looked at of `data`."""
    return data.translate(LOWER, DROPPED)


class Needles:
    """The texts to be found, each with what it is; one of fewer than `least` letters and digits is passed over."""

    def __init__(self) -> None:
        self._by_start: dict[bytes, list[tuple[bytes, str]]] = defaultdict(list)

    def add(self, text: bytes, what: str, least: int = LEAST) -> None:
        """Add a text that is to be found as `what`."""
        plain = bare(text)
        if len(plain) >= max(least, WINDOW):
            self._by_start[plain[:WINDOW]].append((plain, what))

    def add_pieces(self, text: bytes, what: str, length: int) -> None:
        """Add every piece of `length` letters and digits: any excerpt of twice that holds one."""
        plain = bare(text)
        for start in range(0, len(plain) - length + 1, length):
            self.add(plain[start : start + length], what)

    def first_in(self, data: bytes) -> str | None:
        """Return what the first text found in `data` is, None where there is none."""
        plain, by_start = bare(data), self._by_start
        for place in range(len(plain) - WINDOW + 1):
            for text, what in by_start.get(plain[place : place + WINDOW], ()):
                if plain.startswith(text, place):
                    return what
        return None
