"""What the predictions of all rounds of a forecast come to together, and what each round's own do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.evidence.hidden import DECIMALS, normalised, truth_of
from grader.evidence.metrics import Floats, metric_of
from grader.evidence.suites import Evaluated, evaluate_read
from grader.model import Assignment, Deal, RoundResult


def evaluate_rounds(values: Sequence[Floats], deals: Sequence[Deal], assignment: Assignment) -> Evaluated:
    """Return the metric of each suite over the rows of all its rounds, and in it the metric of each round.

    `values` holds each round's predictions in the order of its deal's ids, `deals` the rounds in their order.
    """
    found = evaluate_read(np.concatenate(values), pooled(deals), assignment)
    rounds = [
        _round(said, deal, assignment, number) for number, (said, deal) in enumerate(zip(values, deals, strict=True))
    ]
    return Evaluated(
        tuple(
            suite.model_copy(
                update={
                    "rounds": tuple(one for one, deal in zip(rounds, deals, strict=True) if deal.places(suite.suite))
                }
            )
            for suite in found.suites
        )
    )


def pooled(deals: Sequence[Deal]) -> Deal:
    """Return one deal of all rounds' rows, one round after the other, without their files."""
    starts = np.cumsum([0, *(len(deal.ids) for deal in deals)]).tolist()
    blocks = np.cumsum([0, *(max(deal.blocks) + 1 for deal in deals)]).tolist()
    return Deal(
        files={},
        ids=tuple(name for deal in deals for name in deal.ids),
        labels=tuple(label for deal in deals for label in deal.labels),
        suites={
            name: tuple(
                start + place for start, deal in zip(starts, deals, strict=False) for place in deal.suites[name]
            )
            for name in deals[0].suites
        },
        slices={
            name: tuple(
                start + place for start, deal in zip(starts, deals, strict=False) for place in deal.slices[name]
            )
            for name in deals[0].slices
        },
        blocks=tuple(first + block for first, deal in zip(blocks, deals, strict=False) for block in deal.blocks),
    )


def _round(values: Floats, deal: Deal, assignment: Assignment, number: int) -> RoundResult:
    """Return one round's metric; it has too few blocks of days for an interval."""
    assert assignment.rounds is not None
    suite = next(name for name, places in deal.suites.items() if places)
    truth = truth_of(deal.labels, assignment)
    value = float(metric_of(assignment.metric)(truth, values, np.ones((1, len(truth))))[0])
    return RoundResult(
        cutoff=assignment.rounds.cutoffs[number],
        rows=len(truth),
        value=round(value, DECIMALS),
        normalised=normalised(value, assignment.marks(suite)),
    )
