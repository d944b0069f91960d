"""Rows that a loop cuts anew in each of its turns: folds made by hand, a walk forward in time, repeated hold-outs."""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from collections.abc import Hashable, Mapping

from grader.evidence.rows import DRAWN, Rows
from grader.evidence.state import Scope, State
from grader.evidence.values import UNKNOWN, Event, Loop, Value
from grader.model import Span


def note_cut(node: ast.Subscript, base: Value, index: Value, cut: Value, scope: Scope, state: State) -> None:
    """Log a cut of rows that goes by the variable of a loop around, or by row numbers that came into being in it."""
    if not state.loops or not base.rows or cut.rows == base.rows:
        return
    named = [scope.find(part.id) or UNKNOWN for part in ast.walk(node.slice) if isinstance(part, ast.Name)]
    told_by = index.loops.union(*(value.loops for value in named))
    if any(_is_element(rows.origin) for value in named for rows in value.rows):
        told_by |= {state.loops[-1]}
    born = max((rows.origin for rows in index.rows if isinstance(rows.origin, int)), default=0)
    anew = frozenset(loop for loop in state.loops if loop in told_by or born > loop.since)
    for rows in cut.rows if anew else ():
        if rows.path and rows.path[-1][1] != "some":
            state.record("cut", node, "", rows=cut.rows, key=rows.path[-1][0], varied=anew)


def redrawn(events: list[Event]) -> dict[Hashable, set[Loop]]:
    """Return by which loops the rows of each split or cut are drawn anew, out of rows that stay the same in all turns:
    a loop over data sets draws from each of them once.
    """
    sources: defaultdict[tuple[Loop, Span], set[frozenset[Hashable]]] = defaultdict(set)
    for event in events:
        for loop in event.loops if event.kind == "fit" else ():
            sources[loop, event.span].add(frozenset(rows.origin for rows in event.rows))
    several = {loop for (loop, _), origins in sources.items() if len(origins) > 1}
    found: defaultdict[Hashable, set[Loop]] = defaultdict(set)
    for event in events:
        if event.kind in ("split", "cut") and not _is_seeded(event.key):
            born = max((_birth_of(rows.origin) for rows in event.rows), default=0)
            loops = event.varied if event.kind == "cut" else event.loops
            found[event.key] |= {loop for loop in loops if born <= loop.since and loop not in several}
    return found


def is_of_a_turn(event: Event, redrawn_by: Mapping[Hashable, set[Loop]]) -> bool:
    """Tell whether a loop that draws rows anew fits on some and scores the others: that compares by cross-validation,
    whatever is tried in it.
    """
    if event.fit is None:
        return False
    anew = (loop for rows in event.rows for key, _ in rows.path for loop in redrawn_by.get(key, ()))
    return any(loop in event.loops and loop in event.fit.loops for loop in anew)


def _is_element(origin: Hashable) -> bool:
    """Tell whether something is what a loop yields of what it goes through, or a part of that."""
    match origin:
        case ("element", *_):
            return True
        case ("item", Rows() as whole, *_):
            return _is_element(whole.origin)
    return False


def _birth_of(origin: Hashable) -> float:
    """Return when rows came into being; those of a loop's element did in the loop."""
    match origin:
        case int():
            return origin
        case ("element", *_):
            return math.inf
        case (_, Rows() as whole, *_):
            return _birth_of(whole.origin)
    return 0


def _is_seeded(key: Hashable) -> bool:
    """Tell whether a split draws the same rows each time."""
    return isinstance(key, tuple) and key[0] == DRAWN and not isinstance(key[1], tuple)
