"""Rubric plugins: criteria are small pure functions from Evidence to a Finding, registered by decorator and found
through the entry-point group `grader.rubrics`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Self

from pydantic import model_validator

from grader.errors import UsageError
from grader.model import DIMENSIONS, Evidence, Record, Span, Verdict

ENTRY_POINT_GROUP = "grader.rubrics"
MAX_SPANS = 12
_SCORES: dict[Verdict, tuple[float, float]] = {"met": (1, 1), "partly": (0, 1), "not_met": (0, 0)}


class Finding(Record):
    """What a criterion concludes: a verdict, why, what to do about it, and the places it rests on.

    `question` is what to ask the candidate about it; without one, the dimension's usual question is asked.
    """

    verdict: Verdict
    score: float | None
    reason: str
    advice: str = ""
    evidence: tuple[Span, ...] = ()
    question: str = ""

    @model_validator(mode="after")
    def _score_fits_verdict(self) -> Self:
        allowed = _SCORES.get(self.verdict)
        if (allowed is None) != (self.score is None):
            raise ValueError(f"a finding {self.verdict!r} cannot have the score {self.score}")
        if allowed and self.score is not None and not allowed[0] <= self.score <= allowed[1]:
            raise ValueError(f"a finding {self.verdict!r} cannot have the score {self.score}")
        return self


CriterionFunction = Callable[[Evidence], Finding]


def met(reason: str, *, evidence: Iterable[Span], advice: str = "", question: str = "") -> Finding:
    """Return full marks, resting on `evidence`."""
    places = _bounded(evidence)
    return Finding(verdict="met", score=1.0, reason=reason, advice=advice, evidence=places, question=question)


def partly(
    reason: str, *, evidence: Iterable[Span], score: float = 0.5, advice: str = "", question: str = ""
) -> Finding:
    """Return part of the marks (`score` between 0 and 1, both excluded), resting on `evidence`."""
    if not 0 < score < 1:
        raise ValueError("partly() takes a score between 0 and 1, both excluded")
    places = _bounded(evidence)
    return Finding(verdict="partly", score=score, reason=reason, advice=advice, evidence=places, question=question)


def not_met(reason: str, *, evidence: Iterable[Span], advice: str = "", question: str = "") -> Finding:
    """Return no marks, resting on `evidence`."""
    places = _bounded(evidence)
    return Finding(verdict="not_met", score=0.0, reason=reason, advice=advice, evidence=places, question=question)


def not_applicable(reason: str) -> Finding:
    """Return that the criterion does not bear on this work; it counts neither for nor against."""
    return Finding(verdict="not_applicable", score=None, reason=reason)


def needs_human(reason: str, *, evidence: Iterable[Span] = ()) -> Finding:
    """Return that a person has to look; it counts neither for nor against."""
    return Finding(verdict="needs_human", score=None, reason=reason, evidence=_bounded(evidence))


def _bounded(evidence: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(evidence)[:MAX_SPANS]


@dataclass(frozen=True)
class Criterion:
    """A registered criterion: its id is "dimension.name"."""

    id: str
    title: str
    weight: float
    judge: CriterionFunction
    definition: str

    @property
    def dimension(self) -> str:
        """The part of the id before the dot."""
        return self.id.split(".", 1)[0]


def criterion(id: str, *, title: str, weight: float = 1) -> Callable[[CriterionFunction], CriterionFunction]:
    """Mark a function as the criterion `id`; its docstring becomes the definition shown in the docs.

    Raises UsageError when the id has no known dimension, the weight is not positive, or the function does not take
    exactly one Evidence.
    """

    def register(function: CriterionFunction) -> CriterionFunction:
        dimension, _, name = id.partition(".")
        if dimension not in DIMENSIONS or not name.replace("_", "").isalnum():
            raise UsageError(f"criterion id {id!r} is not DIMENSION.name with one of {', '.join(DIMENSIONS)}")
        if weight <= 0:
            raise UsageError(f"criterion {id}: weight must be positive, not {weight}")
        if len(inspect.signature(function).parameters) != 1:
            raise UsageError(f"criterion {id}: the function must take exactly one argument, the Evidence")
        found = Criterion(id, title, weight, function, inspect.getdoc(function) or "")
        function.__dict__["criterion"] = found
        return function

    return register


def criteria_of(module: ModuleType) -> list[Criterion]:
    """Return the criteria defined in `module`, in the order they were written."""
    own = [value for value in vars(module).values() if getattr(value, "__module__", None) == module.__name__]
    found = [getattr(value, "criterion", None) for value in own]
    return [item for item in found if isinstance(item, Criterion)]


def load_criteria(points: Sequence[EntryPoint] | None = None) -> tuple[Criterion, ...]:
    """Return every installed criterion, by dimension and then in the order written.

    Raises UsageError when a plugin cannot be imported or two criteria have the same id.
    """
    found: dict[str, Criterion] = {}
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP) if points is None else points, key=lambda p: p.name):
        for item in criteria_of(_load(point)):
            if item.id in found:
                raise UsageError(f"criterion {item.id} is defined twice, the second time by {point.value}")
            found[item.id] = item
    order = list(DIMENSIONS)
    return tuple(sorted(found.values(), key=lambda item: order.index(item.dimension)))  # type: ignore[arg-type]


def _load(point: EntryPoint) -> ModuleType:
    try:
        module = point.load()
    except Exception as error:  # whatever a plugin does on import, say which plugin it was
        reason = f"{type(error).__name__}: {error}"
        raise UsageError(f"rubric plugin {point.name} ({point.value}) cannot be imported: {reason}") from error
    if not isinstance(module, ModuleType):
        raise UsageError(f"rubric plugin {point.name} ({point.value}) must name a module, without a colon")
    return module


def judge(item: Criterion, evidence: Evidence) -> Finding:
    """Return the criterion's finding; one that raises, or that accuses or praises without evidence, needs a human."""
    try:
        finding = item.judge(evidence)
    except Exception as error:  # noqa: BLE001 - a plugin must never cost a report
        return needs_human(f"This criterion could not be judged: {type(error).__name__} in the rubric plugin.")
    if not isinstance(finding, Finding):
        return needs_human("This criterion could not be judged: the rubric plugin returned no finding.")
    if finding.score is not None and not finding.evidence:
        return needs_human(f"{finding.reason} (No place in the work was named for it, so a person should look.)")
    return finding
