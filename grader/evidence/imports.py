"""Binds what import statements bring: a library's name, or a module of the submission itself."""

from __future__ import annotations

import ast

from grader.evidence.attributes import attribute
from grader.evidence.catalog import canonical
from grader.evidence.state import Scope, State
from grader.evidence.values import Instance, Value


def import_module(node: ast.Import, scope: Scope, state: State) -> None:
    """Bind `import a.b` and `import a.b as c`."""
    for alias in node.names:
        module = state.hooks.load_module(state, alias.name)
        if alias.asname:
            scope.names[alias.asname] = module or Value(dotted=canonical(alias.name))
        else:
            _bind_package(alias.name, module, scope)


def import_names(node: ast.ImportFrom, scope: Scope, state: State) -> None:
    """Bind `from a import b as c`, and what `from a import *` brings."""
    name = "." * node.level + (node.module or "")
    module = state.hooks.load_module(state, name)
    for alias in node.names:
        if alias.name == "*":
            _import_all(name, module, scope)
        else:
            scope.names[alias.asname or alias.name] = _member(name, module, alias.name, state)


def _member(package: str, module: Value | None, name: str, state: State) -> Value:
    """Return what `from package import name` brings: what the module defines, else a module of the package."""
    if module is not None and module.instance is not None and name in module.instance.attributes:
        return module.instance.attributes[name]
    whole = f"{package}{'' if package.endswith('.') else '.'}{name}"
    inner = state.hooks.load_module(state, whole)
    if inner is None and module is not None:
        return attribute(module, name)
    return inner or Value(dotted=canonical(whole))


def _import_all(name: str, module: Value | None, scope: Scope) -> None:
    if module is not None and module.instance is not None:
        scope.names.update(module.instance.attributes)
    else:
        scope.module.stars.append(canonical(name))


def _bind_package(name: str, module: Value | None, scope: Scope) -> None:
    """`import a.b` binds the name a; of the submission's own package it holds b."""
    first, _, rest = name.partition(".")
    if module is not None and rest:
        scope.names[first] = Value(instance=Instance({rest: module}))
    else:
        scope.names[first] = module or Value(dotted=first)
