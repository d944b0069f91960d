"""Parses one piece of code, and what is left of it when a part is no valid Python 3."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.evidence.magics import PYTHON_CELLS, PYTHON_LINES, blank_magics, with_automagic
from grader.evidence.newer_syntax import in_older_words
from grader.model import Source

_Problem = tuple[str, int | None]  # what is wrong, "" for nothing, and in which line
_FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_MAX_REPAIRS = 25
# What Python 3.12 allows inside f-strings (PEP 701) and an older parser says of it.
_NEWER_F_STRING = ("f-string: expecting '}'", "f-string expression part cannot include")
_PRINT = re.compile(r"^([ \t]*)print[ \t]+([^\s(=.,][^\n#]*|\([^\n]*\)[^\n()]+)$", re.MULTILINE)
_R_CODE = re.compile(r"<- *(?:function|train|c|read|data|list|lm|glm|\w+\()|%>%|^library\(\w+\)$|^\w+\$\w+")


@dataclass(frozen=True, eq=False)
class Unit:
    """A parsed Source: `tree` holds every statement that could be read, with the line numbers of the original.

    `code` is the text that parses as a whole, if only in a newer Python, magics blanked where they stood in the way; ""
    where none does.
    """

    source: Source
    tree: ast.Module
    lines: tuple[str, ...]
    code: str = ""


Definition = ast.FunctionDef | ast.AsyncFunctionDef
Programs = Mapping[str, Sequence[Unit]]  # by path: one unit for a script, one a cell for a notebook


def parse_unit(path: str, text: str, cell: int | None = None) -> Unit:
    """Parse `text` as written, then without magics, then in older words, then without the statements that are no
    Python 3.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = tuple(text.split("\n"))
    code = with_automagic(text) if cell is not None else text
    tree, problem = _parse(code)
    if tree is None:
        code = blank_magics(code)
        tree, problem = _parse(code)
    if tree is None:
        tree, problem = _parse_newer(code)
    if "exec(" in text or "_magic(" in text:
        tree = _with_spelled_out(tree)
    error, line = problem
    source = Source(path=path, cell=cell, text=text, lines=_count(text), error=error, error_line=line)
    return Unit(source, tree, lines, "" if error else code)


def _parse_newer(code: str) -> tuple[ast.Module, _Problem]:
    """Return the tree of code that a newer Python may read, or what is left of it, and what no Python reads."""
    older = in_older_words(code)
    tree, problem = _parse(older.text)
    return older.restored(tree or _salvage(_with_print_calls(older.text))), problem


class _SpelledOut(ast.NodeTransformer):
    """Puts the statements of `exec("...")`, and of an exported notebook's timed cell, in its place and at its line."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        text = textwrap.dedent(_spelled_out(node.value))
        inner = (_parse(text)[0] or _parse(blank_magics(text))[0]) if text else None
        if inner is None:
            return node
        for part in ast.walk(inner):
            if isinstance(part, ast.stmt | ast.expr | ast.excepthandler | ast.arg | ast.keyword | ast.alias):
                ast.copy_location(part, node)
        return inner.body


def _spelled_out(node: ast.expr) -> str:
    """Return the code that a call runs which stands in the call itself, "" where none does."""
    match node:
        case ast.Call(func=ast.Name(id="exec"), args=[ast.Constant(value=str() as text), *_]):
            return text
        case ast.Call(
            func=ast.Attribute(attr="run_cell_magic"),
            args=[ast.Constant(value=str() as magic), _, ast.Constant(value=str() as text)],
        ):
            return text if magic in PYTHON_CELLS else ""
        case ast.Call(
            func=ast.Attribute(attr="run_line_magic"),
            args=[ast.Constant(value=str() as magic), ast.Constant(value=str() as text)],
        ):
            return text if magic in PYTHON_LINES else ""
    return ""


def _with_spelled_out(tree: ast.Module) -> ast.Module:
    try:
        return _SpelledOut().visit(tree)  # type: ignore[no-any-return]  # a module stays one
    except RecursionError:
        return tree


def _with_print_calls(code: str) -> str:
    """Return the code with Python 2's print statements as calls, line by line, so that what they print is read."""
    return _PRINT.sub(lambda found: f"{found[1]}print({found[2].rstrip().rstrip(',')})", code)


def _count(text: str) -> int:
    return len(text.rstrip("\n").split("\n")) if text.strip() else 0


def _parse(code: str) -> tuple[ast.Module | None, _Problem]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in somebody's code is not our warning
            return compile(code, "<submission>", "exec", _FLAGS, dont_inherit=True), ("", None)
    except SyntaxError as error:
        return None, (_message(error, code), error.lineno)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return None, (f"The code cannot be parsed: {error or type(error).__name__}", None)


def _message(error: SyntaxError, code: str) -> str:
    lines = code.split("\n")
    line = lines[error.lineno - 1].strip() if error.lineno and error.lineno <= len(lines) else ""
    if "Missing parentheses in call to 'print'" in error.msg:
        return "Python 2 print statement"
    if error.msg.startswith(_NEWER_F_STRING):
        return "f-string of a newer Python"
    if _R_CODE.search(line):
        return "R code"
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return "merge conflict marker"
    return error.msg


def _salvage(code: str) -> ast.Module:
    """Drop the top-level statement around each error until the rest parses."""
    tree, (_, line) = _parse(code)
    if tree is not None:
        return tree
    lines = code.split("\n")
    for _ in range(_MAX_REPAIRS):
        if line is None or not 1 <= line <= len(lines):
            break
        first, last = _block(lines, line - 1)
        if not any(lines[first:last]):
            break
        lines[first:last] = [""] * (last - first)
        tree, (_, line) = _parse("\n".join(lines))
        if tree is not None:
            return tree
    return ast.Module(body=[], type_ignores=[])


def _block(lines: list[str], index: int) -> tuple[int, int]:
    """Return the range of lines from the last one before `index` that starts at the margin to the next such."""
    first = index
    while first > 0 and not _at_margin(lines[first]):
        first -= 1
    last = index + 1
    while last < len(lines) and not _at_margin(lines[last]):
        last += 1
    return first, last


def _at_margin(line: str) -> bool:
    return bool(line) and not line[0].isspace() and line[0] not in ")]}#"
