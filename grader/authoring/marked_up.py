"""The tables of texts in marks: HTML, and the sheets of workbooks, whose parts are XML.

Read with the standard library's reader of HTML, which expands no entity and fetches nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser

from grader.authoring.grids import Grid, grid_of, refuse_above
from grader.errors import AssignmentError

ROWS = frozenset({"tr", "row", "table-row"})
CELLS = frozenset({"td", "th", "c", "tc", "table-cell"})
STRINGS = "xl/sharedStrings.xml"
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml|content\.xml|word/document\.xml", re.IGNORECASE)
REFERENCE = re.compile(r"([A-Z]{1,3})\d+")
MOST_BYTES = 1 << 27  # of one part of a workbook
TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")


class _Reader(HTMLParser):
    """Collects the cells of every row; those of one table, or of all, are told apart by nothing."""

    def __init__(self, shared: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.strings: list[str] = []
        self._shared, self._cell, self._kind, self._text, self._cells = shared, False, "", "", 0
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name, told = _local(tag), dict(attrs)
        if name in ROWS:
            self._end_cell()
            self.rows.append([])
        elif name in CELLS:
            self._end_cell()
            self._fill_up_to(told.get("r") or "")
            self._cell, self._kind, self._text = True, told.get("t") or "", ""
        elif name == "si":
            self._text = ""
        elif name in ("f", "rph"):
            self._skipped += 1
        elif name in ("p", "br", "div"):
            self._text += " "

    def handle_endtag(self, tag: str) -> None:
        name = _local(tag)
        if name in CELLS or name in ROWS:
            self._end_cell()
        elif name == "si":
            self.strings.append(self._text)
        elif name in ("f", "rph"):
            self._skipped = max(0, self._skipped - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _local(tag) not in ("f", "rph"):
            super().handle_startendtag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._text += data

    def _end_cell(self) -> None:
        if not self._cell:
            return
        text = self._text.strip()
        if self._kind == "s" and text.isdecimal() and int(text) < len(self._shared):
            text = self._shared[int(text)]
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append(text)
        self._cell, self._text, self._cells = False, "", self._cells + 1
        refuse_above(self._cells)

    def _fill_up_to(self, reference: str) -> None:
        """Add the empty cells that a sheet leaves out before the one that its reference, such as C7, names."""
        found = REFERENCE.fullmatch(reference)
        if found is None or not self.rows:
            return
        place = 0
        for letter in found[1]:
            place = place * 26 + ord(letter) - ord("A") + 1
        missing = max(0, place - 1 - len(self.rows[-1]))
        self.rows[-1] += [""] * missing
        self._cells += missing
        refuse_above(self._cells)


def tables_in_marks(text: str) -> Iterator[Grid]:
    """Yield the rows of a text's tables, those of as many cells together."""
    if TAG.search(text):
        yield from _by_width(_read(text, []).rows)


def sheets_of(data: bytes) -> Iterator[Grid]:
    """Yield the tables of a workbook or document that is a zip archive of XML, none for other archives.

    Raises AssignmentError for a part that is too large to be looked at.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        sheets = sorted(name for name in names if SHEET.fullmatch(name))
        shared = _read(_part(archive, STRINGS), []).strings if sheets and STRINGS in names else []
        for name in sheets:
            yield from _by_width(_read(_part(archive, name), shared).rows)


def without_marks(text: str) -> str:
    """Return a text with its marks taken out, so that what they part stands side by side."""
    return TAG.sub(" ", text)


def _part(archive: zipfile.ZipFile, name: str) -> str:
    if archive.getinfo(name).file_size > MOST_BYTES:
        raise AssignmentError(f"its part {name} is too large", path="")
    return archive.read(name).decode("utf-8", errors="replace")


def _read(text: str, shared: list[str]) -> _Reader:
    reader = _Reader(shared)
    reader.feed(text)
    reader.close()
    return reader


def _by_width(rows: list[list[str]]) -> Iterator[Grid]:
    """Yield all rows as one table, so that a row whose last cells are empty is as wide as the others."""
    if filled := [row for row in rows if row]:
        yield grid_of(filled)


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]
