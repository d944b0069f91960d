"""The tables of a JSON text: records, lists, mappings, one document or one a line, and texts that stand in it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from grader.authoring.grids import Grid, grid_of

DEEPEST = 12
LEAST_TEXT = 200  # letters of a text that may itself be a table


def json_in(text: str) -> object:
    """Return what a text says in JSON, a document or one a line; None where it is no JSON."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None


def tables_of_json(found: object, depth: int = 0) -> Iterator[Grid]:
    """Yield the tables of a value: a list of records or of lists, a list, a mapping from key to value, or to lists."""
    if isinstance(found, list):
        yield from _of_list(found)
    elif isinstance(found, dict):
        yield from _of_mapping(found)
    if depth < DEEPEST:
        inner = found if isinstance(found, list) else list(found.values()) if isinstance(found, dict) else []
        for value in inner:
            if isinstance(value, list | dict) and len(value) > 1 and not _is_row(value, found):
                yield from tables_of_json(value, depth + 1)


def texts_in_json(found: object, depth: int = 0) -> Iterator[str]:
    """Yield the long texts in a value, and lists of lines as one, such as the output of a notebook's cell."""
    if isinstance(found, str):
        if len(found) >= LEAST_TEXT:
            yield found
    elif isinstance(found, list) and found and all(isinstance(item, str) for item in found):
        joined = "".join(found)
        if len(joined) >= LEAST_TEXT and "\n" in joined:
            yield joined
    elif depth < DEEPEST and isinstance(found, list | dict):
        for value in found if isinstance(found, list) else found.values():
            yield from texts_in_json(value, depth + 1)


def _is_row(value: object, of: object) -> bool:
    """Say whether a value of plain cells is a row of the list that it is in, and was looked at with it."""
    cells = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(of, list) and not any(isinstance(cell, list | dict) for cell in cells)


def _of_list(found: list[object]) -> Iterator[Grid]:
    records = [item for item in found if isinstance(item, dict)]
    if records:
        names = list(dict.fromkeys(str(name) for record in records for name in record))
        yield grid_of(([record.get(name) for name in names] for record in records), names)
    if lists := [item for item in found if isinstance(item, list)]:
        yield grid_of(lists)
    if cells := [item for item in found if not isinstance(item, list | dict)]:
        yield grid_of([cell] for cell in cells)


def _of_mapping(found: dict[str, object]) -> Iterator[Grid]:
    """Yield a mapping as columns (lists, or mappings from a row's name to its cell), as records by key, as pairs."""
    lists = {key: value for key, value in found.items() if isinstance(value, list)}
    for length in {len(value) for value in lists.values()}:
        same = {key: value for key, value in lists.items() if len(value) == length}
        yield grid_of(zip(*same.values(), strict=True), list(same))
    inner = {key: value for key, value in found.items() if isinstance(value, dict)}
    if len(inner) > 1:
        names = list(dict.fromkeys(name for value in inner.values() for name in value))
        yield grid_of(([key, *map(value.get, names)] for key, value in inner.items()), ["", *names])
        if len(names) * len(inner) > 1:
            yield grid_of(([name, *(value.get(name) for value in inner.values())] for name in names), ["", *inner])
    pairs = [(key, value) for key, value in found.items() if not isinstance(value, list | dict)]
    if pairs:
        yield grid_of(pairs)
