"""Altered copies of hidden rows: too little for a model to mind, enough for a row's content to be found nowhere.

Every choice is a draw of its own for each row, so that no single rule undoes the alterations.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from grader.assignment.tables import Table
from grader.errors import AssignmentError
from grader.model import TwinSpec

Row = tuple[str, ...]
Draw = Callable[[str, int], int]
NUMBER = re.compile(r"[+-]?(\d+)(?:\.(\d+))?")
LONG_WORD = re.compile(r"[^\W\d_]{4,}")
MOST_TRIES = 40


def make_twins(features: Table, spec: TwinSpec, draw: Draw) -> list[tuple[int, Row]]:
    """Return `spec.rows` altered rows, each with the place of its original, in a drawn order.

    Rows in which nothing can be altered (empty cells, no word) are passed over, but where their pictures are altered,
    which is done elsewhere. Raises AssignmentError where a column
    is missing or too few rows can be altered.
    """
    for column in spec.columns:
        if column not in features.columns:
            raise AssignmentError(f"there is no column {column!r}", path="assignment.toml", key="twins")
    columns = {name: [row[features.columns.index(name)] for row in features.rows] for name in (*spec.by, *spec.swap)}
    steps = {name: _step(columns[name]) for name in spec.by}
    order = sorted(range(len(features.rows)), key=lambda place: draw(f"row {place}", 2**62))
    found: list[tuple[int, Row]] = []
    for place in order:
        cells = dict(zip(features.columns, features.rows[place], strict=True))
        _move(cells, place, spec, steps, draw)
        _swap(cells, place, spec, columns, draw)
        for name, number in spec.typos.items():
            cells[name] = _mistyped(cells[name], number, place, draw)
        row = tuple(cells[name] for name in features.columns)
        if row != features.rows[place] or spec.pictures:
            found.append((place, row))
        if len(found) == spec.rows:
            return found
    message = f"only {len(found):,} hidden rows can be altered as asked, twins.rows wants {spec.rows:,}"
    raise AssignmentError(message, path="assignment.toml", key="twins.rows")


def _move(cells: dict[str, str], place: int, spec: TwinSpec, steps: dict[str, Fraction], draw: Draw) -> None:
    """Move the row's numbers up or down by a share of themselves, on their columns' own grids."""
    for name, share in spec.by.items():
        sign = 1 if draw(f"up {place} {name}", 2) else -1
        cells[name] = _moved(cells[name], sign * share, steps[name])


def _swap(cells: dict[str, str], place: int, spec: TwinSpec, columns: dict[str, list[str]], draw: Draw) -> None:
    """Give some of the row's cells another value, as often as it occurs in the column."""
    left = list(spec.swap)
    for turn in range(min(spec.swaps, len(left))):
        name = left.pop(draw(f"column {place} {turn}", len(left)))
        for attempt in range(MOST_TRIES):
            other = columns[name][draw(f"other {place} {name} {attempt}", len(columns[name]))]
            if other != cells[name]:
                cells[name] = other
                break


def _moved(cell: str, share: float, step: Fraction) -> str:
    """Return the number in `cell` moved by a share of itself, one step of its grid at least, in its own form."""
    if not NUMBER.fullmatch(cell.strip()) or not (number := Fraction(cell.strip())):
        return cell
    moved = round(number * Fraction(share) / step) or int(math.copysign(1, share * number))
    decimals = len(cell.strip().partition(".")[2])
    return f"{float(number + moved * step):.{decimals}f}"


def _step(cells: Sequence[str]) -> Fraction:
    """Return the grid that a column's numbers lie on: 1 for whole ones, 1/20 for prices in steps of five cents."""
    found = [match for match in (NUMBER.fullmatch(cell.strip()) for cell in cells) if match]
    decimals = max((len(match[2] or "") for match in found), default=0)
    step = math.gcd(*(int(match[1] + (match[2] or "").ljust(decimals, "0")) for match in found))
    return Fraction(step or 1, 10**decimals)


def _mistyped(text: str, number: int, place: int, draw: Draw) -> str:
    """Return the text with some of its words of four letters and more mistyped, as people mistype: a letter is left
    out, is there twice, or changes places with the next one.
    """
    words = list(LONG_WORD.finditer(text))
    letters = list(text)
    for turn in range(min(number, len(words))):
        word = words.pop(draw(f"word {place} {turn}", len(words)))
        places = [at for at in range(word.start() + 1, word.end() - 1) if text[at] != text[at + 1]]
        if places:
            at = places[draw(f"letter {place} {turn}", len(places))]
            first, second = text[at], text[at + 1]
            letters[at] = ("", first * 2, second)[(slip := draw(f"slip {place} {turn}", 3))]
            letters[at + 1] = first if slip == 2 else second
    return "".join(letters)
