"""What a criterion concludes, and the words a plugin says it in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from pydantic import model_validator

from grader.model import Record, Span, Verdict

MAX_SPANS = 12
_SCORES: dict[Verdict, tuple[float, float]] = {"met": (1, 1), "partly": (0, 1), "not_met": (0, 0)}


class Finding(Record):
    """What a criterion concludes: a verdict, why, what to do about it, and the places it rests on.

    `question` is what to ask the candidate about it and `good_answer` what a good answer would hold; without them the
    criterion's or its dimension's usual ones are taken.
    """

    verdict: Verdict
    score: float | None
    reason: str
    advice: str = ""
    evidence: tuple[Span, ...] = ()
    question: str = ""
    good_answer: str = ""

    @model_validator(mode="after")
    def _score_fits_verdict(self) -> Self:
        allowed = _SCORES.get(self.verdict)
        if (allowed is None) != (self.score is None):
            raise ValueError(f"a finding {self.verdict!r} cannot have the score {self.score}")
        if allowed and self.score is not None and not allowed[0] <= self.score <= allowed[1]:
            raise ValueError(f"a finding {self.verdict!r} cannot have the score {self.score}")
        return self


def met(
    reason: str, *, evidence: Iterable[Span] = (), advice: str = "", question: str = "", good_answer: str = ""
) -> Finding:
    """Return full marks, resting on `evidence`; without a place a person has to look."""
    return _scored("met", 1.0, reason, evidence, advice, question, good_answer)


def partly(
    reason: str,
    *,
    evidence: Iterable[Span] = (),
    score: float = 0.5,
    advice: str = "",
    question: str = "",
    good_answer: str = "",
) -> Finding:
    """Return part of the marks (`score` between 0 and 1, both excluded), resting on `evidence`."""
    if not 0 < score < 1:
        raise ValueError("partly() takes a score between 0 and 1, both excluded")
    return _scored("partly", score, reason, evidence, advice, question, good_answer)


def not_met(
    reason: str, *, evidence: Iterable[Span] = (), advice: str = "", question: str = "", good_answer: str = ""
) -> Finding:
    """Return no marks, resting on `evidence`."""
    return _scored("not_met", 0.0, reason, evidence, advice, question, good_answer)


def not_applicable(reason: str) -> Finding:
    """Return that the criterion does not bear on this work; it counts neither for nor against."""
    return Finding(verdict="not_applicable", score=None, reason=reason)


def needs_human(reason: str, *, evidence: Iterable[Span] = ()) -> Finding:
    """Return that a person has to look; it counts neither for nor against."""
    return Finding(verdict="needs_human", score=None, reason=reason, evidence=_bounded(evidence))


def _scored(
    verdict: Verdict,
    score: float,
    reason: str,
    evidence: Iterable[Span],
    advice: str,
    question: str,
    good_answer: str,
) -> Finding:
    return Finding(
        verdict=verdict,
        score=score,
        reason=reason,
        advice=advice,
        evidence=_bounded(evidence),
        question=question,
        good_answer=good_answer,
    )


def _bounded(evidence: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(evidence)[:MAX_SPANS]
