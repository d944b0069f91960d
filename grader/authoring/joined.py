"""Whether a table tells hidden labels: beside their keys, or by the keys that it lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from grader.authoring.output_truths import OutputTruth

LEAST_JOINED = 10
JOINED_ALIKE = 0.99
CHANCE = 1e-6  # that keys drawn at random would all be among those that belong in a table
Columns = list[list[str]]


def joined_in(columns: Columns, truth: Mapping[str, str]) -> int:
    """Return how many hidden keys stand in one column with their labels in another, 0 where that may be chance."""
    least = max(2, min(LEAST_JOINED, len(truth)))
    for keys in columns:
        rows = [row for row, cell in enumerate(keys) if cell in truth]
        if len(rows) < least:
            continue
        labels = [truth[keys[row]] for row in rows]
        for other in columns:
            cells = [other[row] for row in rows]
            alike = sum(_equal(cell, label) for cell, label in zip(cells, labels, strict=True))
            commonest = Counter(labels).most_common(1)[0][1]  # a column of one value is right as often
            if other is not keys and alike > commonest and alike >= JOINED_ALIKE * len(rows):
                return alike
    return 0


def listed_in(columns: Columns, truth: OutputTruth) -> int:
    """Return how many keys that belong in a table stand in one column, without any other or marked as another column
    has it; 0 where that may be chance.
    """
    if not truth.listed:
        return 0
    share = len(truth.listed) / len(truth.listed_of)
    for keys in columns:
        if truth.listed.isdisjoint(keys):
            continue
        for marks in ([""] * len(keys), *columns):
            marked: dict[str, set[str]] = defaultdict(set)
            for key, mark in zip(keys, marks, strict=True):
                if key in truth.listed_of:
                    marked[mark].add(key)
            for group in marked.values():
                if group <= truth.listed and share ** len(group) < CHANCE:
                    return len(group)
    return 0


def _equal(cell: str, label: str) -> bool:
    if cell == label:
        return True
    try:
        return float(cell) == float(label)
    except ValueError:
        return False
