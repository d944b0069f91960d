"""Models that MLflow keeps by a name, and gives back by it: they know what they were fitted on."""

from __future__ import annotations

import ast
import re

from grader.evidence.callsite import CallSite
from grader.evidence.files import as_loaded
from grader.evidence.unseen import of_unknown
from grader.evidence.values import UNKNOWN, Instance, Value

_FLAVOURS = ("sklearn", "xgboost", "lightgbm", "catboost", "keras", "tensorflow", "pytorch", "statsmodels")
LOGGERS = tuple(f"mlflow.{flavour}.log_model" for flavour in _FLAVOURS)
LOADERS = tuple(f"mlflow.{flavour}.load_model" for flavour in (*_FLAVOURS, "pyfunc"))
_MODEL = ("sk_model", "xgb_model", "lgb_model", "cb_model", "model")
_PLACE = "mlflow:"  # begins where a model is kept, which is no file of the work
_NAMED = re.compile(r"models:/([^/@]+)|runs:/(?:.*/)?([^/]+)$")


def note_logged(site: CallSite) -> Value:
    """Keep a model by the name that MLflow is given for it, and by that it is registered under."""
    named = [site.argument(1, "artifact_path", "name"), site.keywords.get("registered_model_name")]
    names = [value.constant for value in named if value is not None and isinstance(value.constant, str)]
    for name in names:
        _keep(site, name, site.argument(0, *_MODEL) or UNKNOWN)
    where = Value(constant=f"models:/{names[-1]}") if names else UNKNOWN
    return Value(instance=Instance({"model_uri": where}))


def note_registered(site: CallSite) -> Value:
    """Keep a model that MLflow knows by the further name that it is registered under; one that is not told is mostly
    registered under the name that it goes by already.
    """
    name, kept = site.argument(1, "name"), _kept(site)
    if name is not None and isinstance(name.constant, str) and kept.model is not None:
        _keep(site, name.constant, kept)
    return UNKNOWN


def model_of_registry(site: CallSite) -> Value:
    """Return the model that is asked for by `models:/NAME/...`, `models:/NAME@...` or `runs:/.../NAME`."""
    kept = _kept(site)
    return as_loaded(kept) if kept.model is not None else of_unknown(site)


def _keep(site: CallSite, name: str, what: Value) -> None:
    """Keep a model by a name; of two that go by one, none is known."""
    written, place = site.state.shared.written, f"{_PLACE}{name}"
    written[place] = what if written.get(place, what) == what else UNKNOWN


def _kept(site: CallSite) -> Value:
    found = _NAMED.match(_asked(site))
    return site.state.shared.written.get(f"{_PLACE}{found[1] or found[2]}", UNKNOWN) if found else UNKNOWN


def _asked(site: CallSite) -> str:
    """Return where a model is asked for, what is not known of it left out: of a run, only the number is mostly not."""
    said = site.argument(0, "model_uri")
    if said is not None and isinstance(said.constant, str):
        return said.constant
    nodes = [*site.node.args[:1], *(word.value for word in site.node.keywords if word.arg == "model_uri")]
    match nodes[0] if nodes else None:
        case ast.JoinedStr(values=[ast.Constant(value=str(first)), *_, ast.Constant(value=str(last))]):
            return f"{first}{last}" if first.startswith("runs:/") else ""
    return ""
