"""Finds texts and remarks in code as Python has read them since 3.12, where an f-string's fields may hold any of them.

Nothing here depends on the Python that runs it, so f-strings are found that this one cannot parse.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_BEGINS = r"#[^\n]*|(?:(?<!\w)(?P<prefix>[rbuftRBUFT]{1,2})(?=['\"]))?(?P<quote>'''|\"\"\"|['\"])"
_NEXT = re.compile(_BEGINS)
_IN_FIELD = re.compile(rf"{_BEGINS}|!=|[()\[\]{{}}!:]")
_IN_TEXT = re.compile(r"\\N\{[^}\n]*\}|\\[^{]|\{\{|\}\}|[{}\n]|'''|\"\"\"|['\"]")
_IN_SPEC = re.compile(r"\\[^{}]|[{}\n]|'''|\"\"\"|['\"]")
_CONVERSION = re.compile(r"!([rsa])[ \t]*(?=[:}])")
_DEBUG = re.compile(r"(?<![=!<>])=\s*\Z")  # f"{x = }" shows the expression too
_PLAIN = {
    "'": re.compile(r"(?:\\[\s\S]|[^\\\n'])*+'"),
    '"': re.compile(r'(?:\\[\s\S]|[^\\\n"])*+"'),
    "'''": re.compile(r"(?:\\[\s\S]|[^\\']|'(?!''))*+'''"),
    '"""': re.compile(r'(?:\\[\s\S]|[^\\"]|"(?!""))*+"""'),
}


class NoTextError(ValueError):
    """What begins here is no text of any Python: it is not closed, or its braces do not match."""


@dataclass(frozen=True)
class Field:
    """A replacement field: its expression is `code[first:end]`; `conversion` as `ast.FormattedValue` has it."""

    first: int
    end: int
    conversion: int = -1
    spec: tuple[str | Field, ...] = ()


@dataclass(frozen=True)
class TextToken:
    """A text with its quotes, or a remark, which has no quotes; `parts` are those of an f-string, in order."""

    first: int
    end: int
    line: int
    is_formatted: bool = False
    parts: tuple[str | Field, ...] = ()


def tokens(code: str) -> Iterator[TextToken]:
    """Yield the texts and remarks, up to the first that no Python could read."""
    place, line, counted = 0, 1, 0
    while found := _NEXT.search(code, place):
        line += code.count("\n", counted, found.start())
        counted = found.start()
        try:
            token = _token(code, found, line)
        except (NoTextError, RecursionError):
            return
        yield token
        place = token.end


def _token(code: str, found: re.Match[str], line: int = 0) -> TextToken:
    quote, prefix = found["quote"], (found["prefix"] or "").lower()
    if not quote:
        return TextToken(found.start(), found.end(), line)
    if not {"f", "t"}.isdisjoint(prefix):
        parts, end = _parts(code, found.end(), quote, "r" in prefix)
        return TextToken(found.start(), end, line, is_formatted=True, parts=parts)
    closed = _PLAIN[quote].match(code, found.end())
    if closed is None:
        raise NoTextError
    return TextToken(found.start(), closed.end(), line)


def _parts(code: str, place: int, quote: str, raw: bool) -> tuple[tuple[str | Field, ...], int]:
    """Return the parts of the f-string whose text begins at `place`, and where it ends."""
    parts: list[str | Field] = []
    last = place
    while found := _IN_TEXT.search(code, place):
        what, place = found[0], found.end()
        if what == "{":
            parts.append(_literal(code[last : found.start()], quote, raw))
            field, place = _field(code, place, quote)
            parts.append(field)
            last = place
        elif what.startswith(quote):
            parts.append(_literal(code[last : found.start()], quote, raw))
            return tuple(part for part in parts if part), found.start() + len(quote)
        elif what == "}" or (what == "\n" and len(quote) == 1):
            break
        elif raw and what.startswith("\\N{"):
            place = found.start() + 2
        elif what[0] in "'\"":
            place = found.start() + 1
    raise NoTextError


def _field(code: str, place: int, quote: str) -> tuple[Field, int]:
    """Return the field whose expression begins at `place`, and where what follows its brace begins."""
    first, depth = place, 0
    while found := _IN_FIELD.search(code, place):
        what, place = found[0], found.end()
        if found["quote"]:
            place = _token(code, found).end
        elif what in ("(", "[", "{"):
            depth += 1
        elif depth and what in (")", "]", "}"):
            depth -= 1
        elif not depth and what in ("}", "!", ":"):
            return _ended(code, first, found.start(), quote)
        elif what in (")", "]"):
            break
    raise NoTextError


def _ended(code: str, first: int, end: int, quote: str) -> tuple[Field, int]:
    place, conversion = end, -1
    if code[end] == "!":
        said = _CONVERSION.match(code, end)
        if said is None:
            raise NoTextError
        place, conversion = said.end(), ord(said[1])
    spec, place = _spec(code, place + 1, quote) if code[place] == ":" else ((), place + 1)
    debug = _DEBUG.search(code[first:end])
    return Field(first, first + debug.start() if debug else end, conversion, spec), place


def _spec(code: str, place: int, quote: str) -> tuple[tuple[str | Field, ...], int]:
    """Return the parts of a format, such as `.2f` or `{width}`, and where what follows its brace begins."""
    parts: list[str | Field] = []
    last = place
    while found := _IN_SPEC.search(code, place):
        what, place = found[0], found.end()
        if what in ("{", "}"):
            parts.append(code[last : found.start()])
            if what == "}":
                return tuple(part for part in parts if part), place
            field, place = _field(code, place, quote)
            parts.append(field)
            last = place
        elif what.startswith(quote) or (what == "\n" and len(quote) == 1):
            break
        elif what[0] in "'\"":
            place = found.start() + 1
    raise NoTextError


def _literal(text: str, quote: str, raw: bool) -> str:
    text = text.replace("{{", "{").replace("}}", "}")
    if raw or "\\" not in text:
        return text
    try:
        return str(ast.literal_eval(quote + text + quote))
    except (ValueError, SyntaxError):
        return text
