"""Numbers for rows: hashes of what stands in them, numbers that nothing else has, and a sketch of a set of them."""

from __future__ import annotations

import sys
from typing import Any

BLOCK = 4096
ODD = 0x9E3779B97F4A7C15
BITS = 48
KEPT = 1024
MOST_COLUMNS = 8  # of numbers that are hashed, evenly spread
OBJECT_COST = 15  # what hashing one object costs, in numbers


def numpy() -> Any:
    """Return NumPy, which whoever hands tables to an estimator has loaded."""
    return sys.modules["numpy"]


def mixed(values: Any) -> Any:
    """Return 64-bit numbers, shape (n,), in which each bit depends on all bits of its own (splitmix64, Steele 2014)."""
    np = numpy()
    values = values + np.uint64(ODD)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def fresh_ids(table: int, rows: int) -> Any:
    """Return a number for each row of the `table`-th table that was seen, shape (rows,)."""
    np = numpy()
    return mixed(np.arange(rows, dtype=np.uint64) + (np.uint64(table) << np.uint64(36)))


def sketch(ids: Any) -> list[int]:
    """Return the KEPT smallest of the distinct ids (bottom-k, Bar-Yossef et al. 2002), all where there are fewer.

    The same row is then kept on both sides of a comparison, or on neither.
    """
    np = numpy()
    known = ids[ids != 0] >> np.uint64(64 - BITS)
    if len(known) > 8 * KEPT:
        likely = known[known < np.uint64((1 << BITS) // len(known) * 4 * KEPT)]
        few = _distinct(likely)[:KEPT]
        if len(few) == KEPT:
            return list(few.tolist())
    return list(_distinct(known)[:KEPT].tolist())


def _distinct(numbers: Any) -> Any:
    """Return what np.unique does, which takes ten times as long for a few thousand since it hashes them."""
    ordered = numpy().sort(numbers)
    is_first = numpy().ones(len(ordered), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]


def cost(table: Any) -> int:
    """Return what it costs to hash the rows of a table with two dimensions, in numbers."""
    rows, columns = table.shape
    if hasattr(table, "dtypes"):
        objects = sum(not _is_numeric(dtype) for dtype in table.dtypes)
        return int(rows * (columns + objects * (OBJECT_COST - 1)))
    return int(rows * (min(columns, MOST_COLUMNS) if _is_numeric(table.dtype) else columns * OBJECT_COST))


def row_hashes(table: Any) -> Any:
    """Return a hash of each row's values, the same for a frame of numbers and its array, shape (rows,)."""
    np = numpy()
    if not hasattr(table, "dtypes"):
        return _of_numbers(table) if _is_numeric(table.dtype) else hashes_of_objects(list(table.T), len(table))
    columns = [table.iloc[:, number] for number in range(table.shape[1])]
    numeric = [number for number, column in enumerate(columns) if _is_numeric(column.dtype)]
    others = [column.to_numpy(dtype=object) for column in columns if not _is_numeric(column.dtype)]
    with np.errstate(all="ignore"):
        found = hashes_of_objects(others, len(table)) if others else np.zeros(len(table), np.uint64)
        if not numeric:
            return found
        numbers = table if not others else table.iloc[:, numeric]
        return found ^ _of_numbers(numbers.to_numpy(dtype=np.float64, na_value=np.nan))


def _is_numeric(dtype: Any) -> bool:
    return getattr(dtype, "kind", "O") in "biuf"


def _of_numbers(table: Any) -> Any:
    """Return the hashes of an array of numbers: a column at a time, in blocks that fit a processor's cache."""
    np = numpy()
    found = np.empty(len(table), np.uint64)
    width = table.shape[1]
    chosen = np.linspace(0, width - 1, min(width, MOST_COLUMNS)).astype(int)
    with np.errstate(all="ignore"):
        for start in range(0, len(table), BLOCK):
            block = table[start : start + BLOCK].T[chosen].astype(np.float64, order="C", copy=False)
            block += 0.0  # no negative zero
            sums = np.zeros(block.shape[1], np.uint64)
            for column in block.view(np.uint64):
                column ^= column >> np.uint64(29)
                sums ^= column
                sums *= np.uint64(ODD)
            found[start : start + BLOCK] = sums
    return mixed(found)


def hashes_of_objects(columns: list[Any], rows: int) -> Any:
    """Return the hashes of columns of objects, each by Python's own hash of it, which is fixed inside the sandbox."""
    np = numpy()
    found = np.zeros(rows, np.uint64)
    for column in columns:
        hashes = np.fromiter(map(hash, column), dtype=np.int64, count=rows).view(np.uint64)
        found = mixed(found ^ hashes)
    return found
