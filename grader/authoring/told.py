"""What the tables of a file tell of the hidden part, whatever form the file has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from grader.authoring.forms import form_of, text_of
from grader.authoring.grids import Grid, canonical
from grader.authoring.hidden_part import HiddenPart
from grader.authoring.joined import joined_in, listed_in
from grader.authoring.marked_up import without_marks
from grader.authoring.needles import Needles
from grader.authoring.readers import tables_in
from grader.authoring.told_ids import HiddenIds
from grader.authoring.told_rows import HiddenRows


class Told:
    """Looks for the hidden part of an assignment in tables; `public` are those that are given, `rows` the hidden rows
    as texts.
    """

    def __init__(self, part: HiddenPart, public: Sequence[Grid], rows: Needles) -> None:
        self._part = part
        self._beside = part.needles
        self._texts = [part.needles, *([rows] if len(part.columns) > 1 else [])]
        self._rows = HiddenRows(part.columns, part.rows, public)
        self._ids = HiddenIds(part.ids, _public_ids(public, part.id))
        self._labels = {place: _alike(labels) for place, labels in part.labels.items()}

    def first_in(self, data: bytes, *, is_compared: bool = False) -> str | None:
        """Return what is told first, None where nothing is; rows are not looked for in the text of a table whose own
        were compared with them. Raises as `tables_in` does.
        """
        text = text_of(data) if form_of(data) == "text" else None
        if text is not None and (found := self._in_text(text, [self._beside] if is_compared else self._texts)):
            return found
        for grid in tables_in(data):
            if found := self._in_grid(grid):
                return found
        return None

    def _in_text(self, text: str, texts: Sequence[Needles]) -> str | None:
        for other in {text, without_marks(text)}:
            if other.isascii() and other is text:
                continue  # that was searched as it is
            for needles in texts:
                if found := needles.first_in(other.encode()):
                    return found
        count = self._ids.listed_in_text(text)
        return f"a list of {count:,} hidden ids" if count else None

    def _in_grid(self, grid: Grid) -> str | None:
        return next(self._of_grid(grid), None)

    def _of_grid(self, grid: Grid) -> Iterator[str]:
        for place, labels in self._labels.items():
            if count := joined_in(grid.plain_columns, labels):
                yield f"labels of {place}, {count:,} of them beside their ids"
        for truth in self._part.truths:
            if count := joined_in(grid.columns, truth.pairs):
                yield f"labels of {truth.place}, {count:,} of them beside their keys"
            if count := listed_in(grid.columns, truth):
                yield f"a list of {truth.place}, {count:,} of them"
        if self._part.columns and (count := self._rows.given_in(grid)):
            yield f"the features of {count:,} hidden rows"
        if count := self._ids.listed_in(grid):
            yield f"a list of {count:,} hidden ids"
        if not grid.is_as_written:
            written = [grid.written, *("\n".join(column).encode() for column in grid.plain_columns)]
            yield from (found for needles in self._texts for text in written if (found := needles.first_in(text)))


def _alike(labels: dict[str, str]) -> dict[str, str]:
    return {canonical(key): canonical(label) for key, label in labels.items()}


def _public_ids(public: Sequence[Grid], name: str) -> Collection[str]:
    return {cell for grid in public if name in grid.names for cell in grid.columns[grid.names.index(name)]}
