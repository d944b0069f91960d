"""Takes what a run did not come to out of the code, so that what is left can be read as what was done.

Left in is what an option, or a file that is there already, kept from running: its author may well have run it. So is
what only treats data that were not there: `if df.isna().any().any(): df = df.fillna(0)` is a treatment all the same.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from grader.evidence.parsing import Definition, Programs, Unit
from grader.model import UnreachedBlock

_CHOSEN = re.compile(r"\b(?:parse_args|parse_known_args|argv|exists|isfile|is_file|isdir|is_dir|glob|listdir)\b")
_ASKING = frozenset(
    (
        *(
            "isna",
            "isnull",
            "notna",
            "duplicated",
            "any",
            "all",
            "sum",
            "nunique",
            "unique",
            "shape",
            "empty",
            "columns",
        ),
        *("dtype", "dtypes", "is_numeric_dtype", "select_dtypes", "isin", "hasnans", "value_counts"),
    )
)
_MODELLING = re.compile(r"fit|fit_predict|predict\w*|score|cross_val\w*|train_test_split|\w+(?:_score|SearchCV|_curve)")
_OPTIONS = frozenset(("command", "callback", "main", "option", "argument"))  # decorators of click, Typer and Hydra
Point = tuple[int, int]


def as_run(programs: Programs, unreached: Collection[UnreachedBlock]) -> dict[str, list[Unit]]:
    """Return the programs without the unreached blocks."""
    gone: dict[tuple[str, int | None], list[tuple[Point, Point]]] = {}
    for block in unreached:
        gone.setdefault((block.path, block.cell), []).append((block.at[:2], block.at[2:]))
    chosen = _Chosen([unit for units in programs.values() for unit in units])
    made: dict[str, list[Unit]] = {}
    for path, units in programs.items():
        made[path] = [
            replace(unit, tree=_taken(unit.tree, places, chosen)) if places else unit
            for unit in units
            for places in [gone.get((path, unit.source.cell), [])]
        ]
    return made


def _taken(tree: ast.Module, places: Sequence[tuple[Point, Point]], chosen: _Chosen) -> ast.Module:
    made = _Taken(places, chosen).visit(tree)
    assert isinstance(made, ast.Module)
    return made


class _Chosen:
    """What a work lets whoever starts it choose: names of options, and functions that only these lead to."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._names: set[str] = set()
        nodes = [node for unit in units for node in ast.walk(unit.tree)]
        for node in nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if self.decides(node.value):
                    self._names |= {name for target in targets for name in _names(target)}
            elif isinstance(node, Definition) and any(_OPTIONS & set(_words(each)) for each in node.decorator_list):
                arguments = node.args
                self._names |= {each.arg for each in (*arguments.args, *arguments.kwonlyargs)}
        guarded = [part for node in nodes if isinstance(node, ast.If | ast.IfExp) and self.decides(node.test)
                   for part in ast.walk(node)]  # fmt: skip
        self.functions = self._reached_from(guarded, nodes)

    def decides(self, test: ast.expr) -> bool:
        """Tell whether a condition rests on an option, or on a file being there."""
        words = set(_words(test))
        return bool(words & self._names) or any(_CHOSEN.fullmatch(word) for word in words)

    def _reached_from(self, guarded: Iterable[ast.AST], nodes: Iterable[ast.AST]) -> set[str]:
        bodies = {node.name: node for node in nodes if isinstance(node, Definition)}
        found: set[str] = set()
        wanted = [word for part in guarded for word in _words_of_calls(part)]
        while wanted:
            name = wanted.pop()
            if name in bodies and name not in found:
                found.add(name)
                wanted += [word for part in ast.walk(bodies[name]) for word in _words_of_calls(part)]
        return found


class _Taken(ast.NodeTransformer):
    """Takes blocks out of one tree, by where they begin."""

    def __init__(self, places: Sequence[tuple[Point, Point]], chosen: _Chosen) -> None:
        self._places, self._chosen = places, chosen

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.If | ast.IfExp) and (self._chosen.decides(node.test) or _treats_data(node)):
            return node
        if isinstance(node, Definition) and node.name in self._chosen.functions:
            return node
        made = type(node)()
        for name, value in ast.iter_fields(node):
            setattr(made, name, self._part(value))
        for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            if hasattr(node, name):
                setattr(made, name, getattr(node, name))
        if getattr(made, "body", None) == [] and not isinstance(made, ast.Module):
            made.body = [ast.copy_location(ast.Pass(), node)]  # type: ignore[attr-defined]
        return made

    def _part(self, value: object) -> object:
        if isinstance(value, list):
            return [self._part(item) for item in value if not (isinstance(item, ast.stmt) and self._is_gone(item))]
        if isinstance(value, ast.expr) and self._is_left_out(value):
            return ast.copy_location(ast.Constant(None), value)
        return self.visit(value) if isinstance(value, ast.AST) else value

    def _is_gone(self, node: ast.stmt) -> bool:
        return any(first <= (node.lineno, node.col_offset) <= last for first, last in self._places)

    def _is_left_out(self, node: ast.expr) -> bool:
        """Tell whether an expression is itself a block, of one that is only worked out in some cases."""
        extent = ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
        return extent in self._places


def _treats_data(node: ast.If | ast.IfExp) -> bool:
    """Tell whether a condition asks what the data hold, and nothing that rests on it goes beyond treating them."""
    asks = bool(_ASKING & set(_words(node.test)))
    return asks and not any(_MODELLING.fullmatch(word) for part in ast.walk(node) for word in _words_of_calls(part))


def _names(node: ast.expr) -> Iterator[str]:
    return (part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def _words(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


def _words_of_calls(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
