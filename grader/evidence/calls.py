"""Lists every call of the code in order of evaluation, as records that criteria can look at."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.evidence.catalog import kind_of
from grader.evidence.flow import Flow
from grader.evidence.names import aliases_of, given_to
from grader.evidence.parsing import Unit
from grader.evidence.spans import span_of
from grader.model import Call

MAX_CALLS = 6000
_MAX_TEXT = 200
_MAX_NAMES = 30
_STATEMENTS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def read_calls(programs: Mapping[str, Sequence[Unit]], flow: Flow, idle: Collection[ast.Call] = ()) -> tuple[Call, ...]:
    """Return the calls of all programs, at most 6,000, numbered in order of path, cell and evaluation; `idle` are those
    that do nothing for the work.
    """
    found: list[Call] = []
    for units in programs.values():
        aliases = aliases_of(units)
        for unit in units:
            for call in _Reader(unit, aliases, flow, idle).read():
                if len(found) >= MAX_CALLS:
                    return tuple(found)
                found.append(call.model_copy(update={"order": len(found)}))
    return tuple(found)


class _Reader:
    """Goes through one unit, inner calls before outer ones, with the function it is in and the names assigned."""

    def __init__(self, unit: Unit, aliases: dict[str, str], flow: Flow, idle: Collection[ast.Call]) -> None:
        self.unit, self.aliases, self.flow, self.idle = unit, aliases, flow, idle

    def read(self) -> Iterator[Call]:
        for statement in self.unit.tree.body:
            try:
                yield from self._below(statement, "")
            except RecursionError:
                continue  # the rest is still read

    def _below(self, node: ast.AST, function: str, assigned: tuple[str, ...] = ()) -> Iterator[Call]:
        if isinstance(node, _STATEMENTS):
            for decorator in node.decorator_list:
                yield from self._below(decorator, function)
            inner = f"{function}.{node.name}" if function else node.name
            for child in (item for item in ast.iter_child_nodes(node) if item not in node.decorator_list):
                yield from self._below(child, inner)
        elif isinstance(node, ast.Call):
            yield from self._call(node, function, assigned)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr | ast.withitem):
            yield from self._assignment(node, function)
        else:
            passed = assigned if isinstance(node, ast.Attribute | ast.Subscript | ast.Await) else ()
            for child in ast.iter_child_nodes(node):
                yield from self._below(child, function, passed)

    def _assignment(
        self, node: ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr | ast.withitem, function: str
    ) -> Iterator[Call]:
        if isinstance(node, ast.withitem):
            targets, value = [node.optional_vars] if node.optional_vars else [], node.context_expr
        else:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            value = node.value  # type: ignore[assignment]
        names = tuple(name for target in targets if target is not None for name in _targets(target))
        pairs = _paired(targets, value)
        for target, item in pairs:
            yield from self._below(item, function, tuple(_targets(target))[:_MAX_NAMES])
        if value is not None and not pairs:
            yield from self._below(value, function, names[:_MAX_NAMES])
        for target in targets:
            if target is not None and not isinstance(target, ast.Name):
                yield from self._below(target, function)

    def _call(self, node: ast.Call, function: str, assigned: tuple[str, ...]) -> Iterator[Call]:
        yield from self._below(node.func, function, assigned)
        for argument in given_to(node):
            yield from self._below(argument, function)
        resolved = self.flow.callee_of(node, self.aliases)
        yield Call(
            name=resolved.name[:_MAX_TEXT],
            kind=kind_of(resolved.name, resolved.receiver_type),
            span=span_of(self.unit, node),
            receiver=_receiver(node.func, self.aliases),
            arguments=self._names(node),
            assigned=assigned,
            keywords={k.arg or "**": source_of(k.value) for k in node.keywords[:_MAX_NAMES]},
            positional=tuple(source_of(argument) for argument in node.args[:_MAX_NAMES]),
            function=function,
            idle=node in self.idle,
        )

    def _names(self, node: ast.Call) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for part in given_to(node):
            for inner in ast.walk(part):
                if isinstance(inner, ast.Name) and inner.id not in self.aliases:
                    found[inner.id] = None
                elif (
                    isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == "self"
                ):
                    found[f"self.{inner.attr}"] = None
        found.pop("self", None)
        return tuple(found)[:_MAX_NAMES]


def source_of(node: ast.expr) -> str:
    """Return the expression as source text, at most 200 characters."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return repr(node.value[:_MAX_TEXT])[:_MAX_TEXT]
    try:
        return ast.unparse(node)[:_MAX_TEXT]
    except (RecursionError, ValueError):
        return "..."


def _paired(targets: Sequence[ast.expr | None], value: ast.expr | None) -> list[tuple[ast.expr, ast.expr]]:
    """Return which target gets which value in `a, b = f(), g()`; nothing where they do not stand one to one."""
    target = targets[0] if len(targets) == 1 else None
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(value, ast.Tuple | ast.List):
        return []
    has_rest = any(isinstance(item, ast.Starred) for item in (*target.elts, *value.elts))
    return [] if has_rest or len(target.elts) != len(value.elts) else list(zip(target.elts, value.elts, strict=True))


def _targets(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Tuple | ast.List):
        for item in node.elts:
            yield from _targets(item)
    else:
        name = _root(node)
        if name:
            yield name


def _receiver(function: ast.expr, aliases: dict[str, str]) -> str:
    name = _root(function.value) if isinstance(function, ast.Attribute) else ""
    return "" if name in aliases else name


def _root(node: ast.expr) -> str:
    """Return the variable that an expression begins with: "df" of `df["a"].str`, "self.model" of `self.model.x`."""
    inner: ast.expr = node
    while True:
        if isinstance(inner, ast.Name):
            return inner.id
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == "self":
            return f"self.{inner.attr}"
        if isinstance(inner, ast.Attribute | ast.Subscript | ast.Starred):
            inner = inner.value
        elif isinstance(inner, ast.Call):
            inner = inner.func
        else:
            return ""
