"""Places that do not parse, in notebooks and in programs; what only a newer Python reads is told apart."""

from __future__ import annotations

from grader import Evidence, Span
from rubrics.facts import broken_spans

_NEWER = "newer Python"


def broken_in(evidence: Evidence, *, notebooks: bool) -> list[Span]:
    """Return the places that no Python 3 reads, in notebooks or else in programs."""
    return [span for span in _in(evidence, notebooks) if _NEWER not in span.text]


def newer_in(evidence: Evidence, *, notebooks: bool) -> list[Span]:
    """Return the places that a newer Python may read, in notebooks or else in programs."""
    return [span for span in _in(evidence, notebooks) if _NEWER in span.text]


def _in(evidence: Evidence, notebooks: bool) -> list[Span]:
    return [span for span in broken_spans(evidence) if (span.cell is not None) == notebooks]
