"""What metrics say: of predictions held against the truth, or of a model that they ask themselves."""

from __future__ import annotations

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import names_a_score
from grader.evidence.cuts import cut_apart
from grader.evidence.estimators import evaluate
from grader.evidence.rows import NO_ROWS, RowSets
from grader.evidence.said import said_of
from grader.evidence.tables import LOOKUP, as_groups
from grader.evidence.values import NUMBER, Prediction, Value, flattened, rows_of, sequence_of

_IN_TIME = ("window", "windows", "future")
_CURVES = ("roc_curve", "precision_recall_curve", "det_curve")  # the third of what they give are thresholds


def evaluate_predictions(site: CallSite) -> Value:
    """Log the evaluation that a metric function makes of the predictions among its arguments, or of a model that it
    asks itself, and return the score.
    """
    model, features = site.argument(0, "estimator", "clf"), site.argument(1, "X")
    if model is not None and model.model is not None and features is not None and features.rows:
        return evaluate(site, model.model, features)
    said = said_of(flattened(site.values))
    if _holds_no_truth(site):
        return Value(type=NUMBER, loops=site.loops)
    truth = rows_of(site.table_arguments()[:1]) or _groups_asked(site)
    site.state.record(
        "evaluate", site.node, site.name, rows=_rows_scored(said, truth),
        taints=said.taints if said else frozenset(), model=said.model if said else None, fit=said.fit if said else None,
        varied=frozenset(loop for value in flattened(site.values) if value.prediction for loop in value.loops),
        chosen_on=said.chosen_on if said else NO_ROWS,
    )  # fmt: skip
    score = Value(type=NUMBER, loops=site.loops, scored=said)
    return sequence_of([score] * 3) if site.method in _CURVES else score


def _groups_asked(site: CallSite) -> RowSets:
    """Return the groups whose statistics are the truth: of a series that was put together by months, say."""
    groups = (value for value in site.values if value.type == LOOKUP and value.statistic and value.prediction is None)
    return next((as_groups(value).rows for value in groups if not value.rows), NO_ROWS)


def scored_by_name(site: CallSite) -> Value | None:
    """Return the score that a function gives which is not known, where its name says so and it is given predictions
    and something to hold them against; else None.
    """
    given = flattened(site.values)
    said = any(value.prediction for value in given)
    truth = any(value.rows and not value.prediction for value in given)
    return evaluate_predictions(site) if said and truth and names_a_score(site.name) else None


def _holds_no_truth(site: CallSite) -> bool:
    """Tell whether a metric holds what two fits have said against each other, or against the answers of other rows."""
    given = [value for value in flattened(site.values) if value.rows or value.prediction][:2]
    said = [value.prediction for value in given if value.prediction is not None]
    if len(said) == 2:
        return (said[0].model, said[0].fit) != (said[1].model, said[1].fit)
    truth = next((value for value in given if value.prediction is None), None)
    if truth is None or not said or truth.in_time or any(mark.event.kind in _IN_TIME for mark in truth.taints):
        return False  # an answer may lie some rows further on
    pairs = [(one, other) for one in truth.rows for other in said[0].rows if one.origin == other.origin]
    same = {rows.origin for rows in truth.rows} == {rows.origin for rows in said[0].rows}
    return same and bool(pairs) and all(cut_apart(one, other) for one, other in pairs)


def _rows_scored(said: Prediction | None, truth: RowSets) -> RowSets:
    """Return the rows that a score is of: those predicted, or those of a split's part that the answers are of, where
    nobody knows what the rows predicted were made from.
    """
    rows = said.rows if said is not None else NO_ROWS
    if not rows:
        return truth
    is_known = any(one.path or not isinstance(one.origin, int) for one in rows)
    return truth if not is_known and truth and all(one.path for one in truth) else rows
