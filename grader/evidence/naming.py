"""Gives numbers that a cell printed without a name the name that its code gives them: which metric, of which model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from grader.evidence.vocabulary import METRIC, RATIOS, metric_of, subject_of
from grader.model import Call, Figure

_ROOT = re.compile(r"\s*([A-Za-z_]\w*)")
_HOPS = 3
Cell = tuple[str, int | None]


def named_by_code(figures: Sequence[Figure], calls: Iterable[Call]) -> tuple[Figure, ...]:
    """Return the figures; those of a cell that stand alone take the metrics that the cell computes, in their order.

    Only where there are as many numbers as metrics, and of ratios only: of an error the root may have been printed.
    """
    known = list(calls)
    scores: dict[Cell, list[Call]] = {}
    for call in known:
        if call.kind == "score" and call.span.cell is not None and _metric(call):
            scores.setdefault((call.span.path, call.span.cell), []).append(call)
    alone: dict[Cell, list[Figure]] = {}
    for figure in figures:
        if not figure.metric and not figure.subject:
            alone.setdefault((figure.span.path, figure.span.cell), []).append(figure)
    makers = _makers(known)
    named = {
        id(figure): figure.model_copy(update={"metric": _metric(call), "subject": _subject(call, makers)})
        for cell, found in alone.items()
        if len(found) == len(scores.get(cell, ()))
        for figure, call in zip(found, scores[cell], strict=True)
    }
    return tuple(named.get(id(figure), figure) for figure in figures)


def _metric(call: Call) -> str:
    """Return the ratio that a call of a metric's function computes, "" for every other."""
    name = call.name.rpartition(".")[2]
    found = METRIC.fullmatch(name.removesuffix("_score")) or METRIC.fullmatch(name)
    metric = metric_of(found) if found else ""
    return metric if metric in RATIOS else ""


def _makers(calls: Iterable[Call]) -> dict[tuple[str, str], list[Call]]:
    """Return, for each (file, variable), the calls that it was assigned from."""
    found: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        for name in call.assigned:
            found.setdefault((call.span.path, name), []).append(call)
    return found


def _subject(score: Call, makers: Mapping[tuple[str, str], list[Call]]) -> str:
    """Return the kind of model whose predictions are scored: followed from variable to variable, "" where unsure."""
    text = score.positional[1] if len(score.positional) > 1 else ""
    for _ in range(_HOPS):
        if subject := subject_of(text):
            return subject
        root = _ROOT.match(text)
        made = makers.get((score.span.path, root[1]), []) if root else []
        earlier = [call for call in made if call.order < score.order]
        if not earlier:
            return ""
        last = earlier[-1]
        text = (
            last.receiver if last.kind == "predict" else f"{last.name.rpartition('.')[2]} {' '.join(last.positional)}"
        )
    return subject_of(text)
