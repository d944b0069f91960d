"""Interview questions from the findings: what went wrong first, then what a good candidate should defend."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import DimensionResult, Question, Span
from grader.plugins import Criterion, Finding

MOST = 6
FEWEST = 3

# What to ask of a finding that brings no question of its own, by dimension.
ASK_WHY = {
    "data_preparation": "What would this have done to the result, and how would you prepare the data now?",
    "model_choice": "How did you decide this, and what would you try next with another day?",
    "evaluation": "How far do you trust the figure you reported, and how would you check it?",
    "code_quality": "How would you change this before a colleague has to maintain it?",
    "production_readiness": "What would break first if this ran every night, and what would you change?",
}
DEFEND = {
    "data_preparation": "Why did you do it this way, and when would it be the wrong way?",
    "model_choice": "Which alternative came closest, and what would make you switch to it?",
    "evaluation": "What could still make this estimate too optimistic?",
    "code_quality": "Which part of this would you hand to a colleague last, and why?",
    "production_readiness": "How would you notice in production that this no longer holds?",
}


def questions_from(
    judged: Sequence[tuple[Criterion, Finding]], dimensions: Sequence[DimensionResult]
) -> tuple[Question, ...]:
    """Return up to 6 questions, each tied to a place: the costliest findings first, filled up to 3 with what a
    person should look at and what was done well. Fewer when fewer findings name a place.
    """
    worth = _worth(dimensions)
    placed = [(item, finding) for item, finding in judged if finding.evidence]
    lost = sorted(
        (pair for pair in placed if pair[1].verdict in ("not_met", "partly")),
        key=lambda pair: -worth[pair[0].id] * (1 - (pair[1].score or 0)),
    )
    open_ones = [pair for pair in placed if pair[1].verdict == "needs_human"]
    kept = sorted((pair for pair in placed if pair[1].verdict == "met"), key=lambda pair: -worth[pair[0].id])
    chosen = lost[:MOST]
    chosen += [*open_ones, *kept][: max(0, FEWEST - len(chosen))]
    return tuple(_question(item, finding) for item, finding in chosen)


def _worth(dimensions: Sequence[DimensionResult]) -> dict[str, float]:
    """Return each criterion's share of the whole score, in units that only compare."""
    shares: dict[str, float] = {}
    for dimension in dimensions:
        total = sum(item.weight for item in dimension.criteria if item.score is not None) or 1
        shares |= {item.id: dimension.weight * item.weight / total for item in dimension.criteria}
    return shares


def _question(item: Criterion, finding: Finding) -> Question:
    phrases = DEFEND if finding.verdict == "met" else ASK_WHY
    ask = finding.question or phrases.get(item.dimension, ASK_WHY["evaluation"])
    return Question(
        topic=item.title,
        question=f"{_place(finding.evidence[0])}: {_sentence(finding.reason)} {ask}",
        evidence=finding.evidence[:2],
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":", ")", "…")) else f"{text}."


def _place(span: Span) -> str:
    """Return a place in words; as in the report's pages, cells are counted from 1."""
    cell = "" if span.cell is None else f", cell {span.cell + 1}"
    line = "" if span.line is None else f", line {span.line}"
    return f"In {span.path}{cell}{line}"
