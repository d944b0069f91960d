"""Reading predictions.csv, which is hostile: bounded before it is parsed, checked cell by cell, never unpickled.

Ids and the order of the rows are new in every run, so messages name counts and examples, never a line or an id, and
what is wrong is told in a fixed order: two gradings of one submission then say the same.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence

import numpy as np

from grader.errors import SubmissionError
from grader.evidence.metrics import Floats
from grader.evidence.prediction_cells import COMMA, NAME, cell_reader, missing_values, wrong_values
from grader.model import AnyAssignment, Deal

LINE_BYTES = 4096


def read_predictions(data: bytes, deal: Deal, assignment: AnyAssignment) -> Floats:
    """Return one finite prediction a row, in the order of `deal.ids` and then of `deal.twins`, shape (rows + twins,); a
    class is told by its place.

    Raises SubmissionError with a "predictions." code.
    """
    place = {name: index for index, name in enumerate((*deal.ids, *deal.twins))}
    rows, read = _rows(_text(data, len(place)), place, assignment), cell_reader(assignment)
    found = np.zeros(len(place), dtype=int)
    values = np.full(len(place), np.nan)
    unknown = 0
    wrong, endless = [], []
    for name, cell in rows:
        index = place.get(name)
        if index is None:
            unknown += 1
            continue
        found[index] += 1
        value = read(cell)
        if value is None:
            wrong.append(_shown(cell, place))
        elif not math.isfinite(value):
            endless.append(_shown(cell, place))
        else:
            values[index] = value
    _check_ids(unknown, found)
    if wrong:
        raise wrong_values(wrong, len(rows), assignment)
    if endless:
        raise missing_values(endless, len(rows), assignment)
    return values


def read_valid(data: bytes, ids: Sequence[str], assignment: AnyAssignment) -> Floats:
    """Return a prediction a row in the order of `ids`, NaN where there is no valid one or more than one; shape (rows,).

    Raises SubmissionError where nothing at all can be read: no table, or not the columns asked for.
    """
    place, read = {name: index for index, name in enumerate(ids)}, cell_reader(assignment)
    values = np.full(len(place), np.nan)
    seen: set[int] = set()
    for name, cell in _rows(_text(data, len(place)), place, assignment):
        index = place.get(name)
        if index is None:
            continue
        value = read(cell)
        good = index not in seen and value is not None and math.isfinite(value)
        values[index] = value if good and value is not None else np.nan
        seen.add(index)
    return values


def read_partial(data: bytes, deal: Deal, assignment: AnyAssignment, fill: float) -> tuple[Floats, int]:
    """Return a prediction a row in the order of `deal.ids`, `fill` where there is no valid one, and how many were
    filled in. Rows of other ids are passed over: they may be those that should have been refused.

    Raises SubmissionError where nothing at all can be read, or no row is predicted.
    """
    values = read_valid(data, deal.ids, assignment)
    missing = np.isnan(values)
    if missing.all():
        message = f"{NAME} holds no valid prediction for any of the {len(values):,} rows that it should."
        hint = "Take the ids from the files at run time, keep each row's own, and write each row once."
        raise SubmissionError("predictions.ids", message, hint=hint, path=NAME)
    return np.where(missing, fill, values), int(missing.sum())


def _text(data: bytes, rows: int) -> str:
    if len(data) > (rows + 1) * LINE_BYTES or data.count(b"\n") > rows * 4 + 100:
        raise SubmissionError(
            "predictions.too_large",
            f"{NAME} has {len(data):,} bytes, far more than {rows:,} predictions need.",
            hint="Write one row for every row of the test file, and only the two columns asked for.",
            path=NAME,
        )
    if max(map(len, data.splitlines()), default=0) > LINE_BYTES:
        raise SubmissionError("predictions.too_large", f"{NAME} has a line over {LINE_BYTES} bytes.", path=NAME)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "Write it with pandas' to_csv(..., index=False), which uses UTF-8."
        raise SubmissionError("predictions.values", f"{NAME} is not UTF-8 text.", hint=hint, path=NAME) from error


def _rows(text: str, place: Mapping[str, int], assignment: AnyAssignment) -> list[tuple[str, str]]:
    """Return (id, prediction cell) for each row."""
    try:
        table = [row for row in csv.reader(io.StringIO(text, newline=None)) if row]
    except csv.Error as error:
        raise SubmissionError("predictions.values", f"{NAME} is not a CSV table: {error}.", path=NAME) from error
    header = tuple(cell.strip() for cell in table[0]) if table else ()
    offset = _offset(header, place, assignment)
    ragged = [len(row) for row in table[1:] if len(row) != len(header)]
    if ragged:
        message = f"{NAME} has rows with another number of cells than its header's {len(header)}"
        told = f"{len(ragged):,} of {len(table) - 1:,}, such as one of {min(ragged)}"
        hint = COMMA if min(ragged) > len(header) else "Fill every column, and close every quotation mark."
        raise SubmissionError("predictions.values", f"{message}: {told}.", hint=hint, path=NAME)
    return [(row[offset].strip(), row[offset + 1].strip()) for row in table[1:]]


def _offset(header: tuple[str, ...], place: Mapping[str, int], assignment: AnyAssignment) -> int:
    """Return where the id's column stands. Raises SubmissionError("predictions.columns")."""
    wanted = (assignment.data.id, assignment.contract.prediction_column)
    # pandas writes its index as a first column without a name when index=False is forgotten
    offset = 1 if header[:1] in (("",), ("Unnamed: 0",)) else 0
    if header[offset:] == wanted:
        return offset
    is_row = any(cell in place for cell in header)
    found = "a row in place of its header" if is_row else ", ".join(header)[:200] or "none"
    raise SubmissionError(
        "predictions.columns",
        f"{NAME} must have the columns {', '.join(wanted)}; it has: {found}.",
        hint=f"Rename or drop columns before you write it: frame[{list(wanted)}].to_csv(path, index=False).",
        path=NAME,
        line=1,
    )


def _shown(cell: str, place: Mapping[str, int]) -> str:
    """Return a cell as a message may hold it, the same in every run."""
    if cell in place:
        return "an id"
    if "\n" in cell:
        return "a quotation mark that is not closed"
    return repr(cell[:40])


def _check_ids(unknown: int, found: np.typing.NDArray[np.int_]) -> None:
    missing, repeated = int((found == 0).sum()), int((found > 1).sum())
    counts = {"missing": missing, "there more than once": repeated}
    parts = [f"{count:,} of {len(found):,} {what}" for what, count in counts.items() if count]
    if unknown:
        parts.append(f"{unknown:,} unknown")
    if parts:
        raise SubmissionError(
            "predictions.ids",
            f"The ids in {NAME} are not those of the test file: {', '.join(parts)}.",
            hint="Take the ids from the test file at run time and keep each row's own; do not drop or repeat rows.",
            path=NAME,
        )
