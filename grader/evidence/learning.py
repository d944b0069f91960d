"""What is computed from rows and put into others: statistics, bins, ranks, functions that are applied, arithmetic."""

from __future__ import annotations

import ast

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import COUNTS, STATISTICS
from grader.evidence.cuts import Condition
from grader.evidence.rows import NO_ROWS, Rows
from grader.evidence.said import record_score, scored_by, set_against
from grader.evidence.state import State
from grader.evidence.tables import FRAME, GROUPS, LOOKUP, SERIES, is_empty, is_table, names_in, select, some_columns
from grader.evidence.values import (
    OTHERS,
    Taint,
    Value,
    bounded,
    flattened,
    marked,
    sources_of,
    statistics_of,
    taints_of,
)

_QUANTILES = frozenset(("quantile", "percentile", "nanpercentile"))


def statistic(table: Value, site: CallSite, axis: Value | None = None) -> Value:
    """Return a number computed from the rows of `table`; from compared predictions, that is an evaluation, but for a
    quantile, by which rows far off are told from the others.

    Along axis 1 each row gets a number of its own, which tells nothing of other rows.
    """
    prediction = table.prediction
    if is_within_rows(axis) and not prediction:
        return some_columns(table).evolve(type=SERIES)
    is_score = prediction is not None and prediction.compared and site.method not in _QUANTILES
    scored = prediction if is_score else None
    if scored is not None:
        record_score(site.state, site.node, site.name, scored)
    return Value(statistic=table.rows, taints=table.taints, column=table.column, loops=table.loops, scored=scored)


def is_within_rows(axis: Value | None) -> bool:
    """Tell whether something is computed along an axis that leaves each row by itself."""
    if axis is None:
        return False
    along = [item.constant for item in axis.items] if axis.items else [axis.constant]
    return all(one in ("columns", -1) or (type(one) is int and one > 0) for one in along)


def computed_with(site: CallSite, table: Value, *others: Value) -> Value:
    """Return the table after a step that puts something computed from `others`' rows into its values."""
    flat = flattened(others)
    seen, marks = statistics_of(flat), taints_of(flat)
    if not table.rows or not (seen or marks):
        return table
    columns = frozenset({table.column}) if table.column and table.type != FRAME else None
    marks = frozenset(Taint(mark.event, mark.rows, columns) for mark in marks)
    if seen:
        of = next((value.column for value in flat if value.type == LOOKUP and value.column), "")
        event = site.state.record("fill", site.node, site.name, rows=seen, of=of)
        marks |= {Taint(event, seen, columns)}
    return table.evolve(taints=marked(table, *marks), statistic=NO_ROWS)


def learned(site: CallSite, table: Value) -> Value:
    """Return the table after a step that computes something from all its rows, and uses it on each (a rank, a bin)."""
    return computed_with(site, table, Value(statistic=table.rows))


def applied(site: CallSite, table: Value) -> Value:
    """Return what `apply`, `map` and `transform` give: what their function does to the whole column, or to an item."""
    given = site.argument(0, "func", "arg")
    if given is None:
        return table
    names = names_in(given)
    if names and names <= STATISTICS and site.receiver.type == GROUPS:
        return computed_with(site, table, Value(type=LOOKUP, statistic=table.rows, column=table.column))
    if names and names <= (COUNTS if site.receiver.type == GROUPS else STATISTICS):
        return learned(site, table)
    if not _is_spelled_out(given):
        table = table.evolve(made_of=table.made_of and table.made_of | {OTHERS})
    if given.function is None and not given.dotted:
        return computed_with(site, table, given)  # a dict or a series to look values up in
    if _by_row(site, table):
        if table.type == FRAME and (read := _columns_read(given)):
            table = select(table, read).evolve(type=SERIES, columns=None)
        passed = Value(rows=frozenset(Rows(("element", rows)) for rows in table.rows))
    else:
        passed = table.evolve(items=None, constant=None)
    made = _of_each_column(site, given, passed)
    if made.statistic and not made.rows and passed.type and site.method != "transform":
        seen = table.rows if site.receiver.type == GROUPS else made.statistic  # of every group: of all rows
        return Value(type=LOOKUP, statistic=seen, taints=table.taints, column=table.column)
    if site.receiver.type == GROUPS and made.rows:
        if made.rows != passed.rows:
            table = table.evolve(rows=made.rows, type=FRAME)  # some rows of each group
        elif made.type == SERIES:
            table = table.evolve(taints=made.taints)  # of what one of its columns was made
    seen = made.statistic - passed.rows if not passed.type else made.statistic
    return computed_with(site, table, Value(statistic=seen, taints=made.taints - table.taints))


def _of_each_column(site: CallSite, given: Value, passed: Value) -> Value:
    """Return what a function gives for what it is applied to; to a whole frame, one column after another."""
    if passed.type != FRAME:
        return site.state.hooks.call(site, given, [passed])
    site.state.enter_loop(site.node, Value())
    made = site.state.hooks.call(site, given, [passed])
    site.state.loops.pop()
    return made


def _is_spelled_out(given: Value) -> bool:
    """Tell whether a column is mapped by what stands in the code: not by a table, or a function that looks one up."""
    if given.function is None:
        return bool(given.dotted) or given.items is not None or given.constant is not None
    scope, node = given.function.scope, given.function.node
    own = {argument.arg for argument in ast.walk(node) if isinstance(argument, ast.arg)}
    named = {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)}
    found = (scope.find(name) for name in named - own)
    return not any(value is not None and value.rows for value in found)


def _columns_read(function: Value) -> frozenset[str]:
    """Return the columns that a function reads of a row, `row["a"]` or `row.a`; none where it may read others."""
    node = function.function.node if function.function else None
    if not isinstance(node, ast.Lambda | ast.FunctionDef) or not node.args.args:
        return frozenset()
    row = node.args.args[-1 if node.args.args[0].arg == "self" else 0].arg
    called = {id(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)}
    read, uses = set(), 0
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name) if name == row:
                uses += 1
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(column))) if name == row:
                read.add((id(part), column))
            case ast.Attribute(value=ast.Name(id=name), attr=column) if name == row and id(part) not in called:
                read.add((id(part), column))
    return frozenset(column for _, column in read) if uses == len(read) else frozenset()


def _by_row(site: CallSite, table: Value) -> bool:
    axis = site.argument(1, "axis")
    if site.method != "apply" or table.type != FRAME:
        return table.type == SERIES and site.receiver.type != GROUPS
    return is_within_rows(axis)


def _is_origin(node: ast.AST) -> bool:
    """Tell whether values are only counted from their smallest or largest: `dates - dates.min()`."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub):
        return False
    sides = (node.left, node.right)
    return any(
        isinstance(s, ast.Call) and isinstance(s.func, ast.Attribute) and s.func.attr in ("min", "max") for s in sides
    )


def _is_without_own(node: ast.AST, left: Value) -> bool:
    """Tell whether a row's own value is taken out of what was gathered over rows: `total.cumsum() - total`."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and left.made_of == frozenset({OTHERS})


def arithmetic(node: ast.AST, left: Value, right: Value, state: State) -> Value:
    """Return the value of `left (+-*/...) right`: a column less its own mean carries what the mean has seen."""
    left, right = (Value(loops=side.loops) if is_empty(side) else side for side in (left, right))  # zeros to add to
    table, other = (left, right) if left.rows or not right.rows else (right, left)
    if is_table(right) and not is_table(left):
        table, other = right, left
    taints = bounded(left.taints | right.taints)
    if table.rows and other.statistic and not other.rows and not _is_origin(node):
        event = state.record("fill", node, "arithmetic", rows=other.statistic)
        columns = frozenset({table.column}) if table.column else None
        taints = marked(table, *taints, Taint(event, other.statistic, columns))
    computed = NO_ROWS if table.rows else left.statistic | right.statistic
    prediction = left.prediction or right.prediction
    if table.rows:
        prediction = set_against(prediction, [other])
    return Value(
        type=table.type if is_table(table) else "",
        rows=table.rows,
        taints=taints,
        columns=table.columns,
        column=table.column,
        statistic=computed,
        prediction=prediction,
        loops=left.loops | right.loops,
        made_of=left.made_of if _is_without_own(node, left) else sources_of((left, right)),
        mask=Condition(node) if left.mask is not None or right.mask is not None else None,
        scored=None if is_table(table) else scored_by((left, right)),
    )
