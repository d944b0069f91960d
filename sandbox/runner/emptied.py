"""Empties the work's functions, to learn which of its tests would notice: those that pass all the same check nothing.

An extreme mutation (Niedermayr, Juergens & Wagner, "Will my tests tell me if I break this code?", 2016), of all
functions at once: each returns None, whatever it is given.
"""

from __future__ import annotations

import ast
import importlib.machinery
import os
from pathlib import PurePath
from types import CodeType
from typing import Any

from tracing.place import is_own

FOR_TESTS = ("test", "tests")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def start(work: str) -> None:
    """Empty from now on the functions of each module below `work` that is loaded, but for what is there for tests."""
    load = importlib.machinery.SourceFileLoader.source_to_code

    def source_to_code(loader: Any, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:
        if not _is_emptied(os.fsdecode(path), work):
            return load(loader, data, path, _optimize=_optimize)
        tree = emptied(ast.parse(data, path))
        return compile(tree, path, "exec", dont_inherit=True, optimize=_optimize)

    importlib.machinery.SourceFileLoader.source_to_code = source_to_code  # type: ignore[method-assign,assignment]


def emptied(tree: ast.Module) -> ast.Module:
    """Return the tree with nothing left in its functions; what makes values one by one makes none."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            makes = any(map(_yields, node.body))
            node.body = [ast.Return(ast.Constant(None)) if not makes else ast.Return()]
            node.body += [ast.Expr(ast.Yield())] if makes else []
    return ast.fix_missing_locations(tree)


def _yields(node: ast.AST) -> bool:
    if isinstance(node, _SCOPES):
        return False
    return isinstance(node, ast.Yield | ast.YieldFrom) or any(map(_yields, ast.iter_child_nodes(node)))


def _is_emptied(path: str, work: str) -> bool:
    if not is_own(path, work + os.sep):
        return False
    place = PurePath(path[len(work) + 1 :])
    if any(part in FOR_TESTS for part in place.parts[:-1]):
        return False
    return not (place.stem.startswith(("test_", "conftest")) or place.stem.endswith(("_test", "_tests", "tests")))
