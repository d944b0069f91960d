"""The stress run's predictions against the first run's, row by row, and how many messy rows got a valid one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from grader.evidence.hidden import evaluate_values
from grader.evidence.judged_parts import why_unjudged
from grader.evidence.metrics import Floats
from grader.evidence.predictions import read_predictions, read_valid
from grader.evidence.suites import has_metric
from grader.model import Assignment, Deal, HiddenResult, MessyCount, MessyHistorySpec, StressResult
from grader.model.hidden import NORMALISED
from grader.model.suites import MESSY, REPEAT

DECIMALS = 6
RELATIVE, ABSOLUTE = 1e-6, 1e-9  # sums taken in another order differ in their last digits: that is no other prediction


def compare_runs(
    first: tuple[bytes, Deal], again: tuple[bytes, Deal], hidden: HiddenResult, assignment: Assignment
) -> StressResult:
    """Return what two runs' predictions, each with its deal, say together; `hidden` is the first run's result.

    Raises SubmissionError when the second file cannot be read at all.
    """
    before = _by_row(read_predictions(*first, assignment)[: len(first[1].ids)], first[1])
    data, deal = again
    names = (*deal.ids, *deal.messy)
    found = read_valid(data, names, assignment)
    after = _by_row(found[: len(deal.ids)], deal)
    both = np.isfinite(after)
    apart = np.abs(before[both] - after[both])
    has_size = not assignment.metric.names_classes  # one class is not more another than a third
    same = apart <= np.maximum(ABSOLUTE, RELATIVE * np.abs(before[both]))
    return StressResult(
        rows=len(before),
        predicted=int(both.sum()),
        identical=int(same.sum()),
        mean_difference=_rounded(float(apart.mean())) if len(apart) and has_size else None,
        max_difference=_rounded(float(apart.max())) if len(apart) and has_size else None,
        hidden=_again(found[: len(deal.ids)], deal, hidden, assignment, all_same=bool(both.all() and same.all())),
        on_messy=_judged(found[len(deal.ids) :], deal, assignment),
        messy=_messy_counts(found[len(deal.ids) :], deal),
    )


def judge_messy_history(data: bytes, deal: Deal, assignment: Assignment, spec: MessyHistorySpec) -> StressResult:
    """Return what the forecasts after a messy history come to, held against what really came.

    Raises SubmissionError when the file cannot be read at all.
    """
    values = read_valid(data, tuple(deal.messy), assignment)
    found = _on_messy(values, deal, assignment)
    told = found.model_copy(update={"law": spec.law}) if found else None
    return StressResult(rows=0, on_messy=told, messy=_messy_counts(values, deal))


def no_predictions(deal: Deal) -> StressResult:
    """Return the result of a stress run that gave none: no row again, no messy row valid."""
    return StressResult(rows=len(deal.ids), messy=_messy_counts(np.full(len(deal.messy), np.nan), deal))


def _by_row(values: Floats, deal: Deal) -> Floats:
    """Return the values in the order of the hidden table, which two deals have in common."""
    ordered = np.empty(len(values))
    ordered[np.array(deal.rows, dtype=int)] = values
    return ordered


def _again(
    values: Floats, deal: Deal, hidden: HiddenResult, assignment: Assignment, *, all_same: bool
) -> HiddenResult | None:
    """Return the metric over the first suite's rows predicted again, None where too few are there to have one."""
    same: dict[str, object] = {"suite": REPEAT, "weight": 0, "slices": ()}
    if all_same:  # the same values give the same metric and interval
        return hidden.model_copy(update=same)
    places = list(deal.places(hidden.suite))
    return _over_valid(values[places], [deal.labels[place] for place in places], assignment, REPEAT)


def _judged(values: Floats, deal: Deal, assignment: Assignment) -> HiddenResult | None:
    """Return the metric over messy rows, normalised where they can be judged."""
    found = _on_messy(values, deal, assignment)
    unjudged = why_unjudged(tuple(deal.messy_labels.values()), assignment, assignment.stress.marks)
    if found is None or not unjudged:
        return found
    return found.model_copy(update={**dict.fromkeys(NORMALISED), "unjudged": unjudged})


def _on_messy(values: Floats, deal: Deal, assignment: Assignment) -> HiddenResult | None:
    """Return the metric over messy rows by the labels of the rows they were made from."""
    names = list(deal.messy)
    known = [place for place, name in enumerate(names) if name in deal.messy_labels]
    labels = [deal.messy_labels[names[place]] for place in known]
    return _over_valid(values[known], labels, assignment, MESSY, [deal.blocks[place] for place in known if deal.blocks])


def _over_valid(
    values: Floats, labels: Sequence[str], assignment: Assignment, suite: str, blocks: Sequence[int] = ()
) -> HiddenResult | None:
    """Return the metric over the rows with a valid prediction, None where they are too few to have one."""
    kept = np.isfinite(values)
    left = [label for label, keep in zip(labels, kept, strict=True) if keep]
    if not has_metric(left, assignment):
        return None
    together = [block for block, keep in zip(blocks, kept, strict=False) if keep]
    found = evaluate_values(values[kept], left, assignment, suite=suite, blocks=together)
    return found.model_copy(update={"suite": suite, "weight": 0, "missing": int((~kept).sum())})


def _messy_counts(values: Floats, deal: Deal) -> tuple[MessyCount, ...]:
    kinds = list(deal.messy.values())
    valid = Counter(kind for kind, value in zip(kinds, values, strict=True) if np.isfinite(value))
    return tuple(MessyCount(kind=kind, rows=rows, valid=valid[kind]) for kind, rows in sorted(Counter(kinds).items()))


def _rounded(value: float) -> float:
    return float(f"{value:.{DECIMALS}g}")
