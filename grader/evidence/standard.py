"""What functions of Python itself and of its standard library give."""

from __future__ import annotations

from collections.abc import Callable

from grader.evidence.attributes import as_of_base, attribute
from grader.evidence.callsite import CallSite
from grader.evidence.files import opened
from grader.evidence.iterating import listed, numbered, zipped
from grader.evidence.learning import statistic
from grader.evidence.said import scored_by
from grader.evidence.tables import FRAME, narrowed
from grader.evidence.values import FOLDS, NUMBER, UNKNOWN, Instance, Value, sequence_of

_MOST_REDUCED = 12
_PARALLEL = ("joblib", "sklearn.externals.joblib", "sklearn.utils.parallel", "sklearn.utils.fixes")
_GONE_THROUGH = ("list", "tuple", "sorted", "reversed", "set", "iter", "next")
_NUMBERS = {"len", "sum", "max", "min", "abs", "round", "float", "int", "str", "bool", "isinstance", "type", "id"}


def _reduced(site: CallSite) -> Value:
    """Return `reduce(function, items, first)`: the function once for each known item."""
    items, first = site.argument(1), site.argument(2)
    if first is None or items is None or items.items is None:
        return site.fresh()
    made = first
    for item in items.items[:_MOST_REDUCED]:
        made = site.state.hooks.call(site, site.arguments[0], [made, item])
    return made


def _preset(site: CallSite) -> Value:
    """Return `partial(function, ...)`: the function, whatever is set beforehand."""
    return site.argument(0) or UNKNOWN


def _parallel(site: CallSite) -> Value:
    """Return `Parallel(n_jobs=...)`: called, it gives what it is given, item by item."""
    return Value(dotted=f"{site.name}.__call__")


def _gathered(site: CallSite) -> Value:
    return site.argument(0) or UNKNOWN


def _path(site: CallSite) -> Value:
    """Return `os.path.join(...)`, a constant where all its parts are."""
    parts = [value.constant for value in site.arguments]
    known = all(isinstance(part, str) for part in parts)
    return Value(constant="/".join(map(str, parts)), loops=site.loops) if known else site.fresh()


def _namespace(site: CallSite) -> Value:
    """Return `SimpleNamespace(X=X, y=y)`: an object with these attributes."""
    return Value(instance=Instance(dict(site.keywords)))


def _attribute(site: CallSite) -> Value:
    """Return `getattr(owner, "name")`: what the owner has by that name, where it is spelled out."""
    name = site.argument(1) or UNKNOWN
    made = attribute(site.arguments[0], name.constant) if isinstance(name.constant, str) else UNKNOWN
    return site.fresh() if made == UNKNOWN or len(site.arguments) > 2 else made


def call_builtin(site: CallSite) -> Value:
    """Return what a function that needs no import gives."""
    first = site.argument(0) or UNKNOWN
    if site.name in ("list", "tuple", "set") and not site.arguments:
        return sequence_of(())
    if site.name in _GONE_THROUGH:
        return _gone_through(site, first)
    if site.name == "super":
        return as_of_base(site.scope.method) or site.fresh()
    if site.name == "open":
        return opened(site)
    if site.name == "getattr" and site.arguments:
        return _attribute(site)
    if site.name == "zip":
        return zipped(site)
    if site.name == "enumerate":
        return numbered(first)
    if site.name in ("sum", "max", "min") and first.rows:
        return statistic(first, site)
    if site.name in ("abs", "round") and (first.rows or first.statistic):
        return first
    if site.name == "dict":
        return Value(items=tuple(site.keywords.values()), keys=tuple(site.keywords))
    if site.name in _NUMBERS or site.name in ("print", "display", "range"):
        return Value(type=NUMBER, loops=site.loops, scored=scored_by(site.arguments))
    return site.fresh()


def _gone_through(site: CallSite, source: Value) -> Value:
    """Return what goes through `source` one by one, or the next of it: of a file read in pieces, a piece."""
    if site.name == "next" and source.type == FOLDS and source.each is not None:
        return source.each
    if site.name == "next" and source.type == FRAME:
        return source.evolve(rows=narrowed(source.rows, site.state.birth()))
    return sequence_of(listed(source) or ()) if source.keys else source


STANDARD: dict[str, Callable[[CallSite], Value]] = {
    "functools.reduce": _reduced,
    "functools.partial": _preset,
    **{f"{module}.delayed": _preset for module in _PARALLEL},
    **{f"{module}.Parallel": _parallel for module in _PARALLEL},
    **{f"{module}.Parallel.__call__": _gathered for module in _PARALLEL},
    "os.path.join": _path,
    "types.SimpleNamespace": _namespace,
}
