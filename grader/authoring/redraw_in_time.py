"""A split by time drawn anew: an earlier stretch of time is hidden, how much earlier being secret within a band."""

from __future__ import annotations

import math

import numpy as np

from grader.authoring.columns import Floats
from grader.authoring.splitting import HIDDEN, TEST, TRAIN, Parts
from grader.errors import UsageError

LEFT_OUT = 3  # beside the parts of a split: rows that are later than the hidden ones
LEAST_BACK, MOST_BACK = 0.2, 0.5  # by so many of the hidden rows the stretch is moved back
LEAST_KEPT = 0.5  # of the training rows


def moved_back(times: Floats, hidden: int, test: int, random: np.random.Generator) -> Parts:
    """Return the part of each labelled row, in the order training, public test, `hidden`, and left out: the latest.

    Rows of one time are never told apart, so that the numbers are about those wanted. `times` has the shape (rows,).
    Raises UsageError where too few rows are earlier.
    """
    rows = len(times)
    least = math.ceil(LEAST_BACK * hidden)
    most = math.floor(min(MOST_BACK * hidden, (1 - LEAST_KEPT) * (rows - hidden) - test))
    parts = np.full(rows, TRAIN, dtype=np.int8)
    if least <= most:
        back = int(random.integers(least, most + 1))
        ordered = np.sort(times)
        for part, later in ((TEST, test + hidden + back), (HIDDEN, hidden + back), (LEFT_OUT, back)):
            parts[times >= ordered[rows - later]] = part
    if len(set(parts.tolist())) < LEFT_OUT + 1:
        message = f"too few rows are earlier than the {hidden:,} hidden ones to hide a stretch of them instead"
        raise UsageError(message, hint="Take data of a longer time, and scaffold it anew.")
    return parts
