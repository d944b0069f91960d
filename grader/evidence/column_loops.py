"""Loops that look at every column of a table one after the other, in their own body or through functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.evidence.catalog import kind_of
from grader.evidence.named_texts import Texts, texts_within
from grader.evidence.names import last_name, root_name
from grader.evidence.parsing import Unit
from grader.evidence.spans import span_of
from grader.model import ColumnUse

EVERY_COLUMN = "*"
_HOPS = 3
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PLOTTERS = frozenset(("plt", "sns", "px", "ax", "axes", "axs"))
_NO_SHARES = frozenset(("head", "tail", "info", "isnull", "isna", "notnull", "notna", "duplicated", "memory_usage"))
_WORDS = re.compile(
    r"^(set_\w+|x?y?label|x?y?lim|(sup)?title|legend|figure|subplots?|savefig|text|annotate|x?y?ticks)$"
)
_FEATURES = re.compile(r"^([Xx]|features?)(_|$)")

_Place = tuple[int, int]  # cell and line


@dataclass
class _Scope:
    """The nodes of a module, a cell or one function, without those of functions inside it.

    `constants` are the texts that its names stand for. `known` are the nodes that may set its variables: a cell's are
    those of all cells of its notebook.
    """

    unit: Unit
    function: str = ""
    parameters: tuple[str, ...] = ()
    constants: Texts = field(default_factory=dict)
    nodes: list[ast.AST] = field(default_factory=list)
    known: list[tuple[_Place, ast.AST]] = field(default_factory=list)


def columns_in_loops(units: Iterable[Unit], targets: frozenset[str], constants: Mapping[str, Texts]) -> list[ColumnUse]:
    """Return a use of the column "*" for each loop that counts or plots all columns, `targets` not left out."""
    scopes = _all_scopes(units, constants)
    loops = [
        (scope, names, node)
        for scope in scopes
        for names, source, node in _loops(scope)
        if _over_columns(_sources(source, node, scope)) and not targets & _left_out(source, node, scope)
    ]
    looking = _looking(scopes) if loops else {}
    return [
        ColumnUse(column=EVERY_COLUMN, action="looked", span=span_of(scope.unit, node), function=scope.function)
        for scope, names, node in loops
        if any(_looks(call, names, looking) for call in ast.walk(node) if isinstance(call, ast.Call))
    ]


def _all_scopes(units: Iterable[Unit], constants: Mapping[str, Texts]) -> list[_Scope]:
    found = [
        scope for unit in units for scope in _scopes(_Scope(unit, constants=constants[unit.source.path]), unit.tree)
    ]
    known: dict[tuple[str, str], list[tuple[_Place, ast.AST]]] = {}
    for scope in found:
        key = (scope.unit.source.path, scope.function)
        scope.known = known.setdefault(key, [])
        scope.known += [(_place(scope, node), node) for node in scope.nodes if isinstance(node, ast.Assign | ast.Call)]
    return found


def _scopes(scope: _Scope, tree: ast.AST) -> Iterator[_Scope]:
    waiting = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*_DEFINITIONS, ast.ClassDef)):
            name = f"{scope.function}.{node.name}" if scope.function else node.name
            given = [] if isinstance(node, ast.ClassDef) else [*node.args.args, *node.args.kwonlyargs]
            parameters, texts = tuple(argument.arg for argument in given), texts_within(node, scope.constants)
            yield from _scopes(_Scope(scope.unit, name, parameters, texts), node)
        else:
            scope.nodes.append(node)
            waiting += ast.iter_child_nodes(node)
    yield scope


def _looking(scopes: list[_Scope]) -> dict[str, dict[int | str, str]]:
    """Return which parameters each function looks at, by place and by name, itself or through another function."""
    looking: dict[str, dict[int | str, str]] = {}
    for _ in range(_HOPS):
        for scope in scopes:
            calls = [node for node in scope.nodes if isinstance(node, ast.Call)]
            for place, name in enumerate(scope.parameters):
                if any(_looks(call, {name}, looking) for call in calls):
                    looking.setdefault(scope.function.rpartition(".")[2], {}).update({place: name, name: name})
    return looking


def _looks(call: ast.Call, names: set[str], looking: Mapping[str, Mapping[int | str, str]]) -> bool:
    """Tell whether a call counts or plots what one of `names` stands for."""
    name = last_name(call.func)
    given: list[tuple[int | str, ast.expr]] = [*enumerate(call.args)]
    given += [
        (keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg and not _WORDS.match(keyword.arg)
    ]
    if name in looking:
        return any(place in looking[name] and _named(value, names) for place, value in given)
    shows = kind_of(f".{name}") in ("explore", "plot") or root_name(call.func) in _PLOTTERS
    if not shows or name in _NO_SHARES or _WORDS.match(name):
        return False
    return _named(call.func, names) or any(_named(value, names) for _, value in given)


def _loops(scope: _Scope) -> Iterator[tuple[set[str], ast.expr, ast.AST]]:
    for node in scope.nodes:
        if isinstance(node, ast.For):
            yield _names(node.target), node.iter, node
        elif isinstance(node, ast.ListComp):
            yield _names(node.generators[0].target), node.generators[0].iter, node


def _sources(source: ast.expr, loop: ast.AST, scope: _Scope) -> list[ast.expr]:
    """Return what a loop goes through, and which columns its variables were set to before."""
    names = _names(source)
    return [source, *(node.value for node in _set_before(names, loop, scope) if _tables(node.value))]


def _over_columns(sources: list[ast.expr]) -> bool:
    """Tell whether all columns are gone through, of a table that may hold the target."""
    parts = [part for value in sources for part in ast.walk(value)]
    if any(isinstance(part, ast.Slice) and part.upper is not None for part in parts):
        return False
    if any(isinstance(part, ast.Call) and last_name(part.func) in ("range", "len") for part in parts):
        return False  # columns are counted, not gone through
    tables = [table for value in sources for table in _tables(value)]
    return bool(tables) and not any(_FEATURES.match(root_name(table)) for table in tables)


def _left_out(source: ast.expr, loop: ast.AST, scope: _Scope) -> set[str]:
    """Return the texts that columns are chosen or left out by, which may be their names."""
    names = _names(source)
    choosing: list[ast.AST] = [*_sources(source, loop, scope), *_removals(names, loop, scope)]
    choosing += [node.test for node in ast.walk(loop) if isinstance(node, ast.If | ast.IfExp)]
    if isinstance(loop, ast.ListComp):
        choosing += loop.generators[0].ifs
    parts = [part for node in choosing for part in ast.walk(node)]
    texts = {str(part.value) for part in parts if isinstance(part, ast.Constant)}
    names_of = (scope.constants.get(part.id, ()) for part in parts if isinstance(part, ast.Name))
    return texts.union(*names_of)


def _removals(names: set[str], loop: ast.AST, scope: _Scope) -> Iterator[ast.AST]:
    """Yield the calls before a loop that take something out of one of `names` for good."""
    for node in _set_before(names, loop, scope):
        inner = (part for part in ast.walk(node.value) if isinstance(part, ast.Call))
        yield from (call for call in inner if last_name(call.func) in ("drop", "difference"))
    for place, call in scope.known:
        if isinstance(call, ast.Call) and place < _place(scope, loop) and root_name(call.func) in names:
            kept = any(keyword.arg == "inplace" for keyword in call.keywords)
            if last_name(call.func) in ("remove", "pop") or (last_name(call.func) == "drop" and kept):
                yield call


def _set_before(names: set[str], loop: ast.AST, scope: _Scope) -> Iterator[ast.Assign]:
    for place, node in scope.known:
        if isinstance(node, ast.Assign) and place < _place(scope, loop) and names.intersection(_set_by(node)):
            yield node


def _set_by(node: ast.Assign) -> Iterator[str]:
    return (target.id for target in node.targets if isinstance(target, ast.Name))


def _tables(node: ast.AST) -> list[ast.expr]:
    """Return the tables whose columns are asked for."""
    return [part.value for part in ast.walk(node) if isinstance(part, ast.Attribute) and part.attr == "columns"]


def _place(scope: _Scope, node: ast.AST) -> _Place:
    return (scope.unit.source.cell or 0, getattr(node, "lineno", 0))


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _named(node: ast.AST, names: set[str]) -> bool:
    return not names.isdisjoint(_names(node))
