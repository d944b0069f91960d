"""What a run printed, as far as it is figures: read from the executed notebook, or from a program's output.

Both come out of the sandbox: they are bounded, parsed and never believed beyond what they are, the work's own word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from grader.evidence.figures import MAX_FIGURES, read_printed
from grader.model import Figure, Span
from grader.model.outputs import output_texts

MAX_CELLS = 1000
MAX_TEXT = 40_000
MAX_ALL = 1_000_000
SHARE = "minority share"
_COUNT = re.compile(r"^\s*(\S[^\n]{0,60}?)\s+(\d{1,12}(?:\.\d{1,17})?)\s*$")
_NAME = re.compile(r"^Name: (\w[\w .-]{0,60}?)(?:, Length: \d+)?, dtype: \w+")
_MOST_CLASSES = 12


def read_observed(path: str, notebook: bytes | None, stdout: str) -> tuple[Figure, ...]:
    """Return the figures that a run printed, at most 300: of the executed `notebook`, else of `stdout`."""
    found: list[Figure] = []
    for cell, text in _printed(notebook) if notebook is not None else [(None, stdout[:MAX_ALL])]:
        found += read_printed(text, path, cell, alone=True)
        found += _shares(text, path, cell)
        if len(found) >= MAX_FIGURES:
            break
    return tuple(found[:MAX_FIGURES])


def _printed(notebook: bytes) -> Iterator[tuple[int, str]]:
    """Yield each code cell's text outputs; what is out of shape yields nothing."""
    left = MAX_ALL
    for index, cell in enumerate(_cells(notebook)[:MAX_CELLS]):
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        texts = output_texts(outputs, MAX_TEXT) if isinstance(outputs, list) else ()
        whole = "\n".join(texts)[: min(left, MAX_TEXT)]
        left -= len(whole)
        if whole:
            yield index, whole


def _cells(notebook: bytes) -> list[Any]:
    try:
        book = json.loads(notebook)
    except (ValueError, RecursionError):
        return []
    cells = book.get("cells") if isinstance(book, dict) else None
    return cells if isinstance(cells, list) else []


def _shares(text: str, path: str, cell: int | None) -> Iterator[Figure]:
    """Yield the smallest class's share of each `value_counts()` that was printed, of the column it names."""
    block: list[float] = []
    title = ""
    for line in text.split("\n")[:2000]:
        if counted := _COUNT.match(line[:200]):
            block.append(float(counted[2]))
        elif (named := _NAME.match(line)) and 2 <= len(block) <= _MOST_CLASSES and sum(block):
            name = title if named[1] in ("count", "proportion") and title else named[1]
            span = Span(path=path, cell=cell, text=f"{line.strip()[:150]}: {', '.join(f'{n:g}' for n in block)}")
            yield Figure(span=span, metric=SHARE, value=min(block) / sum(block), subject=name)
            block = []
        else:
            block, title = [], line.strip()[:60]
