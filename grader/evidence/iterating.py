"""What loops over `enumerate`, `zip`, batches and settings yield."""

from __future__ import annotations

import ast

from grader.evidence.callsite import CallSite
from grader.evidence.rows import derived
from grader.evidence.said import said_of
from grader.evidence.significance import names_told_by, told_by
from grader.evidence.state import Scope
from grader.evidence.values import UNKNOWN, Value


def numbered(source: Value) -> Value:
    """Return `enumerate(source)`: each item behind its number."""
    if (known := listed(source)) is not None:
        pairs = (Value(items=(Value(constant=place), item)) for place, item in enumerate(known))
        return source.evolve(items=tuple(pairs), keys=None)
    return Value(type=source.type, each=Value(items=(UNKNOWN, element_of(source))), loops=source.loops)


def listed(source: Value) -> tuple[Value, ...] | None:
    """Return what a loop over `source` goes through where it is known: of a dict, its keys."""
    if source.each is not None or source.items is None:
        return None
    if source.keys is None:
        return source.items
    return tuple(Value(constant=key) if key else UNKNOWN for key in source.keys)


def zipped(site: CallSite) -> Value:
    """Return `zip(...)`: item by item where all are known, else one tuple of elements."""
    known = [listed(value) for value in site.arguments]
    sizes = [len(items) for items in known if items is not None]
    if sizes and (len(sizes) == len(known) or (min(sizes) and said_of(site.arguments) is None)):
        each = (items or (element_of(value),) * min(sizes) for items, value in zip(known, site.arguments, strict=True))
        return Value(items=tuple(Value(items=row) for row in zip(*each, strict=False)), loops=site.loops)
    pairs = Value(each=Value(items=tuple(element_of(value) for value in site.arguments)), loops=site.loops)
    said = said_of(site.arguments)
    return pairs if said is None else pairs.evolve(rows=said.rows, prediction=said)


def tried(site: CallSite, objective: Value | None) -> Value:
    """Walk a function that is asked about one setting after another, as a loop over settings would."""
    trial = site.state.enter_loop(site.node, UNKNOWN)
    if objective is not None:
        site.state.hooks.call(site, objective, [trial])
    site.state.loops.pop()
    return UNKNOWN


def element_of(source: Value) -> Value:
    """Return what is known of any one item of `source`."""
    if source.each is not None:
        return source.each
    if source.items:
        return source.items[0] if len(source.items) == 1 else Value(loops=source.loops)
    if marks := told_by([source]):
        return names_told_by(marks)
    rows = frozenset(derived(rows, "element") for rows in source.rows)
    return Value(rows=rows, loops=source.loops, prediction=source.prediction)


def has_model(value: Value) -> bool:
    """Tell whether a value is an estimator, or holds one."""
    return value.model is not None or any(has_model(item) for item in value.items or ())


def places_in_a_list(node: ast.For | ast.AsyncFor, scope: Scope) -> int:
    """Return how many numbers a loop goes through to pick models from a list, each once; 0 where it is another loop."""
    match node.target, node.iter:
        case ast.Name(id=counter), ast.Call(func=ast.Name(id="range"), args=[size]):
            for part in ast.walk(ast.Module(node.body, [])):
                match part:
                    case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=index)) if index == counter:
                        listed = scope.find(name)
                        items = listed.items if listed is not None and listed.keys is None else None
                        if items and all(map(has_model, items)) and _is_length(size, name, len(items)):
                            return len(items)
    return 0


def _is_length(node: ast.expr, name: str, length: int) -> bool:
    match node:
        case ast.Constant(value=value):
            return bool(value == length)
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=measured)]):
            return measured == name
    return False
