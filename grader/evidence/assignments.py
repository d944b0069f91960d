"""What assigning, deleting and methods with an effect do to the names of a scope."""

from __future__ import annotations

import ast

from grader.evidence.column_sets import Columns
from grader.evidence.expressions import evaluate
from grader.evidence.rows import derived
from grader.evidence.state import Scope, State
from grader.evidence.tables import (
    ARRAY,
    FRAME,
    LOOKUP,
    NAMES,
    as_groups,
    is_empty,
    is_table,
    names_in,
    with_columns,
    without,
)
from grader.evidence.unseen import changed_out_of_sight
from grader.evidence.values import UNKNOWN, Taint, Value, marked


def bind(target: ast.expr, value: Value, scope: Scope, state: State) -> None:
    """Assign `value` to a target: a name, a tuple of targets, a column, an attribute."""
    match target:
        case ast.Name():
            owner = scope.module if target.id in scope.outside else scope
            owner.names[target.id] = _named(target.id, value, state)
        case ast.Tuple() | ast.List():
            for position, part in enumerate(target.elts):
                inner = part.value if isinstance(part, ast.Starred) else part
                bind(inner, _unpacked(value, position, len(target.elts)), scope, state)
        case ast.Subscript():
            _assign_columns(target, value, scope, state)
        case ast.Attribute():
            base = evaluate(target.value, scope, state)
            if base.instance is not None:
                base.instance.attributes[target.attr] = value
            elif is_table(base) and target.attr == "columns":
                scope.replace(base, without(base, None))
            elif base.type == LOOKUP and target.attr == "columns" and (names := names_in(value)):
                scope.replace(base, base.evolve(columns=Columns(base.statistic, kept=names)))
            elif is_table(base) and target.attr not in ("index", "name"):
                scope.replace(base, with_columns(base, frozenset({target.attr}), value))
        case ast.Starred():
            bind(target.value, value, scope, state)


def _named(name: str, value: Value, state: State) -> Value:
    """Return the value as what the name stands for from now on."""
    if value in (UNKNOWN, Value(loops=value.loops)) or (value.type == NAMES and not value.rows):
        # What it holds is not known, but it is the same thing wherever this name is read.
        value = value.evolve(rows=state.fresh())
    if name in state.frames and not value.type and value.rows and value.items is None:
        value = value.evolve(type=FRAME)
    if value.model is not None and not value.model.name:
        value.model.name = name
    return value


def _unpacked(value: Value, position: int, count: int) -> Value:
    if value.items is not None and len(value.items) == count:
        item = value.items[position]
        told = item.constant is not None and value.loops - item.loops
        return item.evolve(loops=item.loops | value.loops) if told else item
    if value.prediction is not None and not position:  # what is predicted comes first, how sure that is behind it
        return value
    if value.statistic and not value.rows:  # two quantiles, asked for at once
        return value.evolve(items=None, constant=None)
    rows = frozenset(derived(rows, "item", position) for rows in value.rows)
    return Value(rows=rows, loops=value.loops, scored=value.scored)


def _assign_columns(target: ast.Subscript, value: Value, scope: Scope, state: State) -> None:
    index = evaluate(target.slice, scope, state)
    owner, which = target.value, UNKNOWN
    if isinstance(owner, ast.Attribute) and owner.attr in ("loc", "iloc", "at", "iat", "ix"):
        owner = owner.value
        which, index = (index.items[0], index.items[-1]) if index.items else (index, Value())
    if isinstance(owner, ast.Subscript) and (owner is target.value or isinstance(owner.value, ast.Name)):
        inner = evaluate(owner.slice, scope, state)
        if owner is target.value and inner.mask is not None:
            return  # `frame[mask]["column"] = ...` sets a copy that nobody keeps
        if isinstance(owner.value, ast.Name):  # frame["column"][mask] = value: the column is assigned to
            target, which, index, owner = owner, index, inner, owner.value
    base = evaluate(owner, scope, state)
    if is_empty(base) and base.type == ARRAY and not _is_whole_column(target.slice):
        scope.replace(base, base := base.evolve(columns=None))
    names = names_in(index)
    if which.mask is not None and which.made_of and names and not _asks_what_is_missing(target.slice):
        value = value.evolve(made_of=value.made_of | which.made_of | names)
    if which.taints and base.rows:  # set where a condition holds: the column knows what the condition has seen
        value = value.evolve(taints=marked(value, *which.taints))
    if value.type == LOOKUP and not value.rows and (as_groups(value).rows == base.rows or is_empty(base)):
        value = as_groups(value)
    elif value.statistic and not value.rows and base.rows and not _is_of_one_turn(value, which, base, state):
        value = _from_statistic(target, value, base, state)
    if base.keys is not None and base.items is not None and isinstance(index.constant, str):
        scope.replace(base, _with_key(base, index.constant, value))
    elif base.rows:
        scope.replace(base, with_columns(base, names, value, partly=which != UNKNOWN))


def _is_whole_column(node: ast.expr) -> bool:
    """Tell whether an index picks a column of an array: `array[:, i]`."""
    match node:
        case ast.Tuple(elts=[ast.Slice(lower=None, upper=None, step=None), _]):
            return True
    return False


def _asks_what_is_missing(node: ast.expr) -> bool:
    """Tell whether rows are picked by a missing value alone: that marks the rows whose answer is not known."""
    asked = node.elts[0] if isinstance(node, ast.Tuple) and node.elts else node
    asked = asked.operand if isinstance(asked, ast.UnaryOp) else asked
    method = asked.func.attr if isinstance(asked, ast.Call) and isinstance(asked.func, ast.Attribute) else ""
    return method in ("isnull", "isna", "notnull", "notna")


def _is_of_one_turn(value: Value, which: Value, base: Value, state: State) -> bool:
    """Tell whether a loop puts a statistic into a row by its label, of rows cut for it in this very turn: of its past,
    say.
    """
    if which == UNKNOWN or {rows.origin for rows in which.rows} & {rows.origin for rows in base.rows}:
        return False
    return all(rows.path and rows.path[-1][0] in state.shared.anew for rows in value.statistic)


def _from_statistic(target: ast.expr, value: Value, base: Value, state: State) -> Value:
    """Return the column that a statistic fills: it carries what the statistic has seen."""
    event = state.record("fill", target, "assignment", rows=value.statistic)
    taints = marked(value, Taint(event, value.statistic))
    return Value(rows=base.rows, taints=taints, made_of=value.made_of)


def _with_key(base: Value, key: str, value: Value) -> Value:
    pairs = dict(zip(base.keys or (), base.items or (), strict=False)) | {key: value}
    return base.evolve(keys=tuple(pairs), items=tuple(pairs.values()))


def mutate(node: ast.expr, value: Value, scope: Scope, state: State) -> None:
    """Apply a method called for its effect with `inplace=True`, on a table or on a column of one.

    A function that is not known may have changed the tables that it was given.
    """
    if isinstance(node, ast.Call):
        changed_out_of_sight(node, scope, state)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    owner = node.func.value
    if node.func.attr == "insert" and isinstance(owner, ast.Name) and len(node.args) > 2:
        column = ast.Subscript(value=owner, slice=node.args[1], ctx=ast.Store())
        bind(ast.copy_location(column, node), evaluate(node.args[2], scope, state), scope, state)
        return
    in_place = any(
        keyword.arg == "inplace" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in node.keywords
    )
    if in_place and isinstance(owner, ast.Name | ast.Subscript | ast.Attribute):
        if isinstance(owner, ast.Name):
            old = scope.find(owner.id)
            if old is not None:
                scope.replace(old, value)
        else:
            bind(owner, value, scope, state)


def delete(target: ast.expr, scope: Scope, state: State) -> None:
    """Forget a name, or drop a column."""
    if isinstance(target, ast.Name):
        scope.names.pop(target.id, None)
    elif isinstance(target, ast.Subscript):
        base = evaluate(target.value, scope, state)
        names = names_in(evaluate(target.slice, scope, state))
        if base.rows:
            scope.replace(base, without(base, names))
