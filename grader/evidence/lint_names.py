"""What a name that ruff calls undefined comes to: defined further down, nowhere, or perhaps by what cannot be read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from grader.evidence.magics import with_automagic
from grader.evidence.names import last_name
from grader.evidence.parsing import Unit
from grader.evidence.spans import span_of_lines
from grader.model import Span

_QUOTED = re.compile(r"`([^`]+)`")
# These bring names into the namespace that no statement shows.
_BRINGING = re.compile(
    r"^[ \t]*%(?:run|pylab|store|load|loadpy|macro|R|sql|rerun|recall)\b"
    r"|^[ \t]*%%(?!(?:time|timeit|prun|memit|mprun|bash|sh|html|HTML|javascript|js|latex|markdown|svg|SVG|writefile"
    r"|script|cmd|perl|ruby|matplotlib|capture[ \t]*$)\b)\w+",
    re.MULTILINE,
)
_DYNAMIC = frozenset(("exec", "globals", "locals", "vars", "run_line_magic", "run_cell_magic", "execfile"))
_MAY_BE_DYNAMIC = re.compile("|".join(sorted(_DYNAMIC)) + r"|\*")  # spares most code a walk through its tree


def names_unknown(units: Sequence[Unit]) -> bool:
    """Tell whether a program may have names that its statements do not show, so that none is surely undefined."""
    return any(
        unit.source.error
        or _BRINGING.search(with_automagic(unit.source.text))
        or (_MAY_BE_DYNAMIC.search(unit.source.text) and any(map(_is_dynamic, ast.walk(unit.tree))))
        for unit in units
    )


def _is_dynamic(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == "*" for alias in node.names)
    return isinstance(node, ast.Call) and last_name(node.func) in _DYNAMIC


class Definitions:
    """Where a program's statements define names, looked up once however many names are asked for."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._places: dict[str, list[tuple[int, int, Unit]]] = {}
        for index, unit in enumerate(units):
            for name, line in _bindings(unit.tree):
                self._places.setdefault(name, []).append((index, line, unit))

    def below(self, message: str, index: int, line: int) -> Span | None:
        """Return where the name that `message` quotes is defined after `line` of unit `index`, None for nowhere."""
        quoted = _QUOTED.search(message)
        places = self._places.get(quoted[1], []) if quoted else []
        after = [place for place in places if place[:2] > (index, line)]
        if not after:
            return None
        _, first, unit = min(after, key=lambda place: place[:2])
        return span_of_lines(unit, first, first)


class QuotedAnnotations:
    """Where a unit has annotations that are texts, which no run looks up: `def load(name: "csv")`."""

    def __init__(self, unit: Unit) -> None:
        self._lines = (unit.code or "").split("\n")
        self._texts = [
            part
            for node in ast.walk(unit.tree)
            for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
            if annotation is not None
            for part in ast.walk(annotation)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]

    def hold(self, line: int, column: int) -> bool:
        """Tell whether a place lies in one of them; lines and columns are counted from 1."""
        return any(self._place(text) <= (line, column) <= self._end(text) for text in self._texts)

    def _place(self, text: ast.Constant) -> tuple[int, int]:
        return text.lineno, self._column(text.lineno, text.col_offset) + 1

    def _end(self, text: ast.Constant) -> tuple[int, int]:
        line = text.end_lineno or text.lineno
        return line, self._column(line, text.end_col_offset or 0)

    def _column(self, line: int, place: int) -> int:
        """Return how many characters stand before a place that the tree counts in bytes."""
        code = self._lines[line - 1].encode("utf-8", errors="replace")
        return len(code[:place].decode("utf-8", errors="replace"))


def _bindings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each name that the statements of a module bind, and the line; what functions bind is theirs alone."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name.split(".")[0], node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        if not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
