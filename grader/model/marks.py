"""The two marks that normalise a metric over some rows: 0 at the baseline, 1 at the reference."""

from __future__ import annotations

from typing import Self

from pydantic import FiniteFloat, model_validator

from grader.model.base import Record


class OwnMarks(Record):
    """Marks of some rows' own: what `baseline` and `reference` mean over all rows says little of a part of them."""

    baseline: FiniteFloat | None = None
    reference: FiniteFloat | None = None

    @model_validator(mode="after")
    def _given_both(self) -> Self:
        if (self.baseline is None) != (self.reference is None):
            raise ValueError("baseline and reference are given both or neither")
        return self

    @property
    def marks(self) -> tuple[float, float] | None:
        """Return baseline and reference, None where they are not given."""
        return None if self.baseline is None or self.reference is None else (self.baseline, self.reference)
