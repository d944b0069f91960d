"""Steps of a pipeline that are classes of the submission: what they do to rows is read as if they were called."""

from __future__ import annotations

from grader.evidence.attributes import own_method
from grader.evidence.callsite import CallSite
from grader.evidence.values import Model, Value

_SIDE_BY_SIDE = ("ColumnTransformer", "FeatureUnion")


def through_own_steps(site: CallSite, model: Model, features: Value, *, fitting: bool) -> Value | None:
    """Return what a pipeline's steps of the submission's own make of `features`, its other steps left out; None where
    it has none.
    """
    if not any(part.instance for part in model.parts):
        return None
    given, marks = features.evolve(items=None), features.taints
    for part in model.parts:
        if part.instance is None:
            continue
        result = _passed(site, part, given, fitting=fitting)
        marks |= result.taints
        if not _is_side_by_side(model):
            given = result if result.rows or result.items else _fewer(given)
    return given.evolve(taints=given.taints | marks)


def with_own_steps(model: Model, made: Value, own: Value | None) -> Value:
    """Return what a pipeline gives that would give `made`, had it no steps of the submission's own."""
    if own is None:
        return made
    is_last = model.parts[-1].instance is not None and not _is_side_by_side(model)
    return own.evolve(taints=own.taints | made.taints) if is_last else made.evolve(taints=own.taints | made.taints)


def left_by_own_steps(model: Model, features: Value, own: Value | None) -> Value:
    """Return the features with the columns that a pipeline's own steps leave of them, as far as that is known."""
    if own is None or features.columns is None:
        return features
    is_known = own.columns is not None and own.columns.base == features.columns.base
    left = own.columns if is_known and not _is_side_by_side(model) else None
    return features.evolve(columns=left or features.columns.fewer())


def _is_side_by_side(model: Model) -> bool:
    return model.type.endswith(_SIDE_BY_SIDE)


def _fewer(given: Value) -> Value:
    return given.evolve(columns=given.columns and given.columns.fewer())


def _passed(site: CallSite, part: Value, given: Value, *, fitting: bool) -> Value:
    """Return what a step of the submission's own makes of a table: by its `fit_transform`, or by `fit`, `transform`.

    One that does neither, a model say, may leave columns out.
    """
    owner = part.instance.owner if part.instance else None
    if owner is None:
        return _fewer(given)
    fit, transform, both = (own_method(owner, name) for name in ("fit", "transform", "fit_transform"))
    for method in (fit, transform, both):
        if method is not None:
            method.bound = part
    follow, answers = site.state.hooks.follow, site.arguments[1:2]
    if fitting and both is not None:
        return follow(site.state, both, [given, *answers], {})
    if fitting and fit is not None:
        follow(site.state, fit, [given, *answers], {})
    if transform is None:
        return _fewer(given)
    return follow(site.state, transform, [given], {})
