"""Interview questions, at most eight: what went wrong, then what is open, what was chosen, what was done well.

Of what went wrong, leaks come first, for they tell most of whether a candidate knows what a result rests on; then how
the data, the model and the result were dealt with; then the code. Within each, what cost most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.model import CodeFacts, DimensionResult, Question, Span
from grader.plugins import Criterion, Finding
from grader.scoring.choices import choices_in
from grader.scoring.good_answers import good_answer
from grader.scoring.places import place

MOST = 8
FEWEST = 4
MOST_LOST = 5  # so that what was chosen is asked about beside what went wrong; more only where there is room
MOST_OPEN = 1

LEAKS = ("_leakage", ".scored_on_training_data")
OF_CODE = ("code_quality", "production_readiness")

# What to ask of a finding that brings no question of its own, by dimension.
ASK_WHY = {
    "data_preparation": "What would this have done to the result, and how would you prepare the data now?",
    "model_choice": "How did you decide this, and what would you try next with another day?",
    "evaluation": "How far do you trust the figure you reported, and how would you check it?",
    "code_quality": "How would you change this before a colleague has to maintain it?",
    "production_readiness": "What would break first if this ran every night, and what would you change?",
}
ASK_OPEN = "How does this go, step by step, and what would show that it is right?"
DEFEND = {
    "data_preparation": "Why did you do it this way, and when would it be the wrong way?",
    "model_choice": "Which alternative came closest, and what would make you switch to it?",
    "evaluation": "What could still make this estimate too optimistic?",
    "code_quality": "Which part of this would you hand to a colleague last, and why?",
    "production_readiness": "How would you notice in production that this no longer holds?",
}

Judged = tuple[Criterion, Finding]


def questions_from(
    judged: Sequence[Judged], dimensions: Sequence[DimensionResult], code: CodeFacts
) -> tuple[Question, ...]:
    """Return up to 8 questions, each tied to a place and with what a good answer would hold, the most telling first.

    What was done well is asked about only where there are fewer than 4 others; nothing is asked twice of one line.
    """
    worth = _worth(dimensions)
    placed = [(item, finding) for item, finding in judged if finding.evidence]
    lost = sorted(
        (pair for pair in placed if pair[1].verdict in ("not_met", "partly")),
        key=lambda pair: (_rank(pair[0]), -worth[pair[0].id] * (1 - (pair[1].score or 0))),
    )
    open_ones = [pair for pair in placed if pair[1].verdict == "needs_human"]
    kept = sorted((pair for pair in placed if pair[1].verdict == "met"), key=lambda pair: -worth[pair[0].id])
    asked = _Asked()
    wrong = asked.of_findings(lost, MOST)
    unsure = asked.of_findings(open_ones, MOST)
    chosen = asked.of_choices(choices_in(code))
    room = max(0, MOST - len(wrong[:MOST_LOST]) - len(unsure[:MOST_OPEN]) - len(chosen))
    wrong = wrong[: MOST_LOST + room]
    room -= len(wrong[MOST_LOST:])
    found = [*wrong, *unsure[: MOST_OPEN + room], *chosen]
    found += asked.of_findings(kept, max(0, FEWEST - len(found)))
    return tuple(found[:MOST])


class _Asked:
    """What has been asked of which line, so that nothing is asked of it twice."""

    def __init__(self) -> None:
        self._asks: set[tuple[object, ...]] = set()
        self._lines: set[tuple[object, ...]] = set()

    def of_findings(self, pairs: Iterable[Judged], most: int) -> list[Question]:
        """Return a question for each finding, the first `most`, but for one that the same line was asked already."""
        found: list[Question] = []
        for item, finding in pairs:
            ask, line = _ask(item, finding), _line(finding.evidence[0])
            if (*line, ask) not in self._asks and len(found) < most:
                self._asks.add((*line, ask))
                self._lines.add(line)
                found.append(_question(item, finding, ask))
        return found

    def of_choices(self, questions: Iterable[Question]) -> list[Question]:
        """Return those about lines that nothing else was asked of."""
        return [question for question in questions if _line(question.evidence[0]) not in self._lines]


def _rank(item: Criterion) -> int:
    """Return how telling what went wrong is, 0 the most."""
    if item.id.endswith(LEAKS):
        return 0
    return 2 if item.dimension in OF_CODE else 1


def _worth(dimensions: Sequence[DimensionResult]) -> dict[str, float]:
    """Return each criterion's share of the whole score, in units that only compare."""
    shares: dict[str, float] = {}
    for dimension in dimensions:
        total = sum(item.weight for item in dimension.criteria if item.score is not None) or 1
        shares |= {item.id: dimension.weight * item.weight / total for item in dimension.criteria}
    return shares


def _ask(item: Criterion, finding: Finding) -> str:
    if finding.question or finding.verdict == "needs_human":
        return finding.question or ASK_OPEN
    phrases = DEFEND if finding.verdict == "met" else ASK_WHY
    return phrases.get(item.dimension, phrases["evaluation"])


def _question(item: Criterion, finding: Finding, ask: str) -> Question:
    return Question(
        topic=item.title,
        question=f"{place(finding.evidence[0])}: {_sentence(finding.reason)} {ask}",
        good_answer=good_answer(item, finding),
        evidence=finding.evidence[:2],
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":", ")", "…")) else f"{text}."


def _line(span: Span) -> tuple[object, ...]:
    return span.path, span.cell, span.line
