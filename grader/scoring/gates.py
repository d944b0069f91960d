"""What an assignment says of single criteria, applied: weights and what does not apply before, gates after the mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.errors import AssignmentError
from grader.model import Assignment, ClosedGate, DimensionResult, RubricSpec
from grader.plugins import Criterion, Finding, not_applicable

LEFT_OUT = "The assignment does not ask for it."


def check_rubric(assignment: Assignment, criteria: Sequence[Criterion]) -> None:
    """Raise AssignmentError when the assignment names a criterion that is not installed."""
    known = {item.id for item in criteria}
    for key, name in assignment.rubric.named:
        if name not in known:
            message = f"there is no criterion {name!r}; the reference lists them, and `grader read` shows them"
            raise AssignmentError(message, path="assignment.toml", key=key)


def as_asked(judged: Iterable[tuple[Criterion, Finding]], rubric: RubricSpec) -> list[tuple[Criterion, Finding]]:
    """Return the findings with the assignment's weights, and with what it does not ask for left out."""
    found = []
    for item, finding in judged:
        weighed = replace(item, weight=rubric.weights.get(item.id, item.weight))
        found.append((weighed, not_applicable(LEFT_OUT) if item.id in rubric.not_applicable else finding))
    return found


def closed_gates(dimensions: Iterable[DimensionResult], rubric: RubricSpec) -> tuple[ClosedGate, ...]:
    """Return the gates whose criterion does not hold, in the assignment's order; what needs a human closes none."""
    results = {item.id: item for dimension in dimensions for item in dimension.criteria}
    found = []
    for gate in rubric.gates:
        result = results.get(gate.criterion)
        if result is not None and (result.verdict == "not_met" or (gate.partly and result.verdict == "partly")):
            found.append(
                ClosedGate.model_validate(
                    {
                        "criterion": result.id,
                        "title": result.title,
                        "verdict": result.verdict,
                        "at_most": gate.at_most,
                        "reason": gate.reason or result.reason,
                    }
                )
            )
    return tuple(found)


def capped(mark: float | None, gates: Iterable[ClosedGate]) -> float | None:
    """Return the mark, no higher than the lowest closed gate lets it be."""
    return None if mark is None else min([mark, *(gate.at_most for gate in gates)])
