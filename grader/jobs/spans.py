"""Spans, of which a trace is made: how long requests and gradings take, one below another, and which of them failed.

What stands in a span leaves the machine: ids, routes and codes, and never a name, an address, a path or a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Value = str | int | float | bool


class Span(Protocol):
    """Something that takes time. Nothing that is said of it can fail."""

    def tell(self, about: Mapping[str, Value]) -> None:
        """Add attributes."""

    def rename(self, name: str) -> None:
        """Call it otherwise: of a request the route is known at its end alone."""

    def fail(self, why: str) -> None:
        """Note that it failed; `why` is a code or a name, and no message of anybody."""

    def step(self, name: str) -> None:
        """Begin the next step below it, which ends the one before, unless it is at that step already."""


class Spans(Protocol):
    """Where spans go."""

    def span(
        self, name: str, about: Mapping[str, Value] | None = None, *, serves: bool = False
    ) -> AbstractContextManager[Span]:
        """Yield a span below the current one, which it takes the place of. What is raised in it is its failure.

        With `serves` it is that of a request that came from elsewhere.
        """

    def current(self) -> Span:
        """Return the span that this thread or task is in."""

    def close(self) -> None:
        """Send what is left, and wait for that no longer than a few seconds."""


class NoSpan:
    """A span that nobody looks at."""

    def tell(self, about: Mapping[str, Value]) -> None:
        """Do nothing."""

    def rename(self, name: str) -> None:
        """Do nothing."""

    def fail(self, why: str) -> None:
        """Do nothing."""

    def step(self, name: str) -> None:
        """Do nothing."""


class NoSpans:
    """Sends nothing: where no traces are asked for."""

    @contextmanager
    def span(
        self,
        name: str,  # noqa: ARG002 - nothing is made of it, as of the others
        about: Mapping[str, Value] | None = None,  # noqa: ARG002
        *,
        serves: bool = False,  # noqa: ARG002
    ) -> Iterator[Span]:
        """Yield a span that nobody looks at."""
        yield NoSpan()

    def current(self) -> Span:
        """Return a span that nobody looks at."""
        return NoSpan()

    def close(self) -> None:
        """Do nothing."""
