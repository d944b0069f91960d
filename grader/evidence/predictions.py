"""Reading predictions.csv, which is hostile: bounded before it is parsed, checked cell by cell, never unpickled.

Ids are new in every run, so messages name lines and counts: two gradings of one submission then say the same.
"""

from __future__ import annotations

import csv
import math

import numpy as np

from grader.errors import SubmissionError
from grader.evidence.metrics import CLASSIFICATION, Floats
from grader.model import Assignment, Deal

LINE_BYTES = 4096
EXAMPLES = 3
NAME = "predictions.csv"


def read_predictions(data: bytes, deal: Deal, assignment: Assignment) -> Floats:
    """Return one finite prediction a row, in the order of `deal.ids`, shape (rows,).

    Raises SubmissionError with a "predictions." code, naming the line.
    """
    rows = _rows(_text(data, len(deal.ids)), assignment)
    place = {name: index for index, name in enumerate(deal.ids)}
    values = np.full(len(place), np.nan)
    unknown, repeated = [], []
    for line, name, cell in rows:
        index = place.get(name)
        if index is None:
            unknown.append(line)
            continue
        if not math.isnan(values[index]):
            repeated.append(line)
        values[index] = _number(cell, line, assignment)
    _check_ids(unknown, repeated, int(np.isnan(values).sum()), len(place))
    return values


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


def _rows(text: str, assignment: Assignment) -> list[tuple[int, str, str]]:
    """Return (line, id, prediction cell) for each row."""
    try:
        table = [(number, row) for number, row in enumerate(csv.reader(text.splitlines()), start=1) if row]
    except csv.Error as error:
        raise SubmissionError("predictions.values", f"{NAME} is not a CSV table: {error}.", path=NAME) from error
    wanted = (assignment.data.id, assignment.contract.prediction_column)
    header = tuple(cell.strip() for cell in table[0][1]) if table else ()
    # pandas writes its index as a first column without a name when index=False is forgotten
    offset = 1 if header[:1] in (("",), ("Unnamed: 0",)) else 0
    if header[offset:] != wanted:
        found = ", ".join(header)[:200] or "none"
        raise SubmissionError(
            "predictions.columns",
            f"{NAME} must have the columns {', '.join(wanted)}; it has: {found}.",
            hint=f"Rename or drop columns before you write it: frame[{list(wanted)}].to_csv(path, index=False).",
            path=NAME,
            line=1,
        )
    rows = []
    for line, row in table[1:]:
        if len(row) != len(header):
            message = f"Line {line} of {NAME} has {len(row)} cells instead of {len(header)}."
            hint = "Use the decimal point, not the comma." if len(row) > len(header) else "Fill every column."
            raise SubmissionError("predictions.values", message, hint=hint, path=NAME, line=line)
        rows.append((line, row[offset].strip(), row[offset + 1].strip()))
    return rows


def _number(cell: str, line: int, assignment: Assignment) -> float:
    try:
        value = float(cell) if "_" not in cell and len(cell) <= 64 else None
    except ValueError:
        value = None
    if value is None and cell.lower() in ("", "na", "null", "none", "<na>"):
        value = math.nan
    if value is None:
        raise _wrong_value(cell, line, "a plain number such as 0.25", assignment)
    if not math.isfinite(value):
        raise SubmissionError(
            "predictions.not_finite",
            f"Line {line} of {NAME} holds {cell[:40] or 'nothing'} instead of a number.",
            hint="Look for missing values in the test features: every row needs a finite prediction.",
            path=NAME,
            line=line,
        )
    low, high = assignment.contract.minimum, assignment.contract.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise _wrong_value(cell, line, f"a number from {low:g} to {high:g}", assignment)
    return value


def _wrong_value(cell: str, line: int, wanted: str, assignment: Assignment) -> SubmissionError:
    hint = "Use the decimal point, not the comma." if "," in cell else ""
    if assignment.metric.name in CLASSIFICATION and any(char.isalpha() for char in cell):
        hint = "Write the probability of the positive class (predict_proba(...)[:, 1]), not the label."
    message = f"Line {line} of {NAME} holds {cell[:40]!r}; expected is {wanted}."
    return SubmissionError("predictions.values", message, hint=hint, path=NAME, line=line)


def _check_ids(unknown: list[int], repeated: list[int], missing: int, rows: int) -> None:
    if not (unknown or repeated or missing):
        return
    parts = [f"{missing:,} of {rows:,} ids are missing"] if missing else []
    for label, lines in (("unknown", unknown), ("repeated", repeated)):
        if lines:
            where = ", ".join(str(line) for line in lines[:EXAMPLES])
            parts.append(f"{len(lines):,} are {label} (line {where}{', ...' if len(lines) > EXAMPLES else ''})")
    raise SubmissionError(
        "predictions.ids",
        f"The ids in {NAME} are not those of the test file: {'; '.join(parts)}.",
        hint="Take the ids from the test file at run time and keep each row's own; do not drop or repeat rows.",
        path=NAME,
        line=next(iter(unknown or repeated), None),
    )
