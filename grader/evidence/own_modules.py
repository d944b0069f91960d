"""Which file of the work an import means."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import PurePosixPath

from grader.evidence.parsing import Programs, Unit


class OwnModules:
    """The work's own modules and packages, `parts` of whose names are those of its files and folders."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.parts = frozenset(part for path in programs for part in PurePosixPath(path).with_suffix("").parts)
        self._found: dict[tuple[str, str], str | None] = {}
        self._bound: dict[str, frozenset[str]] = {}

    def find(self, importer: str, name: str) -> str | None:
        """Return the file of the module `name`, by its full name or, with leading dots, as seen from the importer."""
        asked = (importer.rpartition("/")[0], name)
        if asked not in self._found:
            self._found[asked] = self._looked_for(importer, name)
        return self._found[asked]

    def _looked_for(self, importer: str, name: str) -> str | None:
        root, _, rest = name.partition(".")
        found = find_module(self.programs, importer, name)
        if found is None and root and rest and root in self.packages:
            return find_module(self.programs, "", rest)
        return found

    def is_own(self, name: str) -> bool:
        """Tell whether a module is one of the work's own, by the first part of its name."""
        return (root := name.partition(".")[0]) in self.parts or root in self.packages

    @cached_property
    def packages(self) -> frozenset[str]:
        """The names under which the work imports itself from the one folder that held all of it.

        That folder is left out of a snapshot, so only the imports tell its name: every one of them leads to a file
        that stands here and binds what is taken from it. `from sklearn import metrics` beside a metrics.py tells none.
        """
        if len(self.programs) < 2 or not any(path.endswith(".py") for path in self.programs):
            return frozenset()
        proven: set[str] = set()
        refuted: set[str] = set()
        for unit in (unit for units in self.programs.values() for unit in units):
            for root, module, taken in _imports(unit):
                if root not in self.parts and root not in sys.stdlib_module_names:
                    is_here = bool(module or taken) and self._is_here(module, taken)
                    (proven if is_here else refuted).update({root} if (module and taken) or not is_here else ())
        return frozenset(proven - refuted)

    def _is_here(self, module: str, taken: Iterable[str]) -> bool:
        """Tell whether a module stands here and binds what is taken from it; a module inside it counts as well."""
        path = find_module(self.programs, "", module) if module else "__init__.py"
        bound = self._bound_in(path) if path and path in self.programs else frozenset()
        inside = f"{module}." if module else ""
        others = [name for name in taken if name not in bound]
        return (path in self.programs or bool(others)) and all(
            find_module(self.programs, "", inside + name) for name in others if name != "*" or path is None
        )

    def _bound_in(self, path: str) -> frozenset[str]:
        if path not in self._bound:
            self._bound[path] = frozenset(_bound_in(self.programs[path]))
        return self._bound[path]


def _imports(unit: Unit) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield of each import by a module's full name the first part, the rest, and the names taken from it."""
    for node in _statements(unit.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root, _, rest = alias.name.partition(".")
                yield root, rest, ()
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            root, _, rest = node.module.partition(".")
            yield root, rest, tuple(alias.name for alias in node.names)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield every statement, and not what stands in one: that is most of a tree."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            inside = getattr(node, block, ())
            waiting += inside if isinstance(inside, list) else ()


def find_module(programs: Programs, importer: str, name: str) -> str | None:
    """Return the path of the submission's own module `name`, looked for beside the importer, at the root, in src/."""
    level = len(name) - len(name.lstrip("."))
    folder = PurePosixPath(importer).parent
    tail = "/".join(part for part in name.split(".") if part)
    if not tail:
        return None
    bases = [folder]
    if level:
        for _ in range(level - 1):
            folder = folder.parent
        bases = [folder]
    else:
        bases += [*folder.parents, PurePosixPath("src")]
    for base in bases:
        for candidate in (base / f"{tail}.py", base / tail / "__init__.py"):
            if str(candidate) in programs:
                return str(candidate)
    return None


def _bound_in(units: Iterable[Unit]) -> Iterator[str]:
    """Yield the names that are bound anywhere in one program."""
    for node in (node for unit in units for node in ast.walk(unit.tree)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
