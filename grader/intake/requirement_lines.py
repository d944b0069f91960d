"""One line of a list of requirements, as people write them, read without believing any of it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Literal

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Parsed
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from grader.model.environment import Requirement

MOST_CHARACTERS = 1000
Include = Literal["requirements", "constraints"]

# Words that people write for a package of another name.
RENAMED = {
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "cv2": "opencv-python",
    "pil": "pillow",
    "bs4": "beautifulsoup4",
    "imblearn": "imbalanced-learn",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
}
# Parts of another operating system that `pip freeze` and `conda list` name there.
ELSEWHERE = frozenset(("pywin32", "pypiwin32", "pywinpty", "wincertstore", "win-inet-pton", "appnope", "comtypes"))
NO_PACKAGE = frozenset(("python", "pip"))  # as conda's lists have them

_FORBIDDEN = re.compile(
    r"--(?:extra-)?index-url\b|-i\b|--find-links\b|-f\b|--editable\b|-e\b|-[ief](?=[\w.:/])", re.IGNORECASE
)
_INCLUDE = re.compile(r"(?:(--requirement|-r)|(?:--constraint|-c))(?:\s*=\s*|\s*)(\S.*)")
_ADDRESS = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://|(?:file|git|hg|svn|bzr|ssh)[+:@]|[./~\\]|\w:\\)|\.(?:whl|zip|tar\.gz|tgz)$",
    re.IGNORECASE,
)
_DIRECT = re.compile(r"^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@\s*(\S+)")
_LISTED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\s*=\s*|\s+)v?(\d[\w.!+*]*)(?:=[\w.]+)?$")
_TABLE = re.compile(r"^-{2,}(?:\s+-{2,})*$")


@dataclass(frozen=True)
class Line:
    """What one line comes to: at most one of a requirement, an `include` with its path, and what is forbidden in it."""

    requirement: Requirement | None = None
    include: tuple[Include, str] | None = None
    forbidden: str = ""
    note: str = ""


def read_line(text: str, path: str, number: int) -> Line:
    """Return what line `number` of the file `path` asks for; `text` may be anything, and none of it is acted upon."""
    words = re.sub(r"(?:^|\s)#.*$", "", text).strip().rstrip(",")
    if words[:1] in "\"'" and words[-1:] == words[:1]:
        words = words[1:-1].strip()
    if len(words) > MOST_CHARACTERS:
        return Line(note="is too long to be a requirement")
    if not words or _TABLE.match(words) or words.lower().split() == ["package", "version"]:
        return Line()
    if words.startswith("-"):
        return _option(words)
    words, *options = re.split(r"\s+(?=--[a-z])", words)  # --hash and other options of one requirement
    if any(_FORBIDDEN.match(option) for option in options):
        return Line(forbidden=_shown(" ".join([words, *options])))
    direct = _DIRECT.match(words)
    if direct:
        return _direct(direct[1], direct[2], path, number)
    if _ADDRESS.search(words):
        return Line(forbidden=_shown(words))
    return _named(words, path, number)


def _option(words: str) -> Line:
    if _FORBIDDEN.match(words):
        return Line(forbidden=_shown(words))
    include = _INCLUDE.match(words)
    if include:
        return Line(include=("requirements" if include[1] else "constraints", include[2].strip()))
    return Line(note=f"the option {_shown(words)} was not heeded")


def _direct(name: str, address: str, path: str, number: int) -> Line:
    """A conda environment's `pip freeze` names folders of the machine that packed it: the name is good all the same."""
    if not address.lower().startswith("file:"):
        return Line(forbidden=_shown(f"{name} @ {address}"))
    stated = re.search(rf"/{re.escape(name)}-(\d[\w.!+]*?)(?:-[^/]*\.whl|\.tar\.gz|\.zip)?(?:[/#?]|$)", address, re.I)
    version = _version(stated[1]) if stated else ""
    note = f"{name} is named by a path of another machine: its {'version' if version else 'name'} was used"
    found = _named(f"{name}=={version}" if version else name, path, number)
    return Line(requirement=found.requirement, note=found.note or note)


def _named(words: str, path: str, number: int) -> Line:
    listed = _LISTED.match(words)
    if listed and (version := _version(listed[2])):
        words = f"{listed[1]}=={version}"
    try:
        parsed = Parsed(words)
    except (InvalidRequirement, RecursionError):
        return Line(note=f"{_shown(words)} is no requirement")
    name = canonicalize_name(parsed.name)
    if name in NO_PACKAGE:
        return Line()
    if name in ELSEWHERE:
        return Line(note=f"{name} is for another operating system")
    if parsed.name in sys.stdlib_module_names:
        return Line(note=f"{parsed.name} is part of Python")
    note = f"{parsed.name} was taken for {RENAMED[name]}" if name in RENAMED else ""
    if name in RENAMED:
        name, parsed.name = canonicalize_name(RENAMED[name]), RENAMED[name]
        parsed.specifier = type(parsed.specifier)()  # a version of the other name says nothing
    asked, pinned = str(parsed), _is_pinned(parsed)
    parsed.specifier = type(parsed.specifier)()
    requirement = Requirement(name=name, asked=asked, relaxed=str(parsed), pinned=pinned, path=path, line=number)
    return Line(requirement=requirement, note=note)


def _is_pinned(parsed: Parsed) -> bool:
    return any(each.operator in ("==", "===") and "*" not in each.version for each in parsed.specifier)


def _version(text: str) -> str:
    """Return a version in its usual form, nothing when it is none."""
    try:
        return str(Version(text))
    except InvalidVersion:
        return ""


def _shown(words: str) -> str:
    """Return the start of what was written, without the credentials that an address may hold."""
    return ascii(re.sub(r"//[^/@\s]*@", "//…@", words))[1:-1].replace("\\u2026", "…")[:80]
