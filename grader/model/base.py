"""What every record shares: frozen, closed, with a JSON form."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Outcome = Literal["completed", "submission_failed", "limit_exceeded", "infrastructure_failed"]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_. -]*$", max_length=100)]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Weight = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


class Record(BaseModel):
    """An immutable value handed from one stage to the next."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class Span(Record):
    """A place in the submission that a verdict rests on: `cell` 0-based, `line` and `end_line` 1-based."""

    path: str
    cell: int | None = None
    line: int | None = None
    end_line: int | None = None
    text: str = ""


class Failure(Record):
    """Why an outcome is not "completed": a stable code and a sentence the candidate can act on.

    `observed` is what the host saw of it, never anything that was said inside.
    """

    code: str
    message: str
    path: str | None = None
    cell: int | None = None
    line: int | None = None
    hint: str = ""
    observed: tuple[str, ...] = ()
