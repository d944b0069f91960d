"""What an assignment says of single criteria: their weights, which do not apply, and which cap the score."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from grader.model.base import Record

CriterionId = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z0-9_]+$", max_length=100)]
CriterionWeight = Annotated[float, Field(ge=0, le=1e3, allow_inf_nan=False)]


class Gate(Record):
    """A criterion that must hold: where it is `not_met` (with `partly`, also where it is that) the score is capped.

    `reason` is shown beside the cap, in the author's words.
    """

    criterion: CriterionId
    at_most: Annotated[float, Field(ge=0, lt=100, allow_inf_nan=False)]
    partly: bool = False
    reason: Annotated[str, StringConstraints(max_length=300)] = ""


class RubricSpec(Record):
    """`weights` replace those of criteria within their dimensions, 0 shows one without counting it."""

    weights: dict[CriterionId, CriterionWeight] = {}
    not_applicable: tuple[CriterionId, ...] = ()
    gates: tuple[Gate, ...] = ()

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """Every criterion that is named, with the key of `assignment.toml` that names it."""
        found = [(f"rubric.weights.{name}", name) for name in self.weights]
        found += [(f"rubric.not_applicable.{place}", name) for place, name in enumerate(self.not_applicable)]
        found += [(f"rubric.gates.{place}.criterion", gate.criterion) for place, gate in enumerate(self.gates)]
        return tuple(found)

    @model_validator(mode="after")
    def _gates_can_close(self) -> Self:
        gated = [gate.criterion for gate in self.gates]
        if never := sorted(set(gated) & set(self.not_applicable)):
            raise ValueError(f"{never[0]} is not applicable, so its gate could never close")
        if len(set(gated)) != len(gated):
            raise ValueError("a criterion has two gates")
        return self


class ClosedGate(Record):
    """A gate that capped, or would have capped, this score, and why."""

    criterion: str
    title: str
    verdict: Literal["not_met", "partly"]
    at_most: float
    reason: str
