"""The beginning of what a notebook's cells had printed: kept apart when outputs are stripped, as plain bounded text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

MOST_CELLS = 200
CELL_CHARACTERS = 4_000
ALL_CHARACTERS = 60_000


def printed_texts(cells: Sequence[dict[str, Any]]) -> list[tuple[int, str]]:
    """Return (0-based cell, text) of the code cells that had printed text with a number in it, nbformat 4."""
    found: list[tuple[int, str]] = []
    left = ALL_CHARACTERS
    for index, cell in enumerate(cells):
        outputs = cell.get("outputs") if cell.get("cell_type") == "code" else None
        text = "\n".join(_texts(outputs))[: min(left, CELL_CHARACTERS)] if isinstance(outputs, list) else ""
        if any(letter.isdigit() for letter in text):
            found.append((index, text))
            left -= len(text)
        if len(found) >= MOST_CELLS or left <= 0:
            break
    return found


def _texts(outputs: Sequence[object]) -> Iterator[str]:
    for output in outputs[:50]:
        if not isinstance(output, dict) or output.get("name") == "stderr":
            continue
        data = output.get("data")
        for given in (output.get("text"), data.get("text/plain") if isinstance(data, dict) else None):
            if isinstance(given, list):
                given = "".join(part for part in given[:500] if isinstance(part, str))
            if isinstance(given, str):
                # JSON can hold halves of characters, which no record takes
                yield given[:CELL_CHARACTERS].encode("utf-8", "replace").decode()
