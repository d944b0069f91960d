"""What loops over `enumerate`, `zip`, batches and settings yield."""

from __future__ import annotations

from grader.evidence.callsite import CallSite
from grader.evidence.rows import Rows
from grader.evidence.significance import names_told_by, told_by
from grader.evidence.values import UNKNOWN, Value


def numbered(source: Value) -> Value:
    """Return `enumerate(source)`: each item behind its number."""
    if source.items is not None and source.each is None:
        pairs = (Value(items=(Value(constant=place), item)) for place, item in enumerate(source.items))
        return source.evolve(items=tuple(pairs), keys=None)
    return Value(type=source.type, each=Value(items=(UNKNOWN, element_of(source))), loops=source.loops)


def zipped(site: CallSite) -> Value:
    """Return `zip(...)`: item by item where all are known, else one tuple of elements."""
    known = [value.items for value in site.arguments if value.items is not None]
    if known and len(known) == len(site.arguments):
        return Value(items=tuple(Value(items=row) for row in zip(*known, strict=False)))
    pairs = Value(each=Value(items=tuple(element_of(value) for value in site.arguments)), loops=site.loops)
    said = next((value.prediction for value in site.arguments if value.prediction), None)
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
    rows = frozenset(Rows(("element", rows)) for rows in source.rows)
    return Value(rows=rows, loops=source.loops, prediction=source.prediction)
