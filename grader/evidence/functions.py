"""Measures function definitions: length, complexity, documentation, annotations, tests and what they assert."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from grader.evidence.parsing import Unit
from grader.evidence.spans import span_of_lines
from grader.model import FunctionFact

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.match_case)
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def read_functions(units: Iterable[Unit]) -> Iterator[FunctionFact]:
    """Yield a fact for each function and method, named "Class.method" or "outer.inner", in source order."""
    for unit in units:
        yield from _definitions(unit, unit.tree, "", _is_test_file(unit.source.path))


def is_test_file(path: str) -> bool:
    """Tell whether pytest's usual conventions would call this a test file."""
    return _is_test_file(path)


def _is_test_file(path: str) -> bool:
    stem, folders = PurePosixPath(path).stem, PurePosixPath(path).parts[:-1]
    named = stem.startswith("test_") or stem.endswith("_test")
    return path.endswith(".py") and (named or bool({"tests", "test"} & set(folders)))


def _definitions(unit: Unit, parent: ast.AST, prefix: str, in_tests: bool) -> Iterator[FunctionFact]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, Definition):
            yield _fact(unit, node, prefix + node.name, in_tests)
        name = f"{prefix}{node.name}." if isinstance(node, Definition | ast.ClassDef) else prefix
        if not isinstance(node, ast.expr):
            yield from _definitions(unit, node, name, in_tests)


def _fact(unit: Unit, node: Definition, name: str, in_tests: bool) -> FunctionFact:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    last = node.end_lineno or node.lineno
    return FunctionFact(
        name=name,
        span=span_of_lines(unit, first, last),
        lines=last - node.lineno + 1,
        complexity=complexity_of(node),
        documented=bool((ast.get_docstring(node) or "").strip()),
        annotated=_annotated(node),
        is_test=in_tests and node.name.startswith("test"),
        asserts=sum(_is_assert(inner) for inner in own_nodes(node)),
    )


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below `node` that are not inside a nested function or class."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _NESTED):
            yield from own_nodes(child)


def complexity_of(node: Definition) -> int:
    """Return the cyclomatic complexity (McCabe, 1976): decisions plus one, each operand of and/or a decision."""
    total = 1
    for inner in own_nodes(node):
        if isinstance(inner, _BRANCHES):
            total += 1
        elif isinstance(inner, ast.BoolOp):
            total += len(inner.values) - 1
        elif isinstance(inner, ast.comprehension):
            total += 1 + len(inner.ifs)
    return total


def _annotated(node: Definition) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    named = [argument for argument in arguments if argument.arg not in ("self", "cls")]
    complete = all(argument.annotation for argument in named)
    return complete and (node.returns is not None or (node.name == "__init__" and bool(named)))


def _is_assert(node: ast.AST) -> bool:
    """Tell whether a node can fail a test; `assert True` cannot."""
    if isinstance(node, ast.Assert):
        return not _is_constant(node.test)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and _asserting(node.func.id)
    if not _asserting(node.func.attr) and ast.unparse(node.func) not in ("pytest.raises", "pytest.warns"):
        return False
    return not node.args or not all(_is_constant(argument) for argument in node.args)


def _asserting(name: str) -> bool:
    return name.startswith("assert") and name != "assertion"


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List):
        return all(_is_constant(item) for item in node.elts) or bool(node.elts)  # assert (x, "message") always holds
    if isinstance(node, ast.Compare):
        return all(isinstance(part, ast.Constant) for part in (node.left, *node.comparators))
    if isinstance(node, ast.UnaryOp):
        return _is_constant(node.operand)
    return isinstance(node, ast.Constant)
