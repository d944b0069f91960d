"""What of a test can make it fail: not what stands where a failure is caught, is never come to, or cannot be false."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.evidence.names import last_name

_CATCHING = frozenset(("AssertionError", "Exception", "BaseException"))
_EXPECTING = frozenset(("suppress", "raises", "assertRaises"))
_PURE = frozenset(("len", "str", "repr", "type", "int", "float", "abs", "list", "tuple", "set"))
_OF_DEFINITIONS = frozenset(("__name__", "__doc__", "__module__"))


def taking_effect(test: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a test whose failing would be the test's own."""
    called = {last_name(node.func) for node in ast.walk(test) if isinstance(node, ast.Call)}
    waiting = [test]
    while waiting:
        node = waiting.pop()
        yield node
        for _, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                waiting += [part for part in _up_to_a_return(value) if isinstance(part, ast.AST)]
        waiting = [part for part in waiting if not _is_lost(part, called)]


def always_holds(node: ast.expr) -> bool:
    """Tell whether a condition is true whatever the work does: `x == x`, `... or True`, `len(x) >= 0`."""
    if isinstance(node, ast.BoolOp):
        holds = any if isinstance(node.op, ast.Or) else all
        return holds(always_holds(value) for value in node.values)
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.Lambda):
        return True
    if isinstance(node, ast.Call):
        return last_name(node.func) == "callable"
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _is_no_question(node.left, node.ops[0], node.comparators[0])
    return False


def _is_no_question(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> bool:
    if isinstance(left, ast.Attribute) and left.attr in _OF_DEFINITIONS:
        return True
    called = {last_name(part.func) for part in ast.walk(left) if isinstance(part, ast.Call)}
    if isinstance(operator, ast.Eq | ast.Is | ast.GtE | ast.LtE) and ast.dump(left) == ast.dump(right):
        return called <= _PURE  # two calls of the work may well differ
    counts = isinstance(left, ast.Call) and last_name(left.func) == "len"
    if counts and isinstance(operator, ast.GtE | ast.Gt):
        return ast.unparse(right) in (("0", "-1") if isinstance(operator, ast.GtE) else ("-1",))
    either = isinstance(right, ast.Tuple | ast.List | ast.Set) and {ast.unparse(item) for item in right.elts}
    return isinstance(operator, ast.In) and bool(either) and {"True", "False"} <= (either or set())


def _up_to_a_return(body: Sequence[object]) -> Sequence[object]:
    end = next((place for place, node in enumerate(body, 1) if isinstance(node, ast.Return)), len(body))
    return body[:end]


def _is_lost(node: ast.AST, called: set[str]) -> bool:
    """Tell whether nothing in the node can fail the test."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name not in called and not node.decorator_list
    if isinstance(node, ast.Try | ast.TryStar):
        return any(_catches(handler) for handler in node.handlers) and not any(map(_raises, node.handlers))
    if isinstance(node, ast.With | ast.AsyncWith):
        calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
        return any(last_name(call.func) in _EXPECTING and _names_a_failure(call) for call in calls)
    return False


def _names_a_failure(call: ast.Call) -> bool:
    """Tell whether what a `with` expects is that an assertion fails."""
    names = {last_name(argument) for argument in call.args}
    return "AssertionError" in names or (last_name(call.func) == "suppress" and bool(names & _CATCHING))


def _catches(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or last_name(kind) in _CATCHING for kind in caught)


def _raises(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler fails the test after all."""
    inner = [node for part in handler.body for node in ast.walk(part)]
    fails = [node for node in inner if isinstance(node, ast.Call) and last_name(node.func) in ("fail", "exit")]
    return bool(fails) or any(isinstance(node, ast.Raise | ast.Assert) for node in inner)
