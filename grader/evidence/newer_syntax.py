"""Reads what only a newer Python than ours parses, by writing it in older words that keep every line number.

What an f-string holds since Python 3.12 (PEP 701) is parsed apart and put back into the tree; type parameters and the
word `type` of an alias (PEP 695) are blanked; the bare list of errors of Python 3.14 (PEP 758) gets its parentheses.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from grader.evidence.f_strings import Field, TextToken, tokens

_ALIAS = re.compile(r"^[ \t]*(type[ \t]+)\w+[ \t]*(?:=(?!=)|\[)", re.MULTILINE)
_GENERIC = re.compile(r"(?:\b(?:def|class)|^[ \t]*type)[ \t]+\w+[ \t]*(?=\[)", re.MULTILINE)
_ERRORS = re.compile(r"\bexcept\*?[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)[ \t]*,?[ \t]*:")
_BRACKET = re.compile(r"[\[\]]")
_AFTER_PARAMETERS = re.compile(r"[ \t]*[(:=]")
_PLACEHOLDER = "_newer_f_string_"
_MOST = 2000  # f-strings that are put back into one tree, parts of one, and statements of a kind
_DEEPEST = 8  # f-strings within one another
_LONGEST = 2000  # characters of type parameters


@dataclass(frozen=True)
class OlderText:
    """Code in older words, and what its placeholders stand for."""

    text: str
    f_strings: dict[str, list[ast.expr]] = field(default_factory=dict)

    def restored(self, tree: ast.Module) -> ast.Module:
        """Return the tree with the f-strings' own parts where their placeholders stand."""
        try:
            return _Restored(self.f_strings).visit(tree) if self.f_strings else tree
        except RecursionError:
            return tree


@dataclass(frozen=True)
class _Edit:
    first: int
    end: int
    text: str


def in_older_words(code: str) -> OlderText:
    """Return the code as an older Python parses it; the very same where nothing in it is known to be newer."""
    return OlderText(code) if _PLACEHOLDER in code else _rewritten(code, 0)


def _rewritten(code: str, depth: int) -> OlderText:
    found: dict[str, list[ast.expr]] = {}
    edits: list[_Edit] = []
    bare: list[str] = []
    last = 0
    for token in tokens(code):
        bare += code[last : token.first], _blank(code[token.first : token.end])
        last = token.end
        parts = _newer_parts(code, token, depth) if token.is_formatted and len(found) < _MOST else None
        if parts is not None:
            name = f"{_PLACEHOLDER}{len(found)}_"
            found[name] = parts
            newlines = "\n" * code.count("\n", token.first, token.end)
            edits.append(_Edit(token.first, token.end, f"f'''{{{name}{newlines}}}'''"))
    edits += _of_statements("".join(bare) + code[last:])
    return OlderText(_edited(code, edits), found)


def _blank(text: str) -> str:
    """Return a text or a remark as so many characters and lines that open nothing."""
    return re.sub(r"[^\n]", " " if text.startswith("#") else "_", text)


def _newer_parts(code: str, token: TextToken, depth: int) -> list[ast.expr] | None:
    """Return the parts of an f-string that this Python cannot parse; None where it can, or none could."""
    is_within_bounds = depth < _DEEPEST and len(token.parts) < _MOST
    if not is_within_bounds or _expression(code[token.first : token.end]) is not None:
        return None
    try:
        return [_part(code, part, token, depth) for part in token.parts]
    except ValueError:
        return None


def _part(code: str, part: str | Field, token: TextToken, depth: int) -> ast.expr:
    """Return a part as the tree has it. Raises ValueError where its expression is none."""
    line = token.line + code.count("\n", token.first, part.first) if isinstance(part, Field) else token.line
    if isinstance(part, str):
        return _at_line(ast.Constant(value=part), line)
    older = _rewritten(code[part.first : part.end], depth + 1)
    value = _expression(older.text)
    if value is None:
        raise ValueError(older.text)
    value = _Restored(older.f_strings).visit(value)
    ast.increment_lineno(value, line - 1)
    spec = [_part(code, inner, token, depth) for inner in part.spec]
    spelled = _at_line(ast.JoinedStr(values=spec), line) if spec else None
    return _at_line(ast.FormattedValue(value=value, conversion=part.conversion, format_spec=spelled), line)


def _at_line(node: ast.expr, line: int) -> ast.expr:
    node.lineno = node.end_lineno = line
    node.col_offset = node.end_col_offset = 0
    return node


def _expression(text: str) -> ast.expr | None:
    """Return what an expression parses to as it stands in brackets, None where this Python cannot parse it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Restored(ast.NodeTransformer):
    def __init__(self, f_strings: dict[str, list[ast.expr]]) -> None:
        self._f_strings = f_strings

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        self.generic_visit(node)
        values = [part for value in node.values for part in self._parts(value)]
        if values == node.values:
            return node
        node.values = values
        return node if _can_be_written(node) else _as_call(node)

    def _parts(self, value: ast.expr) -> list[ast.expr]:
        match value:
            case ast.FormattedValue(value=ast.Name(id=name)) if name in self._f_strings:
                return self._f_strings[name]
        return [value]


def _can_be_written(node: ast.JoinedStr) -> bool:
    try:
        ast.unparse(node)
    except ValueError:  # this Python has no way to write a backslash in a field
        return False
    return True


def _as_call(node: ast.JoinedStr) -> ast.expr:
    """Return a call that is given what the f-string shows."""
    shown = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    function = ast.Attribute(value=ast.Constant(value=""), attr="format", ctx=ast.Load())
    made = ast.copy_location(ast.Call(func=function, args=shown, keywords=[]), node)
    return ast.fix_missing_locations(made)


def _of_statements(bare: str) -> Iterator[_Edit]:
    """Yield the edits of statements; `bare` is the code with nothing in its texts and remarks."""
    for found in islice(_ALIAS.finditer(bare), _MOST):
        yield _Edit(found.start(1), found.end(1), "")
    for found in islice(_GENERIC.finditer(bare), _MOST):
        end = _closed(bare, found.end())
        if end and _AFTER_PARAMETERS.match(bare, end):
            lines = bare.count("\n", found.end(), end)
            yield _Edit(found.end(), end, " \\\n" * lines)
    for found in islice(_ERRORS.finditer(bare), _MOST):
        if all("." in name or name.strip()[:1].isupper() for name in found[1].split(",")[1:]):
            yield _Edit(found.start(1), found.end(1), f"({found[1]})")


def _closed(bare: str, first: int) -> int:
    """Return where what the bracket at `first` opens has ended, 0 where it does not."""
    depth = 0
    for found in _BRACKET.finditer(bare, first, first + _LONGEST):
        depth += 1 if found[0] == "[" else -1
        if not depth:
            return found.end()
    return 0


def _edited(code: str, edits: Iterable[_Edit]) -> str:
    parts: list[str] = []
    last = 0
    for edit in sorted(edits, key=lambda edit: edit.first):
        if edit.first >= last:
            parts += code[last : edit.first], edit.text
            last = edit.end
    return "".join(parts) + code[last:]
