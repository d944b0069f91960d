"""What one run's predictions come to: each suite, its subgroups, and the altered copies beside their originals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.evidence.bootstrap import Drawn
from grader.evidence.hidden import draw_for, evaluate_values, figures_of
from grader.evidence.judged_parts import why_unjudged
from grader.evidence.metrics import Floats
from grader.evidence.predictions import read_partial, read_predictions
from grader.evidence.twins import compare_twins
from grader.model import Assignment, Deal, HiddenResult, SliceResult, TwinResult
from grader.model.suites import IID

LEAST_FOR_METRIC = 2
OF_A_SLICE = ("rows", "value", "low", "high")

Resamples = Mapping[str, Drawn | None]


@dataclass(frozen=True)
class Evaluated:
    """The suites' results, the first one's first, and what the altered copies showed where there were any."""

    suites: tuple[HiddenResult, ...]
    twins: TwinResult | None = None


def draw_suites(deal: Deal, assignment: Assignment) -> Resamples:
    """Return the resamples of each suite and subgroup, which need no predictions: half of the time of an interval.
    Blocks of rows in time are drawn when all rounds are over.
    """
    if deal.blocks:
        return {}
    groups = {suite: deal.places(suite) for suite in _names(assignment)}
    groups |= {_of_slice(name): places for name, places in deal.slices.items()}
    return {group: draw_for(_labels(deal, places), assignment) for group, places in groups.items()}


def evaluate_suites(
    predictions: bytes, deal: Deal, assignment: Assignment, drawn: Resamples | None = None
) -> Evaluated:
    """Return the metric of each suite with its 95 % interval, normalised between the suite's baseline and reference.

    `drawn` is what `draw_suites` returned for the same deal. Raises SubmissionError when the predictions cannot be
    used.
    """
    fill = assignment.contract.fill
    if fill is not None:  # of one suite, without altered copies: the assignment sees to that
        values, missing = read_partial(predictions, deal, assignment, fill)
        result = _suite(values, deal, assignment, IID, drawn or {})
        return Evaluated((result.model_copy(update={"missing": missing}),))
    return evaluate_read(read_predictions(predictions, deal, assignment), deal, assignment, drawn)


def evaluate_read(values: Floats, deal: Deal, assignment: Assignment, drawn: Resamples | None = None) -> Evaluated:
    """Return the same of predictions that are read, in the order of `deal.ids` and then of `deal.twins`."""
    results = tuple(_suite(values, deal, assignment, suite, drawn or {}) for suite in _names(assignment))
    return Evaluated(results, compare_twins(values, deal, assignment) if deal.twins else None)


def has_metric(labels: Sequence[str], assignment: Assignment) -> bool:
    """Tell whether a metric can be had over rows with these labels: two at least, and of two classes."""
    classes = assignment.metric.is_classification
    return len(labels) >= LEAST_FOR_METRIC and not (classes and len(set(labels)) < LEAST_FOR_METRIC)


def _suite(values: Floats, deal: Deal, assignment: Assignment, suite: str, drawn: Resamples) -> HiddenResult:
    places = deal.places(suite)
    labels, blocks = _labels(deal, places), _blocks(deal, places)
    found = evaluate_values(values[list(places)], labels, assignment, drawn.get(suite), suite, blocks)
    spec = next((spec for spec in assignment.suites if spec.name == suite), None)
    return found.model_copy(
        update={
            "law": spec.law if spec else "",
            "weight": assignment.weight_of(suite),
            "slices": _slices(values, deal, assignment, drawn) if suite == IID else (),
        }
    )


def _slices(values: Floats, deal: Deal, assignment: Assignment, drawn: Resamples) -> tuple[SliceResult, ...]:
    found, marks = [], {spec.name: spec.marks for spec in assignment.slices}
    for name, places in deal.slices.items():
        labels = _labels(deal, places)
        if has_metric(labels, assignment):
            resamples, blocks = drawn.get(_of_slice(name)), _blocks(deal, places)
            result = evaluate_values(values[list(places)], labels, assignment, resamples, blocks=blocks)
            found.append(_slice(name, result, marks[name], why_unjudged(labels, assignment, marks[name])))
    return tuple(found)


def _slice(name: str, result: HiddenResult, marks: tuple[float, float] | None, unjudged: str) -> SliceResult:
    """Return a subgroup's figures, normalised by its own marks unless it is not judged."""
    if marks is None or unjudged:
        figures = {key: getattr(result, key) for key in OF_A_SLICE}
        return SliceResult(name=name, **figures, unjudged=unjudged)
    placed = figures_of(result.value, (result.low, result.high), marks)
    return SliceResult.model_validate({"name": name, "rows": result.rows, **placed})


def _names(assignment: Assignment) -> tuple[str, ...]:
    return (IID, *(spec.name for spec in assignment.suites))


def _of_slice(name: str) -> str:
    return f"{IID}/{name}"  # no suite has such a name


def _blocks(deal: Deal, places: Sequence[int]) -> tuple[int, ...]:
    return tuple(deal.blocks[place] for place in places) if deal.blocks else ()


def _labels(deal: Deal, places: Sequence[int]) -> tuple[str, ...]:
    return tuple(deal.labels[place] for place in places)
