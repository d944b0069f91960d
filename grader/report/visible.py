"""Text that a candidate controls, made safe to look at: nothing hides, reorders or floods what is around it."""

from __future__ import annotations

import re
import unicodedata

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_JOINERS = {"\u200c", "\u200d"}  # needed to spell Persian, Hindi and composed emoji
_MARKS = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"  # piled up, they paint over the lines around
_STACKED = re.compile(f"({_MARKS}{{4}}){_MARKS}+")


def plain(text: str) -> str:
    """Return `text` without terminal colours and cursor moves, lines ended by a newline alone."""
    return _ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def visible(text: str) -> str:
    """Return `text` with control, bidi and other invisible characters spelled out as ⟨U+202E⟩; newline and tab stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, _STACKED.sub(r"\1…", plain(text))))


def one_line(text: str, limit: int = 160) -> str:
    """Return `text` as one visible line of at most `limit` characters, cut in the middle where it is longer."""
    words = " ".join(visible(text[: limit * 40]).split())
    if len(words) <= limit and len(text) <= limit * 40:
        return words
    head = limit * 2 // 3
    return f"{words[:head]}…{words[-(limit - head - 1) :]}"


def block(text: str, lines: int, width: int = 400) -> str:
    """Return `text` as visible lines: at most `lines` of them, each at most `width` characters."""
    rows = visible(text[: lines * width * 4]).split("\n")
    kept = [row if len(row) <= width else row[: width - 1] + "…" for row in rows[:lines]]
    if len(rows) > lines:
        kept.append(f"… {len(rows) - lines} more lines")
    return "\n".join(kept)


def encodable(text: str) -> str:
    """Return `text` with lone surrogates, which no UTF-8 file can hold, as the replacement character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _shown(character: str) -> str:
    if character in "\n\t" or character in _JOINERS:
        return character
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return f"⟨U+{ord(character):04X}⟩"
    return character
