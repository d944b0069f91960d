"""Walks statements in order: assignments, branches, loops, definitions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from grader.evidence.answering import answer_in_branch, counts, note_counted
from grader.evidence.assignments import bind, delete, mutate
from grader.evidence.catalog import role_of
from grader.evidence.choosing import note_best, note_choice
from grader.evidence.conditions import outcome
from grader.evidence.expressions import evaluate
from grader.evidence.imports import import_module, import_names
from grader.evidence.iterating import has_model, places_in_a_list
from grader.evidence.joining import join
from grader.evidence.settling import note_counted_as, note_counter
from grader.evidence.significance import pick_in_branch, told_by
from grader.evidence.splits import own_folds
from grader.evidence.state import Scope, State
from grader.evidence.values import NUMBER, UNKNOWN, Function, Loop, Value, sequence_of
from grader.evidence.windows import counted_on, counter_of

_MAX_UNROLLED = 8
_MAX_NAMES = 40
_STRETCHES = {"DateOffset", "Timedelta", "timedelta", "timedelta64", "relativedelta", "MonthBegin", "MonthEnd", "Day"}


def execute(body: Iterable[ast.stmt], scope: Scope, state: State) -> bool:
    """Walk statements in order, changing `scope` and logging to `state`; tell whether what follows is not reached."""
    for node in body:
        state.step()
        if isinstance(node, ast.If):
            ended = _branch(node, scope, state)
        else:
            _HANDLERS.get(type(node), _expressions)(node, scope, state)
            ended = isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break)
        if ended:
            return True
    return False


def _expressions(node: ast.stmt, scope: Scope, state: State) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            evaluate(child, scope, state)


def _assign(node: ast.Assign, scope: Scope, state: State) -> None:
    value = evaluate(node.value, scope, state)
    note_best(node, scope, state)
    if state.counters:
        state.counters = counted_on(node, scope, state)
    for target in node.targets:
        bind(target, value, scope, state)
        note_counted_as(target, node.value, scope, state)


def _assign_annotated(node: ast.AnnAssign, scope: Scope, state: State) -> None:
    if node.value is not None:
        bind(node.target, evaluate(node.value, scope, state), scope, state)


def _expression(node: ast.Expr, scope: Scope, state: State) -> None:
    mutate(node.value, evaluate(node.value, scope, state), scope, state)


def _return(node: ast.Return, scope: Scope, state: State) -> None:
    scope.returned.append(evaluate(node.value, scope, state))


def _while(node: ast.While, scope: Scope, state: State) -> None:
    evaluate(node.test, scope, state)
    stepped = {name: value for name in _stepped(node, scope) if (value := scope.find(name)) is not None}
    started = len(state.loops)
    state.enter_loop(node.test, UNKNOWN)
    for name, value in stepped.items():
        scope.names[name] = Value(loops=value.loops | {state.loops[-1]})
    execute(node.body, scope, state)
    del state.loops[started:]
    execute(node.orelse, scope, state)


def _stepped(node: ast.While, scope: Scope) -> Iterator[str]:
    """Yield the numbers and days that each turn of a loop makes of their last value: `k += 1`, `rate = rate * 0.9`."""
    for statement in ast.walk(node):
        match statement:
            case ast.AugAssign(target=ast.Name(id=name), value=value) if _is_step(value, scope):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=old), right=value)):
                if name == old and _is_step(value, scope):
                    yield name


def _is_step(node: ast.expr, scope: Scope) -> bool:
    """Tell whether something is surely a number, or a stretch of time."""
    match node:
        case ast.Name(id=name):
            value = scope.find(name) or UNKNOWN
            return isinstance(value.constant, int | float) or value.type == NUMBER
        case ast.Constant(value=int() | float()):
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _STRETCHES
    return False


def _with(node: ast.With | ast.AsyncWith, scope: Scope, state: State) -> None:
    for item in node.items:
        value = evaluate(item.context_expr, scope, state)
        if item.optional_vars is not None:
            bind(item.optional_vars, value, scope, state)
    execute(node.body, scope, state)


def _try(node: ast.Try | ast.TryStar, scope: Scope, state: State) -> None:
    handlers = [] if any(isinstance(last, ast.Return) for last in node.body[-1:]) else node.handlers
    for part in (node.body, *(handler.body for handler in handlers), node.orelse, node.finalbody):
        execute(part, scope, state)


def _match(node: ast.Match, scope: Scope, state: State) -> None:
    evaluate(node.subject, scope, state)
    for case in node.cases:
        execute(case.body, scope, state)


def _delete(node: ast.Delete, scope: Scope, state: State) -> None:
    for target in node.targets:
        delete(target, scope, state)


def _augmented(node: ast.AugAssign, scope: Scope, state: State) -> None:
    operation = ast.BinOp(left=node.target, op=node.op, right=node.value)
    bind(node.target, evaluate(ast.copy_location(operation, node), scope, state), scope, state)


def _define(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope, state: State) -> None:
    for decorator in node.decorator_list:
        evaluate(decorator, scope, state)
    function = Function(node, state.unit, scope)
    scope.names[node.name] = Value(function=function)
    state.shared.defined[node] = function


def _branch(node: ast.If, scope: Scope, state: State) -> bool:
    """Walk the way that is taken, or both; tell whether nothing after the branch is reached."""
    tested = evaluate(node.test, scope, state)
    holds = outcome(node.test, scope, state)
    if holds is not False:
        note_choice(node, scope, state)
    if holds is not None:
        return execute(node.body if holds else node.orelse, scope, state)
    if counts(node.body):
        note_counted(node.test, tested, state)
    before = dict(scope.names)
    one = execute(node.body, scope, state)
    after_body, scope.names = scope.names, before
    other = execute(node.orelse, scope, state)
    _merge(scope, after_body, state)
    pick_in_branch(node, told_by([tested]), scope)
    answer_in_branch(node, tested, scope)
    return one and other


def _merge(scope: Scope, other: dict[str, Value], state: State) -> None:
    for name, value in other.items():
        mine = scope.names.get(name)
        scope.names[name] = value if mine is None or mine is value else _either(value, mine, state)


def _either(one: Value, other: Value, state: State) -> Value:
    """Return what holds whichever way was taken: which of two sets of rows is not known, but it is one of them
    wherever the name is read.
    """
    made = join(one, other)
    return made.evolve(rows=state.fresh()) if one.rows and other.rows and not (made.rows or made.items) else made


def _loop(node: ast.For | ast.AsyncFor, scope: Scope, state: State) -> None:
    source = evaluate(node.iter, scope, state)
    if source.model is not None and role_of(source.model.type) == "splitter":
        source = own_folds(source.model, node.iter, state)
    elif places := places_in_a_list(node, scope):
        source = sequence_of(Value(constant=place) for place in range(places))
    counters = state.counters
    state.counters = {**state.counters, **counter_of(node.target, node.iter, scope)}
    _in_loop(node.iter, source, node.body, scope, state, node.target)
    state.counters = counters
    execute(node.orelse, scope, state)


def _in_loop(
    where: ast.expr, source: Value, body: list[ast.stmt], scope: Scope, state: State, target: ast.expr
) -> None:
    """Walk a loop's body once for each item that is known, else once with an unknown item."""
    started = len(state.loops)
    element = state.enter_loop(where, source)
    loop = state.loops[-1]
    outer = scope.walked
    if source.items and source.each is None:
        scope.walked |= frozenset(node.id for node in ast.walk(target) if isinstance(node, ast.Name))
    for item in _elements(source, element, loop):
        bind(target, item, scope, state)
        note_counter(target, where, scope, state)
        execute(body, scope, state)
    scope.walked = outer
    del state.loops[started:]


def _elements(source: Value, element: Value, loop: Loop) -> Iterator[Value]:
    items = source.items
    if not items or source.each is not None:
        yield element
        return
    items = items[: _MAX_NAMES if all(item.constant is not None for item in items) else _MAX_UNROLLED]
    tuned = frozenset() if any(has_model(item) or item.rows for item in items) else frozenset({loop})
    keys = source.keys or ()
    for position, item in enumerate(items):
        shown = Value(constant=keys[position]) if keys else item
        yield shown if not tuned else shown.evolve(loops=shown.loops | tuned)


def _global(node: ast.Global, scope: Scope, _: State) -> None:
    scope.outside |= frozenset(node.names)


_HANDLERS: dict[type[ast.stmt], Callable[[Any, Scope, State], None]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _assign_annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.Return: _return,
    ast.Import: import_module,
    ast.ImportFrom: import_names,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _define,
    ast.For: _loop,
    ast.AsyncFor: _loop,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.Delete: _delete,
    ast.Global: _global,
}
