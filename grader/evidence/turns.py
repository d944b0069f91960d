"""Rows that a loop cuts anew in each of its turns: folds made by hand, a walk forward in time, repeated hold-outs."""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping

from grader.evidence.cuts import Condition
from grader.evidence.rows import DRAWN, NO_ROWS, Rows, RowSets, is_drawn_anew, whole_rows
from grader.evidence.state import Scope, State
from grader.evidence.values import NONE, Event, Loop, Value
from grader.model import Span


def note_cut(node: ast.AST, base: Value, cut: Value, given: Iterable[Value], state: State) -> None:
    """Log a cut of rows by what is `given` for it, where this is another thing in each turn of a loop around."""
    if not state.loops or not base.rows or cut.rows == base.rows:
        return
    told_by = [_told_by(value, base.rows, state) for value in given]
    anew = frozenset(loop for loop in state.loops if any(_varies(loop, *told) for told in told_by))
    if anew:
        _note(node, cut.rows, anew, state)


def note_draw(node: ast.AST, drawn: RowSets, seed: Value | None, state: State) -> None:
    """Log rows drawn by chance: with a seed that is the same in each turn of a loop they are the same rows."""
    loops = frozenset(state.loops)
    if seed is not None and seed != NONE:
        told = _told_by(seed, drawn, state)
        loops = frozenset(loop for loop in loops if _varies(loop, *told))
    _note(node, drawn, loops, state)


def _note(node: ast.AST, cut: RowSets, loops: frozenset[Loop], state: State) -> None:
    for rows in cut if loops else ():
        if rows.path and rows.path[-1][1] != "some":
            key = rows.path[-1][0]
            state.shared.anew[key] = state.shared.anew.get(key, frozenset()) | loops
            state.record("cut", node, "", rows=cut, key=key, varied=loops)


def names_of(node: ast.AST, scope: Scope) -> Iterator[Value]:
    """Yield what the names in an expression stand for."""
    named = (part.id for part in ast.walk(node) if isinstance(part, ast.Name))
    return (value for name in named if (value := scope.find(name)) is not None)


def _told_by(value: Value, base: RowSets, state: State) -> tuple[frozenset[Loop], float]:
    """Return the loops that set a value, and when the youngest came into being of what it knows beside the rows that
    are cut.
    """
    asked = value.mask.of if isinstance(value.mask, Condition) else NO_ROWS
    known = asked if id(value) in state.shared.counted else asked | value.rows
    cut = {rows.origin for rows in base}
    keys = (key for rows in value.rows | asked for key, _ in rows.path)
    loops = value.loops.union(*(state.shared.anew.get(key, frozenset()) for key in keys))
    return loops, max((_birth_of(rows.origin) for rows in known if rows.origin not in cut), default=0)


def _varies(loop: Loop, loops: frozenset[Loop], birth: float) -> bool:
    return loop in loops or birth > loop.since


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
    for loop, keys in _of_items(events).items():
        for key in keys if loop not in several else ():
            found[key].add(loop)
    return found


def _of_items(events: list[Event]) -> dict[Loop, set[Hashable]]:
    """Return the last cuts of rows that each turn of a loop takes from a list: `for train, test in folds`."""
    scored: defaultdict[tuple[Loop, Span], defaultdict[Event, set[Rows]]] = defaultdict(lambda: defaultdict(set))
    for event in events:
        if event.kind == "evaluate" and event.fit is not None:
            for loop in set(event.loops) & set(event.fit.loops):
                scored[loop, event.span][event.fit] |= whole_rows(event.rows)
    found: defaultdict[Loop, set[Hashable]] = defaultdict(set)
    for (loop, _), by_fit in scored.items():
        parts = list(by_fit.values())
        origins = {frozenset(rows.origin for rows in part) for part in parts}
        if len(parts) > 1 and len(origins) == 1 and not set.intersection(*parts):
            found[loop] |= {rows.path[-1][0] for part in parts for rows in part if rows.path}
    return found


def is_of_a_turn(event: Event, redrawn_by: Mapping[Hashable, set[Loop]]) -> bool:
    """Tell whether a loop that draws rows anew fits on some and scores the others: that compares by cross-validation,
    whatever is tried in it.
    """
    if event.fit is None:
        return False
    anew = (loop for rows in event.rows for key, _ in rows.path for loop in redrawn_by.get(key, ()))
    return any(loop in event.loops and loop in event.fit.loops for loop in anew)


def are_of_an_element(rows: RowSets) -> bool:
    """Tell whether rows are of what a loop yields, and not of what it goes through as a whole."""
    return any(_birth_of(one.origin) == math.inf for one in rows)


def _birth_of(origin: Hashable) -> float:
    """Return when rows came into being; those of a loop's element did in the loop."""
    match origin:
        case int():
            return origin
        case ("element", *_) | ("published", "element", *_):
            return math.inf
        case ("published", str(), tuple() as whole, *_):
            return _birth_of(whole)
        case (_, Rows() as whole, *_):
            return _birth_of(whole.origin)
    return 0


def _is_seeded(key: Hashable) -> bool:
    """Tell whether a split draws the same rows each time."""
    return isinstance(key, tuple) and key[0] == DRAWN and not is_drawn_anew(key)
