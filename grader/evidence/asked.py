"""Functions that are asked for by a text: `getattr(x, name)`, `globals()[name]`, `eval(name)`, `fire.Fire()`."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from grader.evidence.holders import Sinks
from grader.evidence.names import last_name
from grader.evidence.use_graph import UseGraph

_DICTS = frozenset(("globals", "locals", "vars"))
_WORD = re.compile(r"[^\W\d]\w*")
_MOST_TEXT = 2000


class Asking:
    """What one program asks for by text: where the text is known, what has that name; else all it may be."""

    def __init__(self, path: str, graph: UseGraph, aliases: Mapping[str, str]) -> None:
        self.path, self.graph, self.defined, self.aliases = path, graph, graph.defined, aliases

    def subscript(self, node: ast.Subscript, sinks: Sinks) -> bool:
        """Follow `globals()["f"]`; tell whether it was that."""
        if not _is_namespace(node.value) or not isinstance(node.slice, ast.Constant):
            return False
        name = str(node.slice.value)
        self.graph.named(name, name, sinks)
        return True

    def namespace(self, node: ast.Call, sinks: Sinks) -> None:
        """Follow `globals()` where what it gives is used: any name may be taken from it."""
        if _is_namespace(node):
            self.graph.file(sinks, self.path)

    def call(self, node: ast.Call, owner: str) -> None:
        """Follow a call that looks names up."""
        name, arguments = last_name(node.func), node.args
        if not arguments:
            if name == "Fire" and not node.keywords:
                self.graph.file((owner,), self.path)
        elif name == "getattr" and len(arguments) > 1:
            self._looked_up(arguments[0], arguments[1], owner)
        elif name in ("eval", "exec") and isinstance(node.func, ast.Name):
            self._evaluated(arguments[0], owner)
        elif name == "Fire":
            self._members(arguments[0], owner)

    def _looked_up(self, holder: ast.expr, name: ast.expr, owner: str) -> None:
        if isinstance(name, ast.Constant):
            self.graph.attribute(str(name.value), (owner,))
            return
        self._members(holder, owner)
        for path in self._files_of(ast.unparse(holder)):
            self.graph.file((owner,), path)

    def _files_of(self, holder: str) -> list[str]:
        """Return the files that a module may be, where the text of an expression says that it is one."""
        if "sys.modules" in holder:
            return [self.path]
        if "import_module" in holder or "__import__" in holder:
            return list(self.defined.by_file)
        module = self.aliases.get(holder, "").replace(".", "/")
        return [path for path in self.defined.by_file if module and f"/{path}".endswith(f"/{module}.py")]

    def _members(self, holder: ast.expr, owner: str) -> None:
        """Lead to the methods of the class, or of the object, that is asked."""
        name = last_name(getattr(holder, "func", holder))
        held = [each for names in self.defined.instances.values() for each in names.get(name, ())]
        classes = [*held, *self.defined.classes.get(name, ())]
        if name in ("self", "cls"):
            classes = [owner.rpartition(".")[0]]
        for each in filter(None, classes):
            self.graph.members((owner,), each)

    def _evaluated(self, code: ast.expr, owner: str) -> None:
        if not isinstance(code, ast.Constant):
            self.graph.file((owner,), self.path)
            return
        for name in _WORD.findall(str(code.value)[:_MOST_TEXT]):
            self.graph.named(name, name, (owner,))


def _is_namespace(node: ast.expr) -> bool:
    """Tell whether this is `globals()`, `locals()` or `vars()`."""
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _DICTS
    return named and not node.args  # type: ignore[attr-defined]
