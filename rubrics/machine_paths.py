"""Strings that name a place of one machine, and the folders that a handed-in image makes its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from grader import Document, Evidence, Source, Span
from rubrics.code_text import line_span, line_text, place, strings
from rubrics.facts import live_calls, test_paths

_OF_A_MACHINE = re.compile(
    r"^(?:/(?:home|Users|content|kaggle|mnt|root|media|Volumes)/\S|/data/\S*\.\w{1,8}$|~/\S"
    r"|[A-Za-z]:[\\/]+\w|\\\\\w)"
)
# A folder at the root that nobody has by nature; a web service may have a route of that name.
_AT_THE_ROOT = re.compile(
    r"^/(?:data|datasets?|models?|inputs?|outputs?|storage|scratch|workspace)/(?=[./-]*\w)[\w./-]+$"
)
_KEPT_AS_A_PATH = re.compile(
    r"(?i)\b(?!\w*(?:url|uri|route|endpoint|api|page|link))(?:\w+_(?:path|dir|folder|file|root)|(?:data)?dir|folder"
    r"|(?:path|dir|folder|file)_\w+)[ \t]*(?::[ \t]*\w+[ \t]*)?=[ \t]*r?['\"]/"
)
_INSTRUCTION = re.compile(r"^[ \t]*(WORKDIR|COPY|ADD|VOLUME|ENV|ARG)[ \t]+(.{1,400})$", re.MULTILINE | re.IGNORECASE)
_MOUNTED = re.compile(
    r"(?:(?:-v|--volume)[ \t=]+|^[ \t]*-[ \t]+)['\"]?[^\s:'\"]{1,200}:(/[\w./-]{2,200})", re.MULTILINE
)
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


def machine_paths(evidence: Evidence) -> Iterator[tuple[str, Span]]:
    """Yield the strings outside tests that name a place of the author's machine, of Colab or of Kaggle."""
    tests, own, images = test_paths(evidence), image_folders(evidence), _images(evidence)
    read = {place(call.span) for call in live_calls(evidence, "load", "save")}
    for source in evidence.code.sources:
        for text, line in strings(source) if source.path not in tests else ():
            found = bool(_OF_A_MACHINE.match(text))
            if not found and not images and _AT_THE_ROOT.match(text):
                read_here = (source.path, source.cell, line) in read
                found = read_here or bool(_KEPT_AS_A_PATH.search(line_text(source, line)))
            if found and not _is_route_or_part(source, line, text) and not _below(text, own):
                yield text, line_span(source, line)


def image_folders(evidence: Evidence) -> frozenset[str]:
    """Return the folders that Dockerfiles work in, copy to or are given as volumes: the same wherever they run."""
    folders: set[str] = set()
    for document in _images(evidence):
        folders |= _folders_of(document)
    texts = (item.text for item in evidence.code.documents if item.kind in ("readme", "configuration"))
    folders |= {folder for text in texts for folder in _MOUNTED.findall(text)}
    return frozenset(folder.rstrip("/") for folder in folders if folder.startswith("/") and folder.strip("/"))


def _folders_of(document: Document) -> set[str]:
    known: dict[str, str] = {}
    found = set()
    for word, rest in _INSTRUCTION.findall(document.text.replace("\\\n", " ")):
        rest = _VARIABLE.sub(lambda match: known.get(match[1], ""), rest).strip()
        if word.upper() in ("ENV", "ARG"):
            name, _, value = rest.replace("=", " ", 1).partition(" ")
            known[name] = value.strip().strip("'\"")[:200]
        else:
            found.add(re.split(r"[\s,]+", rest.strip("[] "))[-1].strip("'\""))
    return found


def _images(evidence: Evidence) -> list[Document]:
    return [item for item in evidence.code.documents if "dockerfile" in PurePosixPath(item.path).name.lower()]


def _below(text: str, folders: frozenset[str]) -> bool:
    return any(text == folder or text.startswith(f"{folder}/") for folder in folders)


def _is_route_or_part(source: Source, line: int, text: str) -> bool:
    """Tell whether it is a service's route, or is put behind a folder: `here + "/data/rows.csv"` is relative."""
    written = line_text(source, line)
    above = line_text(source, line - 1).rstrip() if line > 1 else ""
    behind = re.search(r"\+[ \t]*[rfbu]?['\"]" + re.escape(text[:60]), written)
    return written.lstrip().startswith("@") or bool(behind) or (above.endswith("+") and written.lstrip()[:1] in "'\"rf")
