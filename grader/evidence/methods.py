"""What a method gives, by what it is called on."""

from __future__ import annotations

from collections.abc import Callable

from grader.evidence.attributes import own_method
from grader.evidence.callsite import CallSite
from grader.evidence.catalog import OBJECT_LOADERS
from grader.evidence.column_names import method_of_names
from grader.evidence.containers import method_of_container
from grader.evidence.estimators import fit
from grader.evidence.model_methods import method_of_model
from grader.evidence.networks import backward
from grader.evidence.published import method_of_published
from grader.evidence.results_of_tests import RESULTS, method_of_results
from grader.evidence.significance import paired
from grader.evidence.table_methods import method_of_table
from grader.evidence.tables import ARRAY, GROUPS, NAMES, SET, TABLE_METHODS, WINDOW, is_table
from grader.evidence.unseen import unseen, whole
from grader.evidence.values import Model, Value, marked, sequence_of

_ASKING = ("predict", "predict_proba", "score", "evaluate")
_BY_TYPE: dict[str, Callable[[CallSite], Value | None]] = {
    SET: method_of_published,
    NAMES: method_of_names,
    RESULTS: method_of_results,
}


def method_of(site: CallSite) -> Value:
    """Return what a method gives that was called on a model, a container, a table, a score, or on something unknown."""
    receiver, method = site.receiver, site.method
    if method == "backward" and receiver.prediction is not None:
        return backward(site, receiver.prediction)
    if receiver.model is not None:
        result = method_of_model(site)
        return Value(loops=site.loops) if result is None else result
    known = _BY_TYPE.get(receiver.type)
    if known is not None and (made := known(site)) is not None:
        return made
    if receiver.items is not None and not receiver.rows:
        return method_of_container(site)
    if method == "split" and isinstance(receiver.constant, str) and not site.values:
        return sequence_of(Value(constant=word) for word in receiver.constant.split())
    if receiver.rows and (is_table(receiver) or receiver.type in (GROUPS, WINDOW) or method in TABLE_METHODS):
        return method_of_table(site)
    if receiver.scored is not None and not receiver.rows:
        return receiver
    if method in ("items", "iteritems") and (pairs := paired(receiver)) is not None:
        return pairs
    if receiver.prediction is not None or receiver.statistic:
        return method_of_table(site) if receiver.prediction else receiver
    if method == "fit_transform" and (inherited := _fit_transformed(site)) is not None:
        return inherited
    return _of_unknown(site)


def _of_unknown(site: CallSite) -> Value:
    """Return what a receiver gives that is not known, and neither is what it saw: nobody is accused, nor praised."""
    method, seen = site.method, site.state.shared.seen
    if method == "fit" and len(site.arguments) > 1 and _is_kept_object(site):
        return _fitted_anew(site)
    if method in ("fit", "fit_transform") and site.arguments and site.receiver.rows:
        seen[site.receiver.rows] = site.arguments[0].rows
    if method in ("transform", "fit_transform") and site.arguments:
        data = site.arguments[0]
        mark = unseen(site, seen.get(site.receiver.rows, whole(data.rows)))
        return Value(type=ARRAY, rows=data.rows, taints=marked(data, mark))
    if method in _ASKING and site.arguments:
        data = site.arguments[0]
        site.state.record("predict", site.node, site.name, rows=data.rows, taints=data.taints)
        if method in ("predict", "predict_proba"):
            return Value(type=ARRAY, rows=data.rows)
    if method in ("fit", "compile", "to", "cuda", "eval"):
        return site.receiver
    return Value(rows=site.state.fresh(), loops=site.receiver.loops | site.loops)


def _is_kept_object(site: CallSite) -> bool:
    """Tell whether the receiver is what a file has kept of an object, and a table of that was never looked into."""
    loads = (event for event in site.state.events if event.kind == "load" and event.name in OBJECT_LOADERS)
    return bool(site.receiver.rows) and any(event.rows == site.receiver.rows for event in loads)


def _fitted_anew(site: CallSite) -> Value:
    """Fit a model that was read from a file: of what kind it is, is not known, but what it has learned from is."""
    made = Value(model=Model(""), loops=site.receiver.loops)
    site.scope.replace(site.receiver, made)
    assert made.model is not None
    fit(site, made.model)
    return made


def _fit_transformed(site: CallSite) -> Value | None:
    """Return what `fit_transform` of the submission's own class gives that has inherited it: its `fit`, then its
    `transform`.
    """
    instance = site.receiver.instance
    owner = instance.owner if instance is not None else None
    fit, transform = (own_method(owner, name) if owner else None for name in ("fit", "transform"))
    if fit is None or transform is None:
        return None
    fit.bound = transform.bound = site.receiver
    site.state.hooks.follow(site.state, fit, site.arguments, site.keywords)
    only = {"X": site.keywords["X"]} if "X" in site.keywords else {}
    return site.state.hooks.follow(site.state, transform, site.arguments[:1], only)
