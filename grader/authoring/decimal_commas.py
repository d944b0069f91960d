"""Numbers written with a comma, as many countries' spreadsheets do: read as numbers, or refused where two are meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from grader.assignment.tables import Table
from grader.errors import UsageError

COMMA = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")  # 1.234,5 and 1234,5
POINT = re.compile(r"[-+]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?")  # 1,234.5


def with_points(table: Table, path: Path, delimiter: str, apart: Collection[str]) -> tuple[Table, list[str]]:
    """Return the table with such columns written with points, and their names; columns `apart` are left as they are.

    Raises UsageError where 1,234 could be a fraction or thousands.
    """
    forms = {name: _form(table.column(name)) for name in table.columns if name not in apart}
    commas = {name for name, form in forms.items() if form == "comma"}
    unclear = [name for name, form in forms.items() if form == "unclear"]
    if delimiter == ";" or commas:  # a table written where the comma is the decimal sign
        commas |= {name for name in unclear if all(cell.count(",") < 2 for cell in table.column(name))}
    for name in unclear:
        if name not in commas:
            example = next(cell for cell in table.column(name) if "," in cell)
            message = f"--data {path}: {example!r} in {name!r} can be read in two ways: its comma may be decimal or not"
            hint = f"Write its numbers with a point and nothing between thousands, or say --without {name!r}."
            raise UsageError(message, hint=hint)
    points = {name for name, form in forms.items() if form == "point"}
    rows = tuple(
        tuple(_number(cell, name in commas) if name in commas | points else cell for name, cell in named)
        for named in (zip(table.columns, row, strict=True) for row in table.rows)
    )
    return Table(table.columns, rows), [name for name in table.columns if name in commas | points]


def _form(cells: Sequence[str]) -> str:
    """Return comma, point, unclear, or nothing where a column is none of numbers written with commas."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    with_comma = [cell for cell in filled if "," in cell]
    if not with_comma:
        return ""
    is_comma, is_point = (all(form.fullmatch(cell) for cell in filled) for form in (COMMA, POINT))
    if is_point and (is_comma or not any("." in cell for cell in filled)):
        return "unclear"
    return "comma" if is_comma else "point" if is_point else ""


def _number(cell: str, is_comma: bool) -> str:
    return cell.strip().replace(".", "").replace(",", ".") if is_comma else cell.strip().replace(",", "")
