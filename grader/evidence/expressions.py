"""Evaluates expressions to abstract values, and resolves every call on the way."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import chain
from typing import Any

from grader.evidence.attributes import attribute
from grader.evidence.callsite import CallSite, resolve
from grader.evidence.catalog import canonical, star_lends
from grader.evidence.column_names import names_not_asked, names_reckoned, names_unequal
from grader.evidence.comparing import compared
from grader.evidence.comprehensions import comprehended
from grader.evidence.conditions import outcome
from grader.evidence.estimators import CURVE, predicted, stateful, transformed_as_fitted
from grader.evidence.joining import join
from grader.evidence.learning import arithmetic
from grader.evidence.library import call_library
from grader.evidence.methods import method_of
from grader.evidence.model_methods import METHODS_HANDED_ON
from grader.evidence.networks import called, is_network, may_be_network
from grader.evidence.rows import Rows
from grader.evidence.scoring import scored_by_name
from grader.evidence.settling import settled_slices
from grader.evidence.significance import told_by
from grader.evidence.state import Scope, State, is_builtin
from grader.evidence.subscripts import subscript
from grader.evidence.tables import ARRAY, FRAME, inverted
from grader.evidence.turns import names_of, note_cut
from grader.evidence.values import NONE, UNKNOWN, Function, Value, marked, sequence_of, taints_of
from grader.evidence.windows import windowed

# What everyone calls these, where the name can only have come with a star.
_USUAL = {"pd": "pandas", "np": "numpy", "plt": "matplotlib.pyplot", "sns": "seaborn"}


def evaluate(node: ast.expr | None, scope: Scope, state: State) -> Value:
    """Return what is known of the expression's value; unknown syntax is an unknown value."""
    if node is None:
        return UNKNOWN
    state.step()
    handler = _HANDLERS.get(type(node))
    if handler is not None:
        return handler(node, scope, state)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            evaluate(child, scope, state)
    return UNKNOWN


def _constant(node: ast.Constant, _scope: Scope, _state: State) -> Value:
    value = node.value
    if value is None:
        return NONE
    return Value(constant=value) if isinstance(value, str | int | float | bool) else UNKNOWN


def _name(node: ast.Name, scope: Scope, state: State) -> Value:
    value = scope.find(node.id)
    if value is not None:
        return value
    if is_builtin(node.id):
        return Value(dotted=node.id)
    for module in scope.module.stars:
        if star_lends(module, node.id):
            return Value(dotted=canonical(f"{module}.{node.id}"))
    if scope.module.stars and node.id in _USUAL:
        return Value(dotted=_USUAL[node.id])
    made = Value(rows=frozenset({Rows(("name", node.id))}), type=FRAME if node.id in state.frames else "")
    scope.module.names[node.id] = made
    return made


def _attribute(node: ast.Attribute, scope: Scope, state: State) -> Value:
    base = evaluate(node.value, scope, state)
    if base.model is not None and node.attr in METHODS_HANDED_ON:
        return Value(function=Function(_as_lambda(node), state.unit, scope))
    return attribute(base, node.attr)


def _as_lambda(node: ast.Attribute) -> ast.Lambda:
    """Return a method that is handed on, `table.apply(encoder.fit_transform)`, as the function that calls it."""
    name = "its argument"  # which no name of the code is
    call = ast.Call(node, [ast.Name(name, ast.Load())], [])
    taken = ast.arguments(posonlyargs=[], args=[ast.arg(name)], kwonlyargs=[], kw_defaults=[], defaults=[])
    made = ast.Lambda(taken, call)
    for part in (made, call, call.args[0], taken.args[0]):
        ast.copy_location(part, node)
    return made


def _call(node: ast.Call, scope: Scope, state: State) -> Value:
    node, receiver = _spelled_out(node, scope, state), UNKNOWN
    if isinstance(node.func, ast.Attribute):
        receiver = evaluate(node.func.value, scope, state)
        state.step()
        callee = attribute(receiver, node.func.attr) if receiver.dotted or receiver.instance else UNKNOWN
    else:
        callee = evaluate(node.func, scope, state)
    arguments = [value for argument in node.args for value in _argument(argument, scope, state)]
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        value = evaluate(keyword.value, scope, state)
        whole = keyword.arg is None and value.keys is not None and value.items is not None and "" not in value.keys
        keywords |= (
            dict(zip(value.keys or (), value.items or (), strict=True)) if whole else {keyword.arg or "**": value}
        )
    resolved = resolve(node, receiver, callee)
    previous = state.shared.resolved.get(node)
    if previous is None or previous.name.startswith("."):
        state.shared.resolved[node] = resolved
    site = CallSite(node, resolved.name, arguments, keywords, scope, state, receiver)
    state.sites.append((state.unit, node))
    try:
        return _called(site, callee)
    finally:
        state.sites.pop()


def _spelled_out(node: ast.Call, scope: Scope, state: State) -> ast.Call:
    """Return `getattr(owner, "name")(...)` as `owner.name(...)`, the same one each time; any other call as it is."""
    match node.func:
        case ast.Call(func=ast.Name(id="getattr"), args=[owner, named]):
            name = evaluate(named, scope, state).constant
        case _:
            return node
    if not isinstance(name, str):
        return node
    made = ast.Call(ast.copy_location(ast.Attribute(owner, name, ast.Load()), node), node.args, node.keywords)
    return state.shared.spelled.setdefault((node, name), ast.copy_location(made, node))


def _called(site: CallSite, callee: Value) -> Value:
    """Return what a call gives, its arguments being known."""
    if callee.function is not None:
        return _followed(site, callee.function)
    if callee.model is not None and is_network(callee.model):
        return called(site, callee.model)
    if callee.type == CURVE and callee.model is not None:
        return predicted(site, callee.model)
    if callee.model is not None and callee.model.type.startswith("keras.") and stateful(callee.model):
        return transformed_as_fitted(site, callee.model)
    if callee.instance is not None or (isinstance(site.node.func, ast.Attribute) and not callee.dotted):
        return method_of(site)
    if callee.dotted:
        return call_library(site)
    if site.arguments and site.arguments[0].rows and may_be_network(site, callee):
        site.state.record("ask", site.node, "", rows=site.arguments[0].rows)
    return scored_by_name(site) or site.fresh()


def _followed(site: CallSite, function: Function) -> Value:
    """Return what a function of the submission gives; one that is named a score, and compares by hand, is one."""
    before = len(site.state.events)
    made = site.state.hooks.follow(site.state, function, site.arguments, site.keywords)
    compared = any(event.kind == "evaluate" for event in site.state.events[before:])
    return made if compared else scored_by_name(site) or made


def _argument(node: ast.expr, scope: Scope, state: State) -> tuple[Value, ...]:
    value = evaluate(node, scope, state)
    return value.items if isinstance(node, ast.Starred) and value.items is not None else (value,)


def call_value(site: CallSite, called: Value, arguments: list[Value]) -> Value:
    """Return what `called`, a function that was passed to the call at `site`, gives for these arguments."""
    if called.function is not None:
        return site.state.hooks.follow(site.state, called.function, arguments, {})
    if called.dotted:
        return call_library(CallSite(site.node, called.dotted, arguments, {}, site.scope, site.state))
    return UNKNOWN


def _subscript(node: ast.Subscript, scope: Scope, state: State) -> Value:
    base = evaluate(node.value, scope, state)
    index = evaluate(node.slice, scope, state)
    accessor = node.value.attr if isinstance(node.value, ast.Attribute) else ""
    if base.dotted in ("numpy.c_", "numpy.r_"):
        items = index.items if index.items is not None and not index.rows else (index,)
        rows = next((item.rows for item in items if item.rows), frozenset())
        return Value(type=ARRAY, rows=rows, taints=taints_of(items))
    key = settled_slices(node.slice, scope, state) if base.rows else node.slice
    picked = windowed(node, subscript(base, index, key, accessor), scope, state)
    note_cut(node, base, picked, chain((index,), names_of(node.slice, scope)), state)
    if picked.prediction is not None:
        return picked  # of what was said once, that of some rows or of one class
    return picked.evolve(loops=picked.loops | index.loops) if index.loops - picked.loops else picked


def _operation(node: ast.BinOp, scope: Scope, state: State) -> Value:
    left, right = evaluate(node.left, scope, state), evaluate(node.right, scope, state)
    if left.items is not None and right.items is not None and not left.rows and isinstance(node.op, ast.Add):
        return sequence_of(left.items + right.items)
    if (names := names_reckoned(node.op, left, right)) is not None:
        return names
    if isinstance(left.constant, str) and isinstance(right.constant, str) and isinstance(node.op, ast.Add):
        return Value(constant=left.constant + right.constant, loops=left.loops | right.loops)
    if left.items is not None and not left.rows and isinstance(node.op, ast.Mult) and isinstance(right.constant, int):
        return sequence_of(left.items * min(right.constant, 2))
    return arithmetic(node, left, right, state)


def _compare(node: ast.Compare, scope: Scope, state: State) -> Value:
    values = [evaluate(part, scope, state) for part in (node.left, *node.comparators)]
    return names_unequal(node, values) or compared(node, values, state)


def _unary(node: ast.UnaryOp, scope: Scope, state: State) -> Value:
    value = evaluate(node.operand, scope, state)
    if isinstance(node.op, ast.USub) and isinstance(value.constant, int | float):
        return Value(constant=-value.constant)
    return names_not_asked(value) or inverted(value)


def _sequence(node: ast.List | ast.Tuple | ast.Set, scope: Scope, state: State) -> Value:
    return sequence_of([value for item in node.elts for value in _argument(item, scope, state)])


def _dict(node: ast.Dict, scope: Scope, state: State) -> Value:
    keys = [evaluate(key, scope, state).constant for key in node.keys]
    values = tuple(evaluate(value, scope, state) for value in node.values)
    return sequence_of(values, keys=tuple(str(key) for key in keys))


def _conditional(node: ast.IfExp, scope: Scope, state: State) -> Value:
    tested = evaluate(node.test, scope, state)
    holds = outcome(node.test, scope, state)
    if holds is not None:
        return evaluate(node.body if holds else node.orelse, scope, state)
    if tested.prediction is not None and isinstance(node.body, ast.Constant) and isinstance(node.orelse, ast.Constant):
        return tested  # `1 if p > 0.5 else 0`
    either = join(evaluate(node.body, scope, state), evaluate(node.orelse, scope, state))
    return either.evolve(taints=marked(either, *tested.taints)) if tested.taints else either


def _choice(node: ast.BoolOp, scope: Scope, state: State) -> Value:
    values = [evaluate(value, scope, state) for value in node.values]
    result = values[0]
    for value in values[1:]:
        result = join(result, value)
    marks = frozenset() if result.rows else told_by(values)
    if isinstance(node.op, ast.And):
        said = (value.prediction for value in values if value.prediction and value.prediction.compared)
        result = result.evolve(prediction=next(said, result.prediction))
    return result.evolve(taints=marked(result, *marks)) if marks else result


def _lambda(node: ast.Lambda, scope: Scope, state: State) -> Value:
    return Value(function=Function(node, state.unit, scope))


def _joined(node: ast.JoinedStr, scope: Scope, state: State) -> Value:
    """Return an f-string, a constant where all its parts are."""
    parts = [
        evaluate(part.value if isinstance(part, ast.FormattedValue) else part, scope, state) for part in node.values
    ]
    loops = frozenset(loop for part in parts for loop in part.loops)
    if any(part.constant is None for part in parts):
        return Value(loops=loops)
    return Value(constant="".join(str(part.constant) for part in parts), loops=loops)


def _named(node: ast.NamedExpr, scope: Scope, state: State) -> Value:
    value = evaluate(node.value, scope, state)
    state.hooks.bind(node.target, value, scope, state)
    return value


def _inner(node: Any, scope: Scope, state: State) -> Value:
    return evaluate(node.value, scope, state)


_HANDLERS: dict[type[ast.AST], Callable[[Any, Scope, State], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.BinOp: _operation,
    ast.Compare: _compare,
    ast.UnaryOp: _unary,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.IfExp: _conditional,
    ast.BoolOp: _choice,
    ast.ListComp: comprehended,
    ast.SetComp: comprehended,
    ast.GeneratorExp: comprehended,
    ast.DictComp: comprehended,
    ast.Lambda: _lambda,
    ast.NamedExpr: _named,
    ast.JoinedStr: _joined,
    ast.Await: _inner,
    ast.Starred: _inner,
}
