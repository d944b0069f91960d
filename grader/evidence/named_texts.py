"""Texts that names stand for: `target = "churn"`, `numbers = ["age", "fee"]`, where nothing else is bound to them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from grader.evidence.parsing import Unit

Texts = Mapping[str, tuple[str, ...]]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Binding = tuple[str, tuple[str, ...]]
_MOST_TEXTS = 50
_CHANGING = frozenset(("append", "extend", "insert", "remove", "pop", "clear"))  # what a list holds


def texts_of_files(units: Iterable[Unit]) -> dict[str, Texts]:
    """Return, for each file, what its names stand for, and what names in capitals do wherever they are set."""
    bound: dict[str, list[_Binding]] = {}
    capitals: dict[str, tuple[str, ...]] = {}
    for unit in units:
        bindings = list(_bindings(unit.tree))
        bound.setdefault(unit.source.path, []).extend(bindings)
        capitals |= {name: texts for name, texts in bindings if texts and name.isupper()}
    return {path: {**_agreed(bindings), **capitals} for path, bindings in bound.items()}


def texts_within(definition: Definition, around: Texts) -> Texts:
    """Return what names stand for in a function, given what they do `around` it: its own hide those."""
    bindings = list(_bindings(definition))
    own = {name for name, _ in bindings if not name.isupper()}
    return {**{name: texts for name, texts in around.items() if name not in own}, **_agreed(bindings)}


def texts_in_turn(target: ast.expr, source: ast.expr, around: Texts) -> Texts:
    """Return the texts that a loop's variables stand for one after the other, where these are written in a list."""
    match target, source:
        case ast.Name(id=name), ast.Name(id=listed):
            return {name: around[listed]} if listed in around else {}
        case ast.Name(id=name), _:
            return {name: texts} if (texts := _written(source)) else {}
        case ast.Tuple(elts=[_, ast.Name() as second]), ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
            return texts_in_turn(second, inner, around)
        case ast.Tuple(elts=[*parts]), ast.Call(func=ast.Name(id="zip"), args=[*sources]):
            pairs = [texts_in_turn(part, one, around) for part, one in zip(parts, sources, strict=False)]
            return {name: texts for found in pairs for name, texts in found.items()}
    return {}


def _agreed(bindings: Iterable[_Binding]) -> dict[str, tuple[str, ...]]:
    """Return the names that only ever stand for the same."""
    each: dict[str, set[tuple[str, ...]]] = {}
    for name, texts in bindings:
        each.setdefault(name, set()).add(texts)
    return {name: texts for name, found in each.items() if len(found) == 1 and (texts := next(iter(found)))}


def _bindings(scope: ast.Module | Definition) -> Iterator[_Binding]:
    """Yield what binds a name in a module or a function, with its texts, none where it is anything else."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, ()
                yield from ((name, ()) for name in _set_from_inside(node))
                continue
            case ast.Assign():
                for target in node.targets:
                    yield from _assigned(target, node.value)
                waiting.append(node.value)
                continue
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                yield from _assigned(target, value)
                continue
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _CHANGING:
                yield name, ()
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name, ()
            case ast.alias():
                yield (node.asname or node.name).partition(".")[0], ()
            case ast.ExceptHandler(name=str() as name):
                yield name, ()
        waiting += ast.iter_child_nodes(node)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[_Binding]:
    if isinstance(target, ast.Name):
        yield target.id, _written(value)
    elif isinstance(target, ast.Tuple | ast.List):
        same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
        for place, part in enumerate(target.elts):
            yield from _assigned(part, value.elts[place] if same else target)  # type: ignore[attr-defined]
    elif isinstance(target, ast.Starred):
        yield from _assigned(target.value, target)


def _written(node: ast.expr) -> tuple[str, ...]:
    """Return the text, or the texts of a list, that stand here; none where anything else does."""
    items = node.elts[:_MOST_TEXTS] if isinstance(node, ast.List | ast.Tuple) else [node]
    texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return tuple(texts) if len(texts) == len(items) else ()


def _set_from_inside(definition: Definition) -> Iterator[str]:
    for node in ast.walk(definition):
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names
