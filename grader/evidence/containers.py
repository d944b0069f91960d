"""What the methods of lists and dicts give whose items are known."""

from __future__ import annotations

from grader.evidence.callsite import CallSite
from grader.evidence.subscripts import subscript
from grader.evidence.values import UNKNOWN, Value, sequence_of

_MAX_ITEMS = 20


def method_of_container(site: CallSite) -> Value:
    """Return what a method of a list or dict display gives."""
    items, keys = site.receiver.items or (), site.receiver.keys
    if keys is not None and site.method == "items":
        pairs = zip(keys, items, strict=False)
        return Value(items=tuple(Value(items=(Value(constant=key) if key else UNKNOWN, item)) for key, item in pairs))
    if keys is not None and site.method == "get":
        return subscript(site.receiver, site.argument(0) or UNKNOWN, site.node, "")
    if keys is None and site.method == "append" and site.arguments and len(items) < _MAX_ITEMS:
        site.scope.replace(site.receiver, sequence_of((*items, site.arguments[0])))
        return UNKNOWN
    if site.method in ("items", "values", "copy"):
        return site.receiver
    return Value(loops=site.loops)
