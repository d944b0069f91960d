"""Follows a call into a function or class of the submission."""

from __future__ import annotations

import ast

from grader.evidence.assignments import bind
from grader.evidence.attributes import own_method
from grader.evidence.expressions import evaluate
from grader.evidence.joining import join
from grader.evidence.networks import network_class
from grader.evidence.rows import Rows
from grader.evidence.state import Scope, State
from grader.evidence.statements import execute
from grader.evidence.values import UNKNOWN, Function, Instance, Model, Value, sequence_of

_MAX_DEPTH = 6
_ASKED_FOR = ("fastapi.", "typer.")  # such a default says where the value comes from: `Depends(get_model)`


def follow(state: State, function: Function, arguments: list[Value], keywords: dict[str, Value]) -> Value:
    """Walk a function's body with these arguments and return what it returns; too deep a chain is unknown."""
    node = function.node
    if isinstance(node, ast.ClassDef):
        return _instantiate(state, function, arguments, keywords)
    if state.depth >= _MAX_DEPTH or node in state.active:
        return Value(rows=state.fresh())
    state.shared.called.add(node)
    method = function if function.bound is not None else None
    scope = Scope(parent=function.scope, method=method, caller=state.scope)
    _bind_parameters(node, function, arguments, keywords, scope, state)
    outer, state.unit, state.scope = state.unit, function.unit, scope
    state.depth += 1
    state.active.add(node)
    if isinstance(node, ast.Lambda):
        scope.returned.append(evaluate(node.body, scope, state))
    else:
        execute(node.body, scope, state)
    state.active.discard(node)
    state.depth -= 1
    state.unit, state.scope = outer, scope.caller
    return _returned(scope.returned)


def _returned(values: list[Value]) -> Value:
    if not values:
        return UNKNOWN
    result = values[-1]
    for value in values[:-1]:
        result = join(result, value)
    return result


def _bind_parameters(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
    function: Function,
    arguments: list[Value],
    keywords: dict[str, Value],
    scope: Scope,
    state: State,
) -> None:
    given = [function.bound, *arguments] if function.bound is not None else list(arguments)
    parameters = [*node.args.posonlyargs, *node.args.args]
    scope.parameters = frozenset(parameter.arg for parameter in (*parameters, *node.args.kwonlyargs))
    defaults = dict(
        zip([p.arg for p in parameters[len(parameters) - len(node.args.defaults) :]], node.args.defaults, strict=True)
    )
    defaults |= {p.arg: d for p, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None}
    for position, parameter in enumerate([*parameters, *node.args.kwonlyargs]):
        name = parameter.arg
        if position < len(given) and position < len(parameters):
            value = given[position]
        elif name in keywords:
            value = keywords[name]
        else:
            value = evaluate(defaults[name], scope, state) if name in defaults else UNKNOWN
            if name not in defaults or value.type.startswith(_ASKED_FOR):
                value = Value(rows=frozenset({Rows(("parameter", id(node), name))}))
        bind(ast.Name(id=name), value, scope, state)
    if node.args.vararg is not None:
        scope.names[node.args.vararg.arg] = sequence_of(given[len(parameters) :])
    if node.args.kwarg is not None:
        taken = {parameter.arg for parameter in (*parameters, *node.args.kwonlyargs)}
        others = {name: value for name, value in keywords.items() if name not in taken}
        scope.names[node.args.kwarg.arg] = sequence_of(others.values(), keys=tuple(others))


def _instantiate(state: State, function: Function, arguments: list[Value], keywords: dict[str, Value]) -> Value:
    made = Value(instance=Instance(owner=function))
    bases = function.node.bases if isinstance(function.node, ast.ClassDef) else []
    if kind := network_class([evaluate(base, function.scope, state) for base in bases]):
        made = made.evolve(type=kind, model=Model(kind))
    method = own_method(function, "__init__")
    if method is None and made.instance is not None and isinstance(function.node, ast.ClassDef):
        made.instance.attributes |= _fields(function.node, arguments, keywords)
        method, arguments, keywords = own_method(function, "__post_init__"), [], {}
    if method is not None:
        method.bound, method.home = made, method.home or function
        follow(state, method, arguments, keywords)
    return made


def _fields(node: ast.ClassDef, arguments: list[Value], keywords: dict[str, Value]) -> dict[str, Value]:
    """Return what a dataclass or named tuple is given for the fields that it declares."""
    names = [
        item.target.id for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]
    given = dict(zip(names, arguments, strict=False)) | keywords
    return {name: value for name, value in given.items() if name in names}
