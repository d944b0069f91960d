"""Steps of a pipeline that are classes of the submission: what they do to rows is read as if they were called."""

from __future__ import annotations

from grader.evidence.attributes import own_method
from grader.evidence.callsite import CallSite
from grader.evidence.values import Model, Value

_SIDE_BY_SIDE = ("ColumnTransformer", "FeatureUnion")


def through_own_steps(site: CallSite, model: Model, features: Value, made: Value, *, fitting: bool) -> Value:
    """Return what a pipeline gives that would give `made`, had it no steps of the submission's own."""
    if not any(part.instance for part in model.parts):
        return made
    given, beside = features.evolve(items=None), model.type.endswith(_SIDE_BY_SIDE)
    marks = made.taints
    for part in model.parts:
        if part.instance is None:
            continue
        result = _passed(site, part, given, fitting=fitting)
        marks |= result.taints
        if result.rows or result.items:
            given = given if beside else result
    last = model.parts[-1]
    return given.evolve(taints=given.taints | marks) if last.instance and not beside else made.evolve(taints=marks)


def _passed(site: CallSite, part: Value, given: Value, *, fitting: bool) -> Value:
    """Return what a step of the submission's own makes of a table: by its `fit_transform`, or by `fit`, `transform`."""
    owner = part.instance.owner if part.instance else None
    if owner is None:
        return given
    fit, transform, both = (own_method(owner, name) for name in ("fit", "transform", "fit_transform"))
    for method in (fit, transform, both):
        if method is not None:
            method.bound = part
    follow, answers = site.state.hooks.follow, site.arguments[1:2]
    if fitting and both is not None:
        return follow(site.state, both, [given, *answers], {})
    if fitting and fit is not None:
        follow(site.state, fit, [given, *answers], {})
    return follow(site.state, transform, [given], {}) if transform is not None else given
