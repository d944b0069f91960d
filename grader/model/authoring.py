"""What an author states of an assignment so that it can be proven and drawn again: examples, split, tolerances."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from grader.model.base import Record

ExampleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=100)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
SplitRule = Literal["unstated", "random", "class", "group", "time"]


class ExamplesSpec(Record):
    """The example works: `order` is best first, `clear` holds pairs (better, worse) whose intervals must not meet;
    `unscored` names works that must get no score before a person has looked, such as one that looks answers up.
    """

    order: tuple[ExampleName, ...] = ()
    unscored: tuple[ExampleName, ...] = ()
    clear: tuple[tuple[ExampleName, ExampleName], ...] = ()

    @model_validator(mode="after")
    def _fits_itself(self) -> Self:
        if len(set(self.order)) != len(self.order):
            raise ValueError("order names an example twice")
        if both := sorted(set(self.order) & set(self.unscored)):
            raise ValueError(f"{both[0]!r} is in order and in unscored: without a score a work has no place there")
        for better, worse in self.clear:
            for name in (better, worse):
                if name not in self.order:
                    raise ValueError(f"clear names {name!r}, which is not in order")
            if self.order.index(better) >= self.order.index(worse):
                raise ValueError(f"clear says that {better!r} is better than {worse!r}, order says otherwise")
        return self


class SplitSpec(Record):
    """How public and hidden rows were told apart: at random, in each class alike, by whole groups, or by time.

    `column` holds the groups or the times. Without `seed` it was drawn from one that is kept secret. With `export` the
    folder's export.py makes all data anew from the secret that GRADER_SPLIT_SEED holds.
    """

    by: SplitRule = "unstated"
    column: str = ""
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    export: bool = False

    @model_validator(mode="after")
    def _names_its_column(self) -> Self:
        if (self.by in ("group", "time")) != bool(self.column):
            raise ValueError("column is needed by group and by time, and by nothing else")
        if self.export and self.by == "unstated":
            raise ValueError("export needs by: the checks hold what export.py makes to it")
        return self


class CheckSpec(Record):
    """What `grader assignment check` asks for: `interval` is how wide the 95 % interval of a work as good as the
    reference may be, from low to high, as a share of the way from baseline to reference.

    `accept` maps a check's id to the reason why its finding is no defect here; `unread` a public file's name, or a
    pattern of names, to the reason why it is given although nothing can be said of what it holds.
    """

    interval: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = 0.5
    accept: dict[str, Reason] = {}
    unread: dict[str, Reason] = {}
