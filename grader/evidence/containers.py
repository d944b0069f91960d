"""What the methods of lists and dicts give whose items are known, and what they do to a list."""

from __future__ import annotations

from grader.evidence.callsite import CallSite
from grader.evidence.column_names import names_together
from grader.evidence.iterating import listed
from grader.evidence.subscripts import subscript
from grader.evidence.values import UNKNOWN, Value, sequence_of

_CHANGING = ("append", "extend", "insert", "remove", "pop", "clear")


def method_of_container(site: CallSite) -> Value:
    """Return what a method of a list or dict display gives."""
    items, keys = site.receiver.items or (), site.receiver.keys
    if keys is not None and site.method == "items":
        pairs = zip(keys, items, strict=False)
        return Value(items=tuple(Value(items=(Value(constant=key) if key else UNKNOWN, item)) for key, item in pairs))
    if keys is not None and site.method == "get":
        return subscript(site.receiver, site.argument(0) or UNKNOWN, site.node, "")
    if keys is None and site.method == "extend" and (both := _with_names(site)) is not None:
        site.scope.replace(site.receiver, both)
        return UNKNOWN
    if keys is None and site.method in _CHANGING:
        changed = _changed(site, items)
        site.scope.replace(site.receiver, Value(loops=site.loops) if changed is None else sequence_of(changed))
        return UNKNOWN
    if keys is not None and site.method == "keys":
        return sequence_of(listed(site.receiver) or ())
    if keys is not None and site.method == "values":
        return sequence_of(items)
    if site.method in ("items", "values", "copy"):
        return site.receiver
    return Value(loops=site.loops)


def _with_names(site: CallSite) -> Value | None:
    """Return a list of names that those of a table are added to, None where something else is."""
    given = site.argument(0)
    return names_together(site.receiver, given) if given is not None else None


def _changed(site: CallSite, items: tuple[Value, ...]) -> tuple[Value, ...] | None:
    """Return the items of a list after a method has changed it, None where they are not known any more."""
    given = site.argument(0)
    if site.method == "clear":
        return ()
    if site.method == "pop" and given is None:
        return items[:-1]
    if given is None:
        return None
    if site.method == "append":
        return (*items, given)
    if site.method == "extend" and given.items is not None and given.keys is None:
        return (*items, *given.items)
    inserted = site.argument(1)
    if site.method == "insert" and inserted is not None and given.constant == 0:
        return (inserted, *items)
    if site.method == "remove" and isinstance(given.constant, str) and all(item.constant is not None for item in items):
        first = next((n for n, item in enumerate(items) if item.constant == given.constant), len(items))
        return items[:first] + items[first + 1 :]
    return None
