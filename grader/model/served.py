"""What an assignment says of a stream of batches, and of what is judged beside predictions.csv."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from grader.model.base import ColumnName, FileName, Record, Weight
from grader.model.suites import Sentence, SuiteName

Measured = Literal["wall_s", "cpu_s", "peak_memory_bytes"]


class BatchesSpec(Record):
    """Hidden rows dealt as one CSV file a batch: `column` of the hidden features names each row's file, and is in no
    file; `folder` is theirs below data/. `broken`, below data/hidden, holds files that are dealt as they are.
    """

    column: ColumnName
    folder: FileName = "batches"
    broken: FileName | None = None


class OutputSpec(Record):
    """A suite judged on another table that the work writes, `file`: which keys are told to be `positive`.

    Without `column` a key is positive by being in the table, and rightly so when its row has no label. With it,
    `labels` (below data/hidden) holds the truth under the same names of columns.
    """

    name: SuiteName
    law: Sentence
    file: FileName
    key: ColumnName
    column: ColumnName | None = None
    positive: str | None = None
    labels: FileName | None = None
    metric: Literal["f1"] = "f1"
    baseline: Annotated[float, Field(ge=0, lt=1)] = 0.0
    reference: Annotated[float, Field(gt=0, le=1)] = 1.0
    weight: Weight = 1.0

    @model_validator(mode="after")
    def _fits_itself(self) -> Self:
        given = {self.column is None, self.positive is None, self.labels is None}
        if len(given) != 1:
            raise ValueError("column, positive and labels are given together, or none of them")
        if not self.file.endswith(".csv"):
            raise ValueError(f"file {self.file!r} must end in .csv: it is read as a table")
        if self.baseline >= self.reference:
            raise ValueError("reference must lie above baseline")
        return self


class MeasureSpec(Record):
    """A suite whose value is the sandbox's own account of the run: seconds, processor seconds or bytes; less is better.

    The marks are to be far apart, so that how busy a machine is does not decide.
    """

    name: SuiteName
    measure: Measured
    baseline: Annotated[FiniteFloat, Field(gt=0)]
    reference: Annotated[FiniteFloat, Field(gt=0)]
    weight: Weight = 1.0

    @model_validator(mode="after")
    def _fits_itself(self) -> Self:
        if self.reference >= self.baseline:
            raise ValueError("reference must lie below baseline: less is better")
        return self
