"""What kind of column a table's cells make, and the cells as numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def numbers_of(cells: Sequence[str]) -> Floats | None:
    """Return the cells as numbers, shape (rows,), NaN where one is empty; None when one is something else."""
    found = [number_in(cell) for cell in cells]
    if any(value is None for value in found) or all(value is not None and math.isnan(value) for value in found):
        return None
    return np.array(found, dtype=np.float64)


def number_in(cell: str) -> float | None:
    """Return a finite number, NaN for an empty cell, None for anything else."""
    if not cell.strip():
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def times_of(cells: Sequence[str]) -> Floats | None:
    """Return the cells as seconds or as the numbers that they are, shape (rows,); None when one is no time."""
    found = [_time_in(cell) for cell in cells]
    return None if any(math.isnan(value) for value in found) else np.array(found, dtype=np.float64)


def _time_in(cell: str) -> float:
    value = number_in(cell)
    if value is not None:
        return value
    try:
        at = datetime.fromisoformat(cell.strip())
    except ValueError:
        return math.nan
    return (at.replace(tzinfo=None) - (at.utcoffset() or at.min - at.min) - datetime(1970, 1, 1)).total_seconds()
