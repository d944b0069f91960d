"""What the work says it depends on, and what it really imports."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from grader import Document, Evidence, Span
from grader.model import OWN_BY_NAME
from rubrics.distributions import declared_as, normalised
from rubrics.installing import installed_in_cells, installed_in_documents

LOCKS = frozenset(("uv.lock", "poetry.lock", "pipfile.lock", "conda-lock.yml", "pdm.lock"))
NEVER_DECLARED = frozenset(("IPython", "ipykernel", "google", "pytest", "setuptools"))
_REQUIREMENT = re.compile(r"^\s*-?\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(.*)$")
_EXACT = re.compile(r"^\(?\s*(===?|~=|=)\s*\d")
_DECLARES = re.compile(r"""[\s"'\[-]*(?:name\s*=\s*["'])?([A-Za-z0-9][\w.-]*)""")
_FIXED = re.compile(r"^[\s\"'\[-]*[\w.-]+(?:\[[^\]]*\])?\s*(?:===?|~=|=)\s*[\"']?\d")
_NAME = re.compile(r"(?<![\w.-])[A-Za-z0-9][\w.-]*(?<![.-])")
MOST = 2000  # characters of a line
_TOML_EXACT = re.compile(r"^[=~^]?=?\s*\d")


def declared(documents: Iterable[Document]) -> dict[str, bool]:
    """Return the distributions that dependency files name, normalised, each with whether its version is fixed."""
    found: dict[str, bool] = {}
    for document in documents:
        name = PurePosixPath(document.path).name.lower()
        entries = _from_pyproject(document.text) if name == "pyproject.toml" else _from_lines(document.text)
        if name in ("setup.py", "setup.cfg", "pipfile") or name in LOCKS:
            entries = {word.lower(): name in LOCKS for word in re.findall(r"[\w.-]{2,60}", document.text)}
        for distribution, fixed in entries.items():
            key = normalised(distribution)
            found[key] = found.get(key, False) or fixed
    return found


def installed(evidence: Evidence) -> dict[str, tuple[bool, Span]]:
    """Return what commands install, normalised: whether its version is fixed, and where it stands."""
    found: dict[str, tuple[bool, Span]] = {}
    for requirement, span in (*installed_in_cells(evidence), *installed_in_documents(evidence)):
        for name, fixed in _from_lines(requirement).items():
            found.setdefault(normalised(name), (fixed, span))
    return found


def declares_nothing(evidence: Evidence) -> bool:
    """Tell whether packages are imported that are here, and nothing declares or installs a single one of them: where
    one is declared, others may come with it.
    """
    files = [document for document in evidence.code.documents if document.kind == "dependencies"]
    listed = {*declared(files), *installed(evidence)}
    lacking = {normalised(absence.name.partition(".")[0]) for absence in evidence.absent if absence.kind == "package"}
    here = [name for name in third_party(evidence) if declared_as(name, lacking) is None]
    return bool(here) and all(declared_as(name, listed) is None for name in here)


def third_party(evidence: Evidence) -> dict[str, Span]:
    """Return the imported packages that are neither Python's own nor the work's, each with where it is imported."""
    return {name: span for name, span in _foreign(evidence).items() if name not in OWN_BY_NAME}


def not_handed_in(evidence: Evidence) -> dict[str, Span]:
    """Return the imported modules that by their name are the work's own, and are not there."""
    return {name: span for name, span in _foreign(evidence).items() if name in OWN_BY_NAME}


def _foreign(evidence: Evidence) -> dict[str, Span]:
    paths = [entry.path for entry in evidence.files if entry.path.endswith(".py")]
    own = {
        part for path in (*paths, *(source.path for source in evidence.code.sources)) for part in _module_names(path)
    }
    found: dict[str, Span] = {}
    for name, span in evidence.code.imports.items():
        top = name.split(".")[0]
        if top and top not in sys.stdlib_module_names and top not in own and top not in NEVER_DECLARED:
            found.setdefault(top, span)
    return found


def lines_of(documents: Iterable[Document], distributions: Iterable[str]) -> list[Span]:
    """Return the line of the dependency files that declares each distribution: with its version, and of lock files,
    where there are some.
    """
    fixing: dict[str, Span] = {}
    declaring: dict[str, Span] = {}
    naming: dict[str, Span] = {}
    for document in sorted(documents, key=lambda document: not _is_lock(document)):
        if len(document.text.split()) != document.words:  # one that was reduced has other lines
            continue
        for number, line in enumerate(document.text.split("\n"), start=1):
            if not line.lstrip().startswith("#"):
                span = Span(path=document.path, line=number, end_line=number, text=line.strip()[:200])
                begins = _DECLARES.match(line[:MOST])
                if begins:
                    declaring.setdefault(normalised(begins[1]), span)
                    if _is_lock(document) or _FIXED.search(line[:MOST]):
                        fixing.setdefault(normalised(begins[1]), span)
                for word in _NAME.findall(line[:MOST]):
                    naming.setdefault(normalised(word), span)
    places = {**naming, **declaring, **fixing}
    return [places[name] for name in distributions if name in places]


def _is_lock(document: Document) -> bool:
    return PurePosixPath(document.path).name.lower() in LOCKS


def _module_names(path: str) -> tuple[str, ...]:
    parts = PurePosixPath(path).parts
    return (*parts[:-1], PurePosixPath(path).stem)


def _from_lines(text: str) -> dict[str, bool]:
    """Read requirements.txt and environment.yml: one distribution a line."""
    found: dict[str, bool] = {}
    for line in text.splitlines():
        stripped = line.split("#")[0].strip()
        match = _REQUIREMENT.match(stripped)
        if match and not stripped.startswith(("--", "-r", "-e", "-c")) and not stripped.endswith(":"):
            found[match[1]] = bool(_EXACT.match(match[2])) or "--hash" in match[2]
    return found


def _from_pyproject(text: str) -> dict[str, bool]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    lines = [str(item) for listed in _lists(data) if isinstance(listed, list) for item in listed]
    rows = [row for table in _tables(data) if isinstance(table, dict) for row in table.items()]
    return {**_from_lines("\n".join(lines)), **{key: bool(_TOML_EXACT.match(str(value))) for key, value in rows}}


def _lists(data: dict[str, Any]) -> list[Any]:
    """Return the lists of requirements in a pyproject.toml, extras and groups too: who runs the work installs them."""
    extras = [*_table(data, "project", "optional-dependencies").values(), *_table(data, "dependency-groups").values()]
    return [_table(data, "project").get("dependencies"), *extras, _table(data, "tool", "uv").get("dev-dependencies")]


def _tables(data: dict[str, Any]) -> list[Any]:
    """Return Poetry's tables of requirements, those of its groups too."""
    poetry = _table(data, "tool", "poetry")
    groups = [group.get("dependencies") for group in _table(poetry, "group").values() if isinstance(group, dict)]
    return [poetry.get("dependencies"), poetry.get("dev-dependencies"), *groups]


def _table(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return the table at a path of keys, an empty one where there is something else."""
    for key in keys:
        found = data.get(key)
        data = found if isinstance(found, dict) else {}
    return data
