"""Gives numbers that were printed without a name the name that the code gives them: which metric, of which model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from grader.evidence.printing import metric_behind, metric_named, told_beside
from grader.evidence.vocabulary import RATIOS, subject_of
from grader.model import Call, Figure

_ROOT = re.compile(r"\s*([A-Za-z_]\w*)")
_HOPS = 3
Cell = tuple[str, int | None]
Makers = Mapping[tuple[str, str], list[Call]]
_TABLES = ("confusion_matrix", "classification_report", "roc_curve", "precision_recall_curve")  # no number alone
MEASURING = ("score", "cross_validate", "search")


def named_by_code(figures: Sequence[Figure], calls: Iterable[Call]) -> tuple[Figure, ...]:
    """Return the figures; those of a cell that stand alone take the metrics that the cell computes, in their order.

    Only where there are as many numbers as metrics, and of ratios only: of an error the root may have been printed.
    Where there are not, they are told among which metrics they are. A number behind a text takes the metric that is
    printed behind that text.
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
    told = told_beside(known, makers)
    among = _metrics_of_cells(known, makers)
    return tuple(named.get(id(figure)) or _told(figure, told, among) for figure in figures)


def _told(figure: Figure, told: Mapping[str, str], among: Mapping[Cell, tuple[str, ...]]) -> Figure:
    """Return a figure with the metric that is printed behind the text before it, else with those it may be of."""
    if figure.metric:
        return figure
    if metric := metric_behind(figure.span.text, told):
        subject = subject_of(figure.span.text, metric)
        return figure.model_copy(update={"metric": metric, "subject": subject})
    return figure.model_copy(update={"among": among.get((figure.span.path, figure.span.cell), ())})


def _metrics_of_cells(calls: Sequence[Call], makers: Makers) -> dict[Cell, tuple[str, ...]]:
    """Return the metrics that a cell computes, where these are known and it is given no result of another cell."""
    found: dict[Cell, set[str]] = {}
    for call in calls:
        if call.kind in MEASURING and call.span.cell is not None and not call.name.endswith(_TABLES):
            found.setdefault((call.span.path, call.span.cell), set()).add(metric_named(call.name))
    for call in calls:
        cell = (call.span.path, call.span.cell)
        made = (maker for name in call.arguments for maker in makers.get((call.span.path, name), ()))
        if cell in found and any(maker.kind in MEASURING and maker.span.cell != call.span.cell for maker in made):
            found[cell].add("")
    return {
        cell: tuple(sorted(metrics | ({"RMSE"} if "MSE" in metrics else set())))  # its root may be printed
        for cell, metrics in found.items()
        if "" not in metrics
    }


def _metric(call: Call) -> str:
    """Return the ratio that a call of a metric's function computes, "" for every other."""
    metric = metric_named(call.name)
    return metric if metric in RATIOS else ""


def _makers(calls: Iterable[Call]) -> dict[tuple[str, str], list[Call]]:
    """Return, for each (file, variable), the calls that it was assigned from."""
    found: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        for name in call.assigned:
            found.setdefault((call.span.path, name), []).append(call)
    return found


def _subject(score: Call, makers: Makers) -> str:
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
