"""The functions and classes that a work defines, found by the names that code may call them by."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.evidence.functions import own_nodes
from grader.evidence.names import aliases_of, last_name
from grader.evidence.parsing import Definition, Programs, Unit

# Bases that call no method of a class by themselves.
_PLAIN_BASES = frozenset(
    ("object", "ABC", "Protocol", "Generic", "NamedTuple", "TypedDict", "Enum", "IntEnum", "StrEnum", "dict", "list")
)
# What those libraries call of a class that is made for them; of other libraries any method may be called.
_HOOKS = {
    "sklearn": frozenset(
        ("fit", "transform", "fit_transform", "fit_predict", "predict", "predict_proba", "predict_log_proba", "split",
         "decision_function", "inverse_transform", "partial_fit", "score", "get_params", "set_params", "get_n_splits",
         "get_feature_names_out", "get_metadata_routing")
    ),
    "torch": frozenset(("forward", "extra_repr", "reset_parameters", "step")),
}  # fmt: skip
# They find the classes that are made for them by themselves: `luigi --module tasks Train`.
_FINDERS = frozenset(("luigi", "unittest", "django", "locust", "cog", "scrapy", "metaflow"))
# These change how a function is called, and hand it to nobody.
PLAIN_DECORATORS = frozenset(
    ("staticmethod", "classmethod", "property", "cached_property", "setter", "abstractmethod", "lru_cache", "cache",
     "cache_data", "cache_resource", "contextmanager", "wraps", "overload", "override", "jit", "njit", "no_grad",
     "inference_mode", "dataclass", "total_ordering", "singledispatch", "final", "deleter")
)  # fmt: skip
_PROPERTIES = frozenset(("property", "cached_property", "setter", "deleter"))


@dataclass
class Defined:
    """Full names ("Class.method", "outer.inner") of what is defined, by last name; `hooks` are the methods of a class
    that are called without being named: of Python itself, or of the library that the class is made for. Those that are
    `sought` need not be named themselves.
    """

    functions: dict[str, list[str]] = field(default_factory=dict)
    methods: dict[str, list[str]] = field(default_factory=dict)
    classes: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    hooks: dict[str, list[str]] = field(default_factory=dict)
    nodes: dict[str, Definition] = field(default_factory=dict)
    lazy: set[str] = field(default_factory=set)
    sought: set[str] = field(default_factory=set)
    instances: dict[str, str] = field(default_factory=dict)
    by_file: dict[str, list[str]] = field(default_factory=dict)

    def is_own(self, name: str) -> bool:
        """Tell whether the work defines a function, a class or an instance of such a class of this name."""
        return name in self.functions or name in self.classes or name in self.instances


def defined_in(programs: Programs) -> Defined:
    """Return what the programs define."""
    found = Defined()
    bases: dict[str, list[str]] = {}
    for path, units in programs.items():
        aliases = aliases_of(units)
        for unit in units:
            for name, node, owner in _definitions(unit.tree, "", None):
                if isinstance(node, ast.ClassDef):
                    bases[name] = [_base_name(base, aliases) for base in node.bases]
                _note(found, path, name, node, owner)
    for name in bases:
        if any(base.partition(".")[0] in _FINDERS for base in _all_bases(name, bases, set())):
            found.sought.add(name)
        hooks = _hooks_of(name, bases)
        methods = [method for method in found.members.get(name, ()) if method in found.nodes]
        found.hooks[name] = [m for m in methods if _is_hook(m.rpartition(".")[2], found.nodes[m], hooks)]
    for units in programs.values():
        for unit in units:
            found.instances |= _instances(unit, found.classes)
    return found


def module_parts(programs: Programs) -> frozenset[str]:
    """Return the names of the work's own modules and packages."""
    return frozenset(part for path in programs for part in PurePosixPath(path).with_suffix("").parts)


def _definitions(
    parent: ast.AST, prefix: str, owner: ast.AST | None
) -> Iterator[tuple[str, Definition | ast.ClassDef, ast.AST | None]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, Definition | ast.ClassDef):
            yield prefix + node.name, node, owner
            yield from _definitions(node, f"{prefix}{node.name}.", node)
        elif not isinstance(node, ast.expr):
            yield from _definitions(node, prefix, owner)


def _note(found: Defined, path: str, name: str, node: Definition | ast.ClassDef, owner: ast.AST | None) -> None:
    outer = name.rpartition(".")[0]
    if owner is None:
        found.by_file.setdefault(path, []).append(name)
    if isinstance(node, ast.ClassDef):
        found.classes.setdefault(node.name, []).append(name)
    else:
        found.nodes[name] = node
        is_method = isinstance(owner, ast.ClassDef)
        (found.methods if is_method else found.functions).setdefault(node.name, []).append(name)
        if is_method:
            found.members.setdefault(outer, []).append(name)
        if isinstance(node, ast.AsyncFunctionDef) or any(
            isinstance(inner, ast.Yield | ast.YieldFrom) for inner in own_nodes(node)
        ):
            found.lazy.add(name)


def _base_name(base: ast.expr, aliases: Mapping[str, str]) -> str:
    """Return the dotted name of a base with its import resolved: "torch.nn.Module" of `nn.Module`."""
    node = base.value if isinstance(base, ast.Subscript) else base
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    root = node.id if isinstance(node, ast.Name) else ""
    return ".".join([aliases.get(root, root), *reversed(parts)])


def _all_bases(name: str, bases: Mapping[str, list[str]], seen: set[str]) -> Iterator[str]:
    """Yield the bases of a class that are not of the work, those of its bases included."""
    seen.add(name)
    for base in bases.get(name, ()):
        own = next((each for each in bases if each.rpartition(".")[2] == base.rpartition(".")[2]), "")
        if not own:
            yield base
        elif own not in seen:
            yield from _all_bases(own, bases, seen)


def _hooks_of(name: str, bases: Mapping[str, list[str]]) -> frozenset[str] | None:
    """Return the methods that what a class is made for may call; None for any of them."""
    found: frozenset[str] = frozenset()
    for base in _all_bases(name, bases, set()):
        hooks = _HOOKS.get(base.partition(".")[0])
        if base.rpartition(".")[2] not in _PLAIN_BASES and not base.endswith(("Exception", "Error")):
            if hooks is None:
                return None
            found |= hooks
    return found


def _is_hook(method: str, node: Definition, hooks: frozenset[str] | None) -> bool:
    special = method.startswith("__") and method.endswith("__")
    return special or hooks is None or method in hooks or any(map(_is_property, node.decorator_list))


def _is_property(decorator: ast.expr) -> bool:
    return last_name(decorator) in _PROPERTIES


def _instances(unit: Unit, classes: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the variables that hold an object of one of the work's classes."""
    return {
        target.id: classes[last_name(node.value.func)][0]
        for node in ast.walk(unit.tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and last_name(node.value.func) in classes
        for target in node.targets
        if isinstance(target, ast.Name)
    }
