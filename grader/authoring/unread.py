"""Public files that cannot be read for what they hold: refused, but for those that the author names with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from grader.assignment.consistency import FILE
from grader.assignment.tables import read_table
from grader.authoring.forms import BINARY, form_of, is_pickle
from grader.authoring.grids import Grid
from grader.errors import AssignmentError
from grader.model import Assignment

OUT_OF_A_WORD = re.compile(r": base64 \d+$")  # long words and digests say something in base64 too


class Unread:
    """Keeps which contents were not looked into."""

    def __init__(self, assignment: Assignment) -> None:
        self._accepted = assignment.check.unread
        self._told: dict[str, None] = {}

    @property
    def told(self) -> tuple[str, ...]:
        """The contents that were not looked into, each with the reason."""
        return tuple(self._told)

    def is_accepted(self, file: str) -> bool:
        """Say whether a file of the packet is one that the author accepts unread."""
        return self._reason(file) is not None

    def look(self, place: str, file: str, data: bytes) -> None:
        """Keep a content that has no reader. Raises AssignmentError where it is not accepted."""
        is_word = OUT_OF_A_WORD.search(place) is not None
        is_closed = is_pickle(data) or data.startswith(BINARY) if is_word else form_of(data) == "unknown"
        if is_closed:
            with self.accepting(place, file):
                raise AssignmentError("it is of a form that is not looked into, such as a pickle", path=place)

    @contextmanager
    def accepting(self, place: str, file: str) -> Iterator[None]:
        """Keep what cannot be read in here, where it is accepted; raise what was raised with the way out otherwise."""
        try:
            yield
        except AssignmentError as error:
            reason = self._reason(file)
            if reason is None:
                raise _refused(place, file, error) from error
            self._told[f"{file} ({reason})"] = None

    def _reason(self, file: str) -> str | None:
        name = _below_data(file)
        return next((why for pattern, why in self._accepted.items() if fnmatchcase(name, pattern)), None)


def public_grids(assignment: Assignment) -> list[Grid]:
    """Return the tables that candidates get as the settings name them: training, test, sample, and batches."""
    folder, spec = assignment.root / "data" / "public", assignment.data
    paths = [folder / name for name in (spec.train, spec.test, spec.sample or spec.test)]
    if spec.batches:
        paths += sorted(path for path in (folder / spec.batches.folder).rglob("*") if path.is_file())
    return [grid for path in paths if (grid := _grid(path)) is not None]


def _grid(path: Path) -> Grid | None:
    try:
        table = read_table(path, name=path.name)
    except AssignmentError:  # some sample batches are broken, as candidates are to see
        return None
    return Grid(table.columns, [list(row) for row in table.rows])


def _below_data(file: str) -> str:
    return file.removeprefix("data/").removeprefix("public/")


def _refused(place: str, file: str, error: AssignmentError) -> AssignmentError:
    said = error.message.removeprefix(f"{error.path}: ") if error.path else error.message.removeprefix(": ")
    end = ", and so it cannot be proven to hold nothing of the hidden part"
    hint = (
        "Give it in another form, such as plain text or a zip archive without a password. Where candidates need it "
        f'as it is, accept it in {FILE}: [check] unread = {{ "{_below_data(file)}" = "why" }}.'
    )
    return AssignmentError(said if said.endswith(end) else f"{said}{end}", path=place, hint=hint)
