"""Imports of a submission, and the name of a call as far as its text alone tells it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping

from grader.evidence.catalog import canonical
from grader.evidence.parsing import Unit
from grader.evidence.spans import span_of
from grader.model import Span

MAX_IMPORTS = 500


def read_imports(units: Iterable[Unit], own: Collection[str] = ()) -> dict[str, Span]:
    """Return each imported module, as written and by its top-level package, with the first place it is imported at;
    those of the packages that are the work's `own` left out.
    """
    found: dict[str, Span] = {}
    for unit in units:
        for node in ast.walk(unit.tree):
            for name in _modules(node):
                top = name.split(".")[0]
                if top not in own:
                    found.setdefault(top, span_of(unit, node))
                    found.setdefault(name, span_of(unit, node))
    return dict(list(found.items())[:MAX_IMPORTS])


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def aliases_of(units: Iterable[Unit]) -> dict[str, str]:
    """Return what each imported name stands for in one program ("pd" -> "pandas")."""
    found: dict[str, str] = {}
    for unit in units:
        for node in ast.walk(unit.tree):
            if isinstance(node, ast.Import):
                found |= {
                    a.asname or a.name.split(".")[0]: a.name if a.asname else a.name.split(".")[0] for a in node.names
                }
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return found


def last_name(function: ast.expr) -> str:
    """Return the last part of a callee's name as written: "fit" of `model.fit`, "" of what has no name."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def root_name(node: ast.expr) -> str:
    """Return the variable that an expression begins with: "df" of `df["a"].mean()`, "" of what begins with none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def given_to(call: ast.Call) -> list[ast.expr]:
    """Return the arguments of a call, those by keyword included."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def written_name(function: ast.expr, aliases: Mapping[str, str]) -> str:
    """Return the callee's dotted name with aliases resolved, ".method" on anything else than a module."""
    parts: list[str] = []
    node = function
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        if node.id in aliases:
            return canonical(".".join([aliases[node.id], *reversed(parts)]))
        if not parts:
            return node.id
    return f".{parts[0]}" if parts else ""
