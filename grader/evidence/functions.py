"""Measures function definitions: length, complexity, documentation, annotations, tests and what they assert."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.evidence.assertions import TestFile, fixtures_of, is_assert, is_test_file
from grader.evidence.parsing import Definition, Unit
from grader.evidence.spans import span_of_lines
from grader.model import FunctionFact

_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.match_case)
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def read_functions(units: Iterable[Unit]) -> Iterator[FunctionFact]:
    """Yield a fact for each function and method, named "Class.method" or "outer.inner", in source order."""
    units = list(units)
    in_tests = [unit for unit in units if is_test_file(unit.source.path)]
    fixtures = fixtures_of(in_tests)
    for unit in units:
        yield from _definitions(unit, unit.tree, "", TestFile(unit, fixtures) if unit in in_tests else None)


def _definitions(unit: Unit, parent: ast.AST, prefix: str, tests: TestFile | None) -> Iterator[FunctionFact]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, Definition):
            yield _fact(unit, node, prefix + node.name, tests)
        name = f"{prefix}{node.name}." if isinstance(node, Definition | ast.ClassDef) else prefix
        if not isinstance(node, ast.expr):  # what stands in a function is no test, whatever its name
            yield from _definitions(unit, node, name, None if isinstance(node, Definition) else tests)


def _fact(unit: Unit, node: Definition, name: str, tests: TestFile | None) -> FunctionFact:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    last = node.end_lineno or node.lineno
    is_test = tests is not None and node.name.startswith("test")
    return FunctionFact(
        name=name,
        span=span_of_lines(unit, first, last),
        lines=last - node.lineno + 1,
        docstring_lines=_docstring_lines(node),
        complexity=complexity_of(node),
        documented=bool((ast.get_docstring(node) or "").strip()),
        annotated=_annotated(node),
        is_test=is_test,
        asserts=sum(is_assert(inner) for inner in own_nodes(node)),
        checked=tests.checked(node) if tests and is_test else (),
    )


def _docstring_lines(node: Definition) -> int:
    """Return how many lines the docstring takes."""
    match node.body:
        case [ast.Expr(value=ast.Constant(value=str())) as text, *_]:
            return (text.end_lineno or text.lineno) - text.lineno + 1
    return 0


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below `node` that are not inside a nested function or class, in no order."""
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        child = waiting.pop()
        yield child
        if not isinstance(child, _NESTED):
            waiting += ast.iter_child_nodes(child)


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
