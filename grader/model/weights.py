"""Shares of the whole score: what each track weighs, and why, where an assignment does not say otherwise."""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import ConfigDict, model_validator

from grader.model.base import Record, Weight

Track = Literal["model-development", "mlops", "hybrid"]
TRACKS: tuple[Track, ...] = get_args(Track)


class Weights(Record):
    """Shares of the whole score; they need not add up to anything. Further names are dimensions of plugins."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Weight]

    hidden: Weight = 40
    data_preparation: Weight = 14
    model_choice: Weight = 12
    evaluation: Weight = 14
    code_quality: Weight = 10
    production_readiness: Weight = 10

    @model_validator(mode="after")
    def _weigh_something(self) -> Self:
        if not any(self.model_dump().values()):
            raise ValueError("at least one weight must be above 0")
        return self

    @property
    def of_plugins(self) -> dict[str, float]:
        """The weights of dimensions that are none of the five."""
        return dict(self.model_extra or {})


PARTS = tuple(Weights.model_fields)

# Of 100, in the order of PARTS.
_SHARES: dict[Track, tuple[float, ...]] = {
    "model-development": (40, 16, 14, 16, 8, 6),
    "mlops": (30, 8, 2, 10, 22, 28),
    "hybrid": tuple(field.default for field in Weights.model_fields.values()),
}
REASONS: dict[Track, str] = {
    "model-development": (
        "The work is a model and an honest estimate of it. What it does on unseen rows weighs most; how it came about "
        "(clean data, a choice with reasons, an evaluation that can be believed) weighs more together. Code and "
        "operation count, for somebody takes the notebook over, and count little, for nobody asked for a service."
    ),
    "mlops": (
        "The model is given, so choosing one weighs next to nothing. What weighs is that the program holds on data as "
        "they come: it validates, logs, is tested and can be handed over. The result on unseen batches is the proof."
    ),
    "hybrid": (
        "One person builds the model and brings it to where it is used. The result on unseen rows weighs most; the "
        "steps to the model and the state of what is handed over share the rest, the steps a little more."
    ),
}


def shares_of(track: Track) -> dict[str, float]:
    """Return the weight of each part, which add up to 100."""
    return dict(zip(PARTS, _SHARES[track], strict=True))
