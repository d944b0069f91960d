"""What a language model answered about a work's explanations: asked before scoring, stored, never asked again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, StringConstraints

from grader.model.base import Record, Span

Said = Literal["yes", "partly", "no", "cannot_tell"]
Count = Annotated[int, Field(ge=0, le=10**9)]


class ModelAnswer(Record):
    """The answer to one question. `failure` says why there is none; else `spans` are places that were checked to be
    there: the passages quoted, or for `no` where it was looked for.
    """

    question: str
    said: Said = "cannot_tell"
    reason: Annotated[str, StringConstraints(max_length=1000)] = ""
    spans: tuple[Span, ...] = ()
    failure: str = ""


class ModelUse(Record):
    """Which model was asked, and what that cost: tokens as the endpoint counts them, money by the configured prices.

    An answer taken from the cache cost nothing. `prompt_digest` is SHA-256 of all that was sent.
    """

    model: str
    prompt_digest: str
    cached: bool
    tokens_in: Count = 0
    tokens_out: Count = 0
    cost: FiniteFloat | None = None


class ModelAnswers(Record):
    """All answers about one work; `use` is null when nothing was sent."""

    answers: tuple[ModelAnswer, ...] = ()
    use: ModelUse | None = None
