"""Functions that code names without calling them: put into a table of functions, say, that something calls later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from grader import Evidence, FunctionFact, Source
from rubrics.code_text import code_lines

_USE = re.compile(r"(?<![\w.])(?:([A-Za-z_]\w*)\.)?([A-Za-z_]\w*)\b(?! ?(?:=(?!=)|\())")
_HEADER = re.compile(r"^\s*(?:async\s+def|def|class|import|from|global|nonlocal|del)\b")
_BOUND = re.compile(
    r"^\s*([A-Za-z_]\w*(?:, ?[A-Za-z_]\w*)*) ?(?::[^=]{1,80})?[-+*/|&]?=(?!=)"
    r"|\b(?:for|as) \(?([A-Za-z_][\w, ]*)|\b([A-Za-z_]\w*) ?:="
)
_WORD = re.compile(r"[A-Za-z_]\w*")
_MOST = 400  # of a line, so that no pattern takes long


def names_read(evidence: Evidence, functions: list[FunctionFact], tests: frozenset[str]) -> dict[str, set[str]]:
    """Return the functions, by their full names, that each function ("" for what stands in none) names as a value.

    A name that the same file also gives to a variable is that variable, for all that can be told.
    """
    plain, attributes = _by_name(functions)
    modules = {PurePosixPath(source.path).stem for source in evidence.code.sources}
    owners, bound = _owners(functions), _variables(evidence, functions)
    found: dict[str, set[str]] = {}
    for source in evidence.code.sources:
        if source.path in tests:
            continue
        for number, line in _body_lines(source):
            owner = owners.get((source.path, source.cell, number), "")
            for before, name in _USE.findall(line[:_MOST]):
                known = attributes if before in ("self", "cls") or before in modules else {} if before else plain
                if name in known and (before or name not in bound[source.path]):
                    found.setdefault(owner, set()).update(known[name])
    return found


def _by_name(functions: Iterable[FunctionFact]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the functions that a bare name may mean, and those that the name of an attribute may."""
    full = {fact.name for fact in functions}
    plain: dict[str, list[str]] = {}
    attributes: dict[str, list[str]] = {}
    for name in full:
        owner, _, last = name.rpartition(".")
        attributes.setdefault(last, []).append(name)
        if not owner or owner in full:  # no method
            plain.setdefault(last, []).append(name)
    return plain, attributes


def _owners(functions: Iterable[FunctionFact]) -> dict[tuple[str, int | None, int], str]:
    """Return the innermost function of each line that stands in one; an outer one comes before those inside it."""
    return {
        (fact.span.path, fact.span.cell, line): fact.name
        for fact in functions
        for line in range(fact.span.line or 0, (fact.span.end_line or 0) + 1)
    }


def _variables(evidence: Evidence, functions: Iterable[FunctionFact]) -> dict[str, set[str]]:
    """Return the names that each file gives to variables and parameters."""
    found: dict[str, set[str]] = {source.path: set() for source in evidence.code.sources}
    for source in evidence.code.sources:
        for _, line in code_lines(source):
            for match in _BOUND.finditer(line[:_MOST]):
                found[source.path].update(_WORD.findall(match[1] or match[2] or match[3]))
    for fact in functions:
        signature = re.split(r"\)\s*(?:->[^:\n]{1,200})?:\s*(?:#.*)?(?:\n|$)", fact.span.text, maxsplit=1)[0]
        found.setdefault(fact.span.path, set()).update(re.findall(r"[(,]\s*\*{0,2}([A-Za-z_]\w*)", signature))
    return found


def _body_lines(source: Source) -> Iterator[tuple[int, str]]:
    """Yield the lines of code that are no part of a signature or an import, however many lines that takes."""
    depth = 0
    for number, line in code_lines(source):
        opened = line.count("(") + line.count("[") - line.count(")") - line.count("]")
        if depth > 0:
            depth += opened
        elif _HEADER.match(line):
            depth = opened
        else:
            yield number, line
