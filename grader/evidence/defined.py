"""The functions and classes that a work defines, found by the names that code may call them by.

What is defined goes by its full name ("Class.method", "outer.inner"), after its file where another file of the work has
the same outermost name: "pkg/models.py:make".
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.evidence.functions import own_nodes
from grader.evidence.names import last_name
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
    """What is defined, by last name; `hooks` are the methods of a class that are called without being named: of Python
    itself, or of the library that the class is made for. Those that are `sought` need not be named themselves, and
    those that are `framed` are made for some library. `tops` are the plain names of what stands at the top of a file,
    `instances` the variables of a file that hold objects of these classes.
    """

    functions: dict[str, list[str]] = field(default_factory=dict)
    methods: dict[str, list[str]] = field(default_factory=dict)
    classes: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    hooks: dict[str, list[str]] = field(default_factory=dict)
    nodes: dict[str, Definition] = field(default_factory=dict)
    lazy: set[str] = field(default_factory=set)
    sought: set[str] = field(default_factory=set)
    framed: set[str] = field(default_factory=set)
    instances: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    by_file: dict[str, list[str]] = field(default_factory=dict)
    tops: dict[str, set[str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()

    def full_name(self, path: str, name: str) -> str:
        """Return what a definition goes by, from its name within its file."""
        return f"{path}:{name}" if name.partition(".")[0] in self.shared else name

    def at(self, names: Iterable[str], path: str | None) -> list[str]:
        """Return those of the names that are defined in a file; all of them where it is not known or has none."""
        names = list(names)
        return [name for name in names if self.files[name] == path] or names


def defined_in(programs: Programs, aliases: Mapping[str, Mapping[str, str]]) -> Defined:
    """Return what the programs define; `aliases` is what each of them imports."""
    tops = {path: {node.name for unit in units for node in _outermost(unit.tree)} for path, units in programs.items()}
    several = Counter(name for names in tops.values() for name in names)
    found = Defined(tops=tops, shared=frozenset(name for name, files in several.items() if files > 1))
    bases: dict[str, list[str]] = {}
    for path, units in programs.items():
        for unit in units:
            for name, node, owner in _definitions(unit.tree, "", None):
                full = found.full_name(path, name)
                if isinstance(node, ast.ClassDef):
                    bases[full] = [_base_name(base, aliases[path]) for base in node.bases]
                _note(found, path, full, node, owner)
    for name in bases:
        _note_hooks(found, name, bases)
    for path, units in programs.items():
        found.instances[path] = _instances(units, found.classes)
    return found


def last_part(name: str) -> str:
    """Return the last part of the name that a definition goes by."""
    return name.rpartition(":")[2].rpartition(".")[2]


def _note_hooks(found: Defined, name: str, bases: Mapping[str, list[str]]) -> None:
    """Note which methods of a class are called without being named."""
    theirs = [base for base in _all_bases(name, bases, set()) if last_part(base) not in _PLAIN_BASES]
    if theirs:
        found.framed.add(name)
    if any(base.partition(".")[0] in _FINDERS for base in theirs):
        found.sought.add(name)
    hooks = _hooks_of(theirs)
    methods = [method for method in found.members.get(name, ()) if method in found.nodes]
    found.hooks[name] = [method for method in methods if _is_hook(last_part(method), found.nodes[method], hooks)]


def _outermost(parent: ast.AST) -> Iterator[Definition | ast.ClassDef]:
    """Yield the definitions that stand in no other one."""
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, Definition | ast.ClassDef):
            yield node
        elif not isinstance(node, ast.expr):
            yield from _outermost(node)


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
    found.files[name] = path
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
        own = next((each for each in bases if last_part(each) == last_part(base)), "")
        if not own:
            yield base
        elif own not in seen:
            yield from _all_bases(own, bases, seen)


def _hooks_of(bases: Iterable[str]) -> frozenset[str] | None:
    """Return the methods that the libraries of these bases may call; None for any of them."""
    found: frozenset[str] = frozenset()
    for base in bases:
        hooks = _HOOKS.get(base.partition(".")[0])
        if not base.endswith(("Exception", "Error")):
            if hooks is None:
                return None
            found |= hooks
    return found


def _is_hook(method: str, node: Definition, hooks: frozenset[str] | None) -> bool:
    special = method.startswith("__") and method.endswith("__")
    return special or hooks is None or method in hooks or any(map(_is_property, node.decorator_list))


def _is_property(decorator: ast.expr) -> bool:
    return last_name(decorator) in _PROPERTIES


def _instances(units: Iterable[Unit], classes: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the variables of a program that hold an object of one of the work's classes, and of no other."""
    found: dict[str, list[str]] = {}
    foreign: set[str] = set()
    for node in (node for unit in units for node in ast.walk(unit.tree)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made = classes.get(last_name(node.value.func))
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            foreign.update(() if made else names)
            found |= dict.fromkeys(names, made or [])
    return {name: made for name, made in found.items() if name not in foreign}
