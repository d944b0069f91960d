"""Reads the prose, the dependency lists and the configuration of a submission."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path, PurePosixPath
from typing import Literal

from grader.evidence.locks import named_versions
from grader.evidence.notebooks import Notebook
from grader.evidence.sources import decode, own_work, read_bytes
from grader.model import Document

Kind = Literal["readme", "markdown", "dependencies", "configuration"]

MAX_TEXT = 40_000
MAX_DOCUMENTS = 60
_MAX_BYTES = 400_000
# In Spanish, Portuguese, French, German and Italian too
_README_NAMES = (
    "readme", "read_me", "read-me", "leame", "léeme", "leeme", "leiame", "leia-me", "lisezmoi", "lisez-moi", "liesmich",
    "leggimi",
)  # fmt: skip
_MAX_LOCK_BYTES = 4_000_000
_DEPENDENCIES = {
    "pyproject.toml", "setup.py", "setup.cfg", "pipfile", "pipfile.lock", "uv.lock", "poetry.lock", "pdm.lock",
    "conda-lock.yml",
}  # fmt: skip
_DEPENDENCY_NAME = re.compile(
    r"^(?:re\w*req\w*|requir\w*|[\w.-]*requirements?)[\w.-]*\.(?:txt|in|pip)$|^(?:environment|conda)[\w.-]*\.ya?ml$"
)
_CONFIGURATION = {"dockerfile", "makefile", "procfile", "justfile", "tox.ini", "config.json", "params.json"}
_CONFIGURING = (".yml", ".yaml", ".toml", ".ini", ".cfg", ".sh")


def document_kind(path: str) -> Kind | None:
    """Return what kind of document a path is by its name, or None."""
    name = PurePosixPath(path).name.lower()
    in_requirements = PurePosixPath(path).parent.name.lower() == "requirements"
    suffix = PurePosixPath(name).suffix
    if name.startswith(_README_NAMES) and suffix in ("", ".md", ".txt", ".rst", ".markdown", ".org"):
        return "readme"
    if name in _DEPENDENCIES or _DEPENDENCY_NAME.match(name) or (in_requirements and suffix in (".txt", ".in")):
        return "dependencies"
    if (
        path.lower().endswith(".dvc/config")
        or name in (".env", ".envrc")
        or name.startswith(".env.")
        or suffix == ".env"
    ):
        return "configuration"
    if name in _CONFIGURATION or name.startswith("dockerfile") or suffix in _CONFIGURING:
        return "configuration"
    return "markdown" if suffix in (".md", ".rst") else None


def read_documents(root: Path, files: Iterable[str], notebooks: Iterable[Notebook]) -> tuple[Document, ...]:
    """Return the documents among `files` and the markdown of `notebooks`, each text cut at 40,000 characters.

    What is longer and lists packages is reduced to their names and versions first, so that none is cut off.
    """
    found = [*_files(root, files), *_notebooks(notebooks)]
    return tuple(found[:MAX_DOCUMENTS])


def _files(root: Path, files: Iterable[str]) -> Iterator[Document]:
    kinds = {path: document_kind(path) for path in sorted(own_work(files))}
    order = ("readme", "dependencies", "configuration", "markdown")
    for kind in order:
        for path in (path for path, its in kinds.items() if its == kind):
            data = read_bytes(root, path, _MAX_LOCK_BYTES if kind == "dependencies" else _MAX_BYTES)
            if data is not None:
                yield _document(path, kind, decode(data))  # type: ignore[arg-type]


def _notebooks(notebooks: Iterable[Notebook]) -> Iterator[Document]:
    for notebook in notebooks:
        if notebook.markdown:
            whole = "\n\n".join(text for _, text in notebook.markdown)
            yield _document(notebook.fact.path, "markdown", whole, _begun(notebook))


def _begun(notebook: Notebook) -> tuple[tuple[int, int], ...]:
    """Return on which line of the whole markdown each cell begins, with the cell's number."""
    lines = accumulate((text.count("\n") + 2 for _, text in notebook.markdown), initial=1)
    return tuple((line, cell) for line, (cell, _) in zip(lines, notebook.markdown, strict=False))


def _document(path: str, kind: Kind, text: str, cells: tuple[tuple[int, int], ...] = ()) -> Document:
    text = text.replace("\x00", "")
    words = len(text.split())
    if kind == "dependencies" and len(text) > MAX_TEXT:
        text = named_versions(PurePosixPath(path).name.lower(), text) or text
    return Document(path=path, kind=kind, text=text[:MAX_TEXT], words=words, cells=cells)
