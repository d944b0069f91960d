"""Which variables an expression begins with, binds or puts things into: the nodes "=x" of what they hold."""

from __future__ import annotations

import ast

from grader.evidence.functions import own_nodes
from grader.evidence.names import given_to, last_name
from grader.evidence.parsing import Definition

KEEPING = frozenset(("append", "add", "extend", "insert", "update", "setdefault"))
# To give one of these an object runs nothing of it.
LOOKING = frozenset(
    ("print", "id", "repr", "str", "type", "len", "callable", "hash", "help", "dir", "isinstance", "issubclass", "bool",
     "format", "hasattr", "display", "debug", "info", "warning", "error", "exception", "critical", "getsource",
     "signature", "getdoc", "wraps", "update_wrapper")
)  # fmt: skip
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Sinks = tuple[str, ...]


def root_of(node: ast.expr) -> str:
    """Return the variable that an expression begins with, the attribute's name of one of `self`."""
    while True:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            return node.attr
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return node.id if isinstance(node, ast.Name) else ""


def held_by(target: ast.expr) -> Sinks:
    """Return the nodes of the variables that a value is bound to."""
    if isinstance(target, ast.Tuple | ast.List):
        return tuple(sink for item in target.elts for sink in held_by(item))
    if isinstance(target, ast.Attribute):
        return (f"={target.attr}",)
    return (f"={root_of(target)}",)


def keepers(node: Definition) -> list[str]:
    """Return the variables that a function puts things into: those of a register."""
    found = [
        inner.value if isinstance(inner, ast.Subscript) else inner
        for inner in ast.walk(node)
        if isinstance(inner, ast.Subscript | ast.Attribute) and isinstance(inner.ctx, ast.Store)
    ]
    found += [
        inner.func.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in KEEPING
    ]
    return [sink for target in found for sink in held_by(target)]


def locals_of(node: Definition) -> frozenset[str]:
    """Return the names that stand for a function's own variables: no function of the same name is meant by them."""
    given = node.args
    names = {
        each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg) if each
    }
    inner = list(own_nodes(node))
    names |= {each.id for each in inner if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    outside = {name for each in inner if isinstance(each, ast.Global | ast.Nonlocal) for name in each.names}
    return frozenset(names - outside - {each.name for each in inner if isinstance(each, _SCOPES)})


def hands_on(node: Definition, *, made: bool) -> bool:
    """Tell whether a decorator calls the function that it is given, or gives it to something that may: as it decorates,
    not in what it puts in its place. One that is `made` by a call takes the function one level further in.
    """
    if made:
        inner = (each for each in own_nodes(node) if isinstance(each, ast.FunctionDef))
        return any(hands_on(each, made=False) for each in inner)
    given = {each.arg for each in node.args.args} - {"self", "cls"}
    calls = [each for each in own_nodes(node) if isinstance(each, ast.Call)]
    passed = [
        part for call in calls if last_name(call.func) not in LOOKING | KEEPING for part in (call.func, *given_to(call))
    ]
    return any(isinstance(part, ast.Name) and part.id in given for part in passed)
