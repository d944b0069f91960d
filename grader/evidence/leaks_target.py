"""Features that hold the target column itself."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence.catalog import role_of
from grader.evidence.evaluations import class_name
from grader.evidence.seen_before import encodes_target, seen_before
from grader.evidence.values import NONE, Event, Model, Value, in_order
from grader.model import LeakageFact

_TAKING = (".ColumnTransformer", ".DataFrameMapper")
_BY_OTHERS = (".KNNImputer", ".IterativeImputer", ".MissForest", "fancyimpute.KNN", ".SoftImpute", ".IterativeSVD")
_PREDICTORS = {"estimator", "network", "pipeline", "search"}


def target_among_features(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield fits (and cross-validations) whose features surely still hold the column they are to predict."""
    for event in events:
        if event.kind not in ("fit", "cross_validate") or event.model is None:
            continue
        if role_of(event.model.type) not in _PREDICTORS or _may_choose(event.model, own_read=event.kind == "fit"):
            continue
        if made := _made_of_target(event.features, event.target):
            yield LeakageFact(kind="target", message=made, spans=(event.span,))
            continue
        name = event.target.column if event.target else ""
        if _holds_target(event.features, event.target):
            message = f"The target column {name!r} was never dropped from the features that the model is fitted on."
            yield LeakageFact(kind="target", message=message, spans=(event.span,))
        elif (filled := filled_by_target(event)) is not None:
            message = (
                f"{class_name(filled)} fills gaps in the features by other columns, the target {name!r} among them."
            )
            yield LeakageFact(kind="target", message=message, spans=(filled.span, event.span))


def filled_by_target(event: Event, *, surely: bool = True) -> Event | None:
    """Return the fit of an imputer that fills each column by all others, with the target that an event is about among
    them, or perhaps so; None where there is none.
    """
    features, target = event.features, event.target
    if features is None or target is None or target.column is None or target.columns is None:
        return None
    for mark in in_order(features.taints):
        fit = mark.event
        seen = fit.features.columns if fit.features is not None and fit.features.column is None else None
        if fit.kind != "fit" or fit.model is None or not fit.model.type.endswith(_BY_OTHERS) or seen is None:
            continue
        if seen.base != target.columns.base or mark.columns == frozenset({target.column}):
            continue
        is_there = target.column not in target.columns.added - seen.added
        if (seen.holds(target.column) and is_there) if surely else not seen.lacks(target.column):
            return fit
    return None


def target_encoded(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield statistics of the target by group that go into a feature, computed on rows which are evaluated later."""
    if not any(event.of for event in events):
        return
    for event, taint, in_training in seen_before(events, ("fill",)):
        if encodes_target(event, taint.event) and not in_training:
            message = (
                f"A feature is a statistic by group of the target {taint.event.of!r}, also of rows evaluated later."
            )
            yield LeakageFact(kind="target", message=message, spans=(taint.event.span, event.span))


def _may_choose(model: Model, *, own_read: bool = False) -> bool:
    """Tell whether a step inside of a model may leave columns out: a ColumnTransformer drops what it is not told of,
    and of a step that is not known nobody can tell. Classes of the submission's own are `own_read` where the features
    are those that they have left.
    """
    inner = [part.model for part in model.parts if part.model is not None]
    if any("column_transformer" in one.type or one.type.endswith(_TAKING) for one in (model, *inner)):
        return True
    if any(part.instance is not None for part in model.parts) and not own_read:
        return True
    if role_of(model.type) == "pipeline" and (not inner or any(_is_open(part) for part in model.parts)):
        return True
    if model.type.endswith("SearchCV") and not inner and not own_read:
        return True
    choosing = any(role_of(one.type) in ("selector", "") or one.type.endswith(".FunctionTransformer") for one in inner)
    return choosing or any(_may_choose(one) for one in inner)


def _is_open(step: Value) -> bool:
    """Tell whether nothing is known of what was put into a pipeline."""
    told = step.model, step.instance, step.function, step.constant
    return all(known is None for known in told) and not step.dotted and step.type != NONE.type


def _holds_target(features: Value | None, target: Value | None) -> bool:
    if features is None or target is None or target.column is None or features.column is not None:
        return False
    if features.columns is None or target.columns is None or features.columns.base != target.columns.base:
        return False
    if {rows.steps for rows in features.rows} != {rows.steps for rows in target.rows}:
        return False  # other rows: a column may be predicted from its own past
    return features.columns.holds(target.column)


def _made_of_target(features: Value | None, target: Value | None) -> str:
    """Return what is wrong where a feature is surely made from the target, or the target from features."""
    if features is None or target is None or target.column is None or features.columns is None:
        return ""
    if features.column is not None:
        return ""
    if target.columns is None or features.columns.base != target.columns.base:
        return ""
    held, name = features.columns, target.column
    made = sorted(feature for feature, source in held.made if source == name and held.holds(feature))
    if made and name not in made:
        return f"The feature {made[0]!r} is made from the target {name!r}."
    sources = target.columns.sources(name)
    if sources and all(held.holds(source) for source in sources):
        named = ", ".join(repr(source) for source in sorted(sources)[:3])
        return f"The target {name!r} is made from {named}, which the features still hold."
    return ""
