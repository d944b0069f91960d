"""Commands that a work's packaging gives to whoever installs it, and the lines of a README that give them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from grader import Document, Evidence, Span

_MOST = 1000  # characters of a line
_PACKAGING = ("pyproject.toml", "setup.py", "setup.cfg")
# `bsort = "bsort.cli:main"`, and `"bsort = bsort.cli:main"` of a list
_SCRIPT = re.compile(
    r"^[ \t\[\"']*([A-Za-z][\w.-]*)[\"']?[ \t]*=[ \t\[]*[\"']?([A-Za-z_][\w.]*):[A-Za-z_]", re.MULTILINE
)
_RUN = r"(?:uv|poetry|pdm|hatch|rye|pixi|pipenv)[ \t]+run[ \t]+(?:--?[\w-]+[ \t]+)*"
_CODE = re.compile(r"`([^`\n]{1,300})`")
_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)")


def script_lines(evidence: Evidence, documents: list[Document]) -> Iterator[Span]:
    """Yield the lines that call a script of the work: in a block of code, between backticks, or by `uv run`.

    A sentence that begins with the work's name calls nothing.
    """
    names = _scripts(evidence)
    if not names:
        return
    called = rf"(?:{'|'.join(map(re.escape, sorted(names)))})(?![\w./=-]|[ \t]*[=:])"
    by_tool, alone = re.compile(rf"\b{_RUN}{called}"), re.compile(rf"[ \t$>%]*(?:{_RUN})?{called}")
    for document in documents:
        fenced = False
        for number, written in enumerate(document.text.split("\n"), start=1):
            line = written[:_MOST]
            if _FENCE.match(line):
                fenced = not fenced
                continue
            code = [line] if fenced or line.startswith(("    ", "\t", "$ ")) else _CODE.findall(line)
            if by_tool.search(line) or any(map(alone.match, code)):
                yield Span(path=document.path, line=number, end_line=number, text=line.strip()[:200])


def _scripts(evidence: Evidence) -> set[str]:
    """Return the names of the scripts by which a module of the work is called."""
    modules = {path.removesuffix(".py").removesuffix("/__init__") for path in _sources(evidence)}
    return {
        name
        for document in evidence.code.documents
        if PurePosixPath(document.path).name.lower() in _PACKAGING
        for name, module in _SCRIPT.findall(document.text)
        if any(f"/{place}".endswith(f"/{module.replace('.', '/')}") for place in modules)
    }


def _sources(evidence: Evidence) -> list[str]:
    return [source.path for source in evidence.code.sources if source.path.endswith(".py")]
