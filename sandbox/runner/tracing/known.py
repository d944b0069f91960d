"""What is known of a table's rows."""

from __future__ import annotations

from typing import Any


class Known:
    """What is known of a table's rows: a number each (0 where that is unknown), the fits of transformers that the
    values went through, and the prediction that they came out of.
    """

    __slots__ = ("ids", "predicted", "through")

    def __init__(self, ids: Any, through: tuple[int, ...] = (), predicted: int | None = None) -> None:
        self.ids, self.through, self.predicted = ids, through, predicted
