"""The brief as it can be read by a program: its tables and its sentences, each with the line that it begins in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

RULE = re.compile(r"^\|[\s:|-]+\|?\s*$")
BAR = re.compile(r"(?<!\\)\|")
FENCE = re.compile(r"^\s*(```|~~~)")
END = re.compile(r"(?<=[.!?])[*_]*\s+|\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)]) )")
NUMBER_OF_ROWS = re.compile(r"\d{1,3}(?:[,.'\u2019\u202f ]\d{3})+|\d+")
QUOTED = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Line:
    """A piece of the brief and the number of the line that it begins in, from 1."""

    number: int
    text: str


@dataclass(frozen=True)
class BriefTable:
    """A table of Markdown: its head in lower case, and the cells of each row with the row's line."""

    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


class Brief:
    """A text in Markdown; blocks of code are no part of what is read."""

    def __init__(self, text: str) -> None:
        self._lines = list(_prose(text))

    def tables(self) -> Iterator[BriefTable]:
        """Yield the tables, in their order."""
        rows: list[Line] = []
        for line in [*self._lines, Line(0, "")]:
            if line.text.lstrip().startswith("|"):
                rows.append(line)
                continue
            if len(rows) > 2 and RULE.match(rows[1].text.strip()):
                head = tuple(cell.lower() for cell in _cells(rows[0].text))
                yield BriefTable(head, tuple((row.number, _cells(row.text)) for row in rows[2:]))
            rows = []

    def sentences(self) -> Iterator[Line]:
        """Yield the sentences outside of tables, their lines joined."""
        text = "\n".join("" if line.text.lstrip().startswith("|") else line.text for line in self._lines)
        start = 0
        for end in [*END.finditer(text), None]:
            piece = text[start : end.start() if end else len(text)]
            if piece.strip():
                blank = len(piece) - len(piece.lstrip())
                number = text.count("\n", 0, start + blank)
                yield Line(self._lines[number].number, " ".join(piece.split()))
            start = end.end() if end else len(text)


def count_in(cell: str) -> int | None:
    """Return the whole number that a cell is, however its thousands are parted; None for anything else."""
    found = NUMBER_OF_ROWS.fullmatch(cell.strip(" *"))
    return int(re.sub(r"\D", "", found.group())) if found else None


def quoted_in(text: str) -> list[str]:
    """Return what stands between backticks."""
    return [name.replace("\\|", "|").strip() for name in QUOTED.findall(text)]


def _prose(text: str) -> Iterator[Line]:
    is_code = False
    for number, line in enumerate(text.splitlines(), start=1):
        is_fence = FENCE.match(line) is not None
        is_code ^= is_fence
        is_shown = is_code or is_fence or line.startswith(("    ", "\t"))
        yield Line(number, "" if is_shown else line)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in BAR.split(line.strip().removeprefix("|").removesuffix("|")))
