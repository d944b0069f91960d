"""Check predictions.csv before you hand it in: python check_submission.py [predictions.csv]

It needs nothing but Python 3.8 or later, and reads data/ and takehome-assignment.json beside itself. Each thing that is
wrong is said in one sentence with what to do. Exit status: 0 all is well, 1 something is wrong, 2 it cannot be checked.
"""

from __future__ import annotations

import csv
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NAME = "predictions.csv"
MOST_CHARS = 64  # of a prediction
LARGEST = 1e100


def main() -> int:
    """Print what is wrong with the file and return the exit status."""
    try:
        told = json.loads((HERE / "takehome-assignment.json").read_text(encoding="utf-8"))
        ids = ids_in(HERE / "data" / told["data"]["test"], told["data"]["id"])
    except (OSError, ValueError, KeyError) as error:
        print(f"The packet is not whole ({error}): unpack it again, and leave this script in its folder.")
        return 2
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ.get("OUTPUT_DIR", ".")) / NAME
    problems = problems_of(path, ids, told)
    for output in told["outputs"]:
        problems += problems_of_output(path.parent / output["file"], output)
    for problem in problems:
        print(f"- {problem}")
    if not problems:
        print(f"{path} is well formed, for the {len(ids):,} rows that a prediction is due for.")
    return 1 if problems else 0


def ids_in(path: Path, column: str) -> list[str]:
    """Return the ids that a prediction is due for."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def problems_of_output(path: Path, output: dict[str, Any]) -> list[str]:
    """Return what is wrong with a further table that the work is to write."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = [[cell.strip() for cell in row] for row in csv.reader(file) if row] or [[]]
    except OSError:
        return [f"There is no file {path}: write it beside {NAME}."]
    except (UnicodeDecodeError, csv.Error) as error:
        return [f"{path} is no CSV table in UTF-8 ({error}): write it with to_csv(path, index=False)."]
    missing = [name for name in (output["key"], output["column"]) if name and name not in header]
    if missing:
        return [f"{path} has no column {' and no column '.join(missing)}: add it."]
    ragged = [row for row in rows if len(row) != len(header)]
    told = f"{len(ragged):,} of {len(rows):,}"
    return [f"Rows of {path} do not have {len(header)} cells ({told}): fill every column."] if ragged else []


def problems_of(path: Path, ids: list[str], told: dict[str, Any]) -> list[str]:
    """Return a sentence for each thing that is wrong with the file at `path`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = [row for row in csv.reader(file) if row] or [[]]
    except OSError:
        return [f"There is no file {path}: run your work first, or name the file."]
    except (UnicodeDecodeError, csv.Error) as error:
        return [f"{path} is no CSV table in UTF-8 ({error}): write it with to_csv(path, index=False)."]
    wanted = [told["data"]["id"], told["contract"]["prediction_column"]]
    header = [cell.strip() for cell in header]
    first = 1 if header[:1] in ([""], ["Unnamed: 0"]) else 0  # the index that pandas writes
    if header[first:] != wanted:
        shown = ", ".join(header)[:200] or "none"
        return [f"Its columns must be {', '.join(wanted)}, but are {shown}: rename or drop columns."]
    ragged = [row for row in rows if len(row) != len(header)]
    if ragged:
        number = f"{len(ragged):,} of {len(rows):,}"
        return [f"Rows do not have {len(header)} cells ({number}), such as {ragged[0]}: use the decimal point."]
    pairs = [(row[first].strip(), row[first + 1].strip()) for row in rows]
    known = set(ids)
    cells = [cell for name, cell in pairs if name in known]
    if told["contract"]["partial"]:
        return wrong_values(cells, told) if cells else ["No row has a known id: take the ids from the data."]
    return [*wrong_ids(ids, [name for name, _ in pairs]), *wrong_values(cells, told)]


def wrong_ids(ids: list[str], found: list[str]) -> list[str]:
    """Return what is wrong with the rows' ids and their number."""
    problems, wanted, seen = [], set(ids), set(found)
    missing = [name for name in ids if name not in seen]
    unknown = [name for name in found if name not in wanted]
    if missing:
        problems.append(f"{len(missing):,} of {len(ids):,} ids are missing, such as {missing[0]}: drop no rows.")
    if unknown:
        problems.append(f"{len(unknown):,} ids are unknown, such as {unknown[0][:40]!r}: take them from the test file.")
    if len(found) - len(unknown) > len(seen & wanted):
        problems.append("Some ids are there more than once: write one row for each.")
    return problems


def wrong_values(cells: list[str], told: dict[str, Any]) -> list[str]:
    """Return what is wrong with the predictions."""
    if told["predictions"] == "class":
        return wrong_classes(cells, told["data"]["classes"])
    problems = []
    numbers = [number_of(cell) for cell in cells]
    low, high = told["contract"]["minimum"], told["contract"]["maximum"]
    text = [cell for cell in cells if number_of(cell) is None]
    finite = [number for number in numbers if number is not None and math.isfinite(number)]
    endless = len(cells) - len(text) - len(finite)
    outside = [number for number in finite if not in_range(number, low, high)]
    if text:
        problems.append(f"{len(text):,} predictions are no numbers such as 0.25, but {text[0][:40]!r}: write numbers.")
    if endless:
        problems.append(f"{endless:,} predictions are empty, NaN or endless: look for missing values in the data.")
    if outside:
        bounds = f"from {'any' if low is None else low} to {'any' if high is None else high}"
        problems.append(f"{len(outside):,} predictions are not {bounds}, such as {outside[0]:g}: clip or rescale them.")
    return problems


def wrong_classes(cells: list[str], classes: list[str]) -> list[str]:
    """Return what is wrong with predictions that are to be names of classes; 7.0 is the class 7 too."""
    numbers = {number_of(name) for name in classes} - {None}
    wrong = [cell for cell in cells if cell not in classes and number_of(cell) not in numbers]
    if not wrong:
        return []
    names = ", ".join(classes)
    return [f"{len(wrong):,} predictions are no class, such as {wrong[0][:40]!r}: write one of {names}."]


def number_of(cell: str) -> float | None:
    """Return the cell's number, NaN for an empty one, None for text."""
    if cell.lower() in ("", "na", "null", "none", "<na>"):
        return math.nan
    try:
        return float(cell) if cell.isascii() and "_" not in cell and len(cell) <= MOST_CHARS else None
    except ValueError:
        return None


def in_range(number: float, low: float | None, high: float | None) -> bool:
    """Say whether a finite number may be a prediction."""
    return abs(number) <= LARGEST and (low is None or number >= low) and (high is None or number <= high)


if __name__ == "__main__":
    sys.exit(main())
