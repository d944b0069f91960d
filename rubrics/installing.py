"""What `pip install` lines name: in a notebook's cells, and in the Dockerfiles and scripts that set a machine up."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath

from grader import Document, Evidence, Span

# At the start of a command only: `echo "pip install x"` installs nothing.
_COMMAND = re.compile(
    r"(?:^[ \t]*(?:@-?|[!%][ \t]*|RUN[ \t]+(?:--\S+[ \t]+)*)?|(?:&&|\|\||;)[ \t]*)(?:sudo[ \t]+)?(?:-H[ \t]+)?"
    r"(?:(?:python3?|\{sys\.executable\})[ \t]+-m[ \t]+)?(?:pip3?|uv[ \t]+pip|conda|mamba|micromamba)"
    r"[ \t]+install[ \t]+([^;&|\n]*)",
    re.IGNORECASE,
)
_WITH_VALUE = frozenset(
    ("-r", "--requirement", "-c", "--constraint", "--channel", "-e", "--editable", "-i", "--index-url",
     "--extra-index-url", "-f", "--find-links", "--trusted-host", "-t", "--target", "-n", "--name", "-p", "--prefix",
     "--python", "--timeout", "--default-timeout", "--retries", "--progress-bar", "--file")
)  # fmt: skip
_NAMED = re.compile(r"[A-Za-z0-9][\w-]*(?:\.[\w-]+)*(?:\[[^\]]*\])?(?:[=<>~!@].*)?")
_FILE = re.compile(r".*(?:/|\.(?:txt|whl|zip|gz)$)")


def installed_in_cells(evidence: Evidence) -> Iterator[tuple[str, Span]]:
    """Yield each requirement that `!pip install` and `%pip install` in notebooks name, and where it stands; where it is
    a cell's only line, IPython needs no mark.
    """
    for source in evidence.code.sources:
        if source.cell is not None:
            is_magic = not source.error and "\n" not in source.text.strip()
            for number, line in enumerate(source.text.split("\n"), start=1):
                if is_magic or line.lstrip().startswith(("!", "%")):
                    span = Span(path=source.path, cell=source.cell, line=number, end_line=number, text=line[:200])
                    yield from ((name, span) for name in requirements_of(line))


def installed_in_documents(evidence: Evidence) -> Iterator[tuple[str, Span]]:
    """Yield each requirement that Dockerfiles, shell scripts and Makefiles install, and where it stands."""
    for document in evidence.code.documents:
        if _sets_up(document):
            for number, line in _joined(document.text):
                span = Span(path=document.path, line=number, end_line=number, text=line[:200])
                yield from ((name, span) for name in requirements_of(line))


def requirements_of(line: str) -> list[str]:
    """Return what the install commands of one line name, options and files left out."""
    found = []
    for match in _COMMAND.finditer(line[:4000]):
        words = iter(_words(match[1]))
        for word in words:
            if word in _WITH_VALUE:
                next(words, None)
            elif _NAMED.fullmatch(word) and ("@" in word or not _FILE.fullmatch(word)):
                found.append(word)
    return found


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=True)
    except ValueError:  # an unclosed quote
        return text.split("#")[0].split()


def _sets_up(document: Document) -> bool:
    name = PurePosixPath(document.path).name.lower()
    return document.kind == "configuration" and ("dockerfile" in name or name == "makefile" or name.endswith(".sh"))


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Yield (1-based line, command) with continued lines as one, comments between them left out as Docker does."""
    begun = 0
    parts: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip().startswith("#"):
            continue
        begun = begun if parts else number
        parts.append(line.rstrip().removesuffix("\\"))
        if not line.rstrip().endswith("\\"):
            yield begun, " ".join(parts)
            parts = []
    if parts:
        yield begun, " ".join(parts)
