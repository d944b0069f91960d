"""Keras Tuner as people write it: a search builds one network after another, and fits each with what it is given."""

from __future__ import annotations

from dataclasses import replace

from grader.evidence.attributes import attribute
from grader.evidence.callsite import CallSite
from grader.evidence.estimators import fit
from grader.evidence.values import UNKNOWN, Model, Value


def is_tuner(model: Model) -> bool:
    """Tell whether a search is Keras Tuner's, which calls what builds a network anew for each trial."""
    return model.type.startswith(("keras_tuner.", "kerastuner."))


def built(site: CallSite, model: Model) -> Value | None:
    """Return the network that a tuner has built from hyperparameters: `tuner.hypermodel.build(best)`."""
    return _network(site, model, site.arguments[:1]) if is_tuner(model) else None


def tuned(site: CallSite, model: Model) -> Value | None:
    """Walk one of the trials of `tuner.search(X, y, validation_data=(Xv, yv))`, as a loop over settings would."""
    if not is_tuner(model):
        return None
    network = _network(site, model, [site.state.enter_loop(site.node, UNKNOWN)])
    if network.model is not None:
        fit(replace(site, name="fit"), network.model)
        model.parts += (network,)
    site.state.loops.pop()
    return UNKNOWN


def best_tuned(_: CallSite, model: Model) -> Value | None:
    """Return the networks that `get_best_models` gives: one of those that were tried."""
    tried = [part for part in model.parts if part.model and part.model.fits]
    return Value(items=tuple(tried[-1:])) if is_tuner(model) and tried else None


def _network(site: CallSite, model: Model, given: list[Value]) -> Value:
    """Return what a tuner's function, or the method `build` of the submission's own hypermodel, makes."""
    maker = next((part for part in model.parts if part.function or part.instance), UNKNOWN)
    maker = attribute(maker, "build") if maker.instance is not None else maker
    return site.state.hooks.call(site, maker, given)
