"""Which blocks of its code a run came to, as it says itself: hints, for the submission can forge them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from grader.model.base import Record

Place = Annotated[int, Field(ge=0, le=10_000_000)]
Extent = tuple[Place, Place, Place, Place]
MARKS_BYTES = 1 << 18  # one a mark


class CodeBlock(Record):
    """A block of code that a run has loaded, from `at` (line from 1, column from 0) to the line and column of its end.

    `cell` counts a notebook's executions from 1; `mark` is its place among the bytes that are set by who comes to it.
    """

    file: str | None = Field(default=None, max_length=300)
    cell: Place | None = None
    at: Extent
    mark: Annotated[int, Field(ge=0, lt=MARKS_BYTES)]


class UnreachedBlock(Record):
    """A block that a run has loaded and not come to; `cell` is the index in the notebook."""

    path: str
    cell: int | None = None
    at: Extent
