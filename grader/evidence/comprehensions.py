"""What comprehensions give: an item for each that is known, else what is known of one."""

from __future__ import annotations

import ast
from typing import Any

from grader.evidence.answering import note_counted
from grader.evidence.column_names import names_among
from grader.evidence.iterating import listed
from grader.evidence.names_filtered import names_of_filter, sifted
from grader.evidence.rows import is_published
from grader.evidence.settling import note_counter
from grader.evidence.significance import names_told_by, picked_one, told_by
from grader.evidence.state import Scope, State
from grader.evidence.values import Taint, Value, sequence_of
from grader.evidence.windows import counter_of

_MAX_UNROLLED, _MAX_NAMES = 8, 60


def comprehended(node: Any, scope: Scope, state: State) -> Value:
    """Return the list, set or dict that a comprehension makes, or what is known of any of its items."""
    inner, started, counters = Scope(parent=scope), len(state.loops), state.counters
    *outer, generator = node.generators
    for each in outer:
        _, element = _drawn_from(each, inner, state)
        _begin(each, element, inner, state)
    source, element = _drawn_from(generator, inner, state)
    known = listed(source) if not outer else None
    items, is_whole = _gone_through(known, generator, inner, state) if known else ([element], True)
    pairs = [_element_of(node, generator, item, inner, state) for item in items]
    del state.loops[started:]
    state.counters = counters
    values, keys = [value for _, value in pairs], [key for key, _ in pairs]
    if not told_by(values) and (names := names_of_filter(node, source, scope, state)) is not None:
        return names
    if known and is_whole and not told_by(values) and not isinstance(node, ast.DictComp):
        return sequence_of(values)
    if known and is_whole and not told_by(values) and not generator.ifs and None not in keys:
        return sequence_of(values, keys=tuple(map(str, keys)))
    if known and not is_whole and _are_names(values) and isinstance(getattr(node, "elt", None), ast.Name):
        return names_among(values)
    return _any_of(node, values) if values else Value()


def _are_names(values: list[Value]) -> bool:
    return len(values) < _MAX_NAMES and all(isinstance(value.constant, str) for value in values)


def _gone_through(
    known: tuple[Value, ...], generator: ast.comprehension, scope: Scope, state: State
) -> tuple[list[Value], bool]:
    """Return which of the items that are known a comprehension goes through, and whether these are surely all of it."""
    if not all(isinstance(item.constant, str) for item in known):
        return list(known[:_MAX_UNROLLED]), True
    left, is_sure = sifted(known, generator, scope, state)
    return left[:_MAX_NAMES], is_sure and len(left) <= _MAX_NAMES


def _drawn_from(generator: ast.comprehension, scope: Scope, state: State) -> tuple[Value, Value]:
    """Return what one `for` of a comprehension goes through, and an element of it."""
    source = state.hooks.evaluate(generator.iter, scope, state)
    return source, picked_one(source, state.enter_loop(generator.iter, source))


def _begin(generator: ast.comprehension, item: Value, scope: Scope, state: State) -> frozenset[Taint]:
    """Bind one item, and return what its conditions are told by."""
    state.hooks.bind(generator.target, item, scope, state)
    note_counter(generator.target, generator.iter, scope, state)
    state.counters = {**state.counters, **counter_of(generator.target, generator.iter, scope)}
    tested = [state.hooks.evaluate(test, scope, state) for test in generator.ifs]
    for test, value in zip(generator.ifs, tested, strict=True):
        note_counted(test, value, state)
    return told_by(tested)


def _element_of(
    node: Any, generator: ast.comprehension, item: Value, scope: Scope, state: State
) -> tuple[object, Value]:
    """Return what one item gives, behind its key where that is a constant of a dict."""
    if marks := _begin(generator, item, scope, state):
        return None, names_told_by(marks)
    if isinstance(node, ast.DictComp):
        return state.hooks.evaluate(node.key, scope, state).constant, state.hooks.evaluate(node.value, scope, state)
    return None, state.hooks.evaluate(node.elt, scope, state)


def _any_of(node: Any, values: list[Value]) -> Value:
    """Return what is known of a comprehension whose items are not."""
    made = values[-1]
    loops = frozenset(loop for value in values for loop in value.loops)
    if isinstance(node, ast.DictComp) and (made.rows or made.statistic):
        return sequence_of([made], keys=("",))
    if made.prediction:
        return Value(rows=made.prediction.rows, prediction=made.prediction, loops=loops)
    if made.rows and all(is_published(rows) for rows in made.rows):
        return Value(rows=made.rows, taints=made.taints, loops=loops)
    return Value(statistic=made.statistic, taints=made.taints if made.statistic else frozenset(), loops=loops)
