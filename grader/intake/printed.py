"""The beginning of what a notebook's cells had printed: kept apart when outputs are stripped, as plain bounded text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.model.outputs import output_texts

MOST_CELLS = 200
MOST_PARTS = 500
CELL_CHARACTERS = 4_000
ALL_CHARACTERS = 60_000


def printed_texts(cells: Sequence[dict[str, Any]]) -> list[tuple[int, str]]:
    """Return (0-based cell, text) of the code cells that had printed text with a number in it, nbformat 4."""
    found: list[tuple[int, str]] = []
    left = ALL_CHARACTERS
    for index, cell in enumerate(cells):
        outputs = cell.get("outputs") if cell.get("cell_type") == "code" else None
        texts = output_texts(outputs, CELL_CHARACTERS, most_parts=MOST_PARTS) if isinstance(outputs, list) else ()
        text = "\n".join(texts)[: min(left, CELL_CHARACTERS)]
        if any(letter.isdigit() for letter in text):
            found.append((index, text))
            left -= len(text)
        if len(found) >= MOST_CELLS or left <= 0:
            break
    return found
