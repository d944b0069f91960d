"""Finds and reads the files that are worth reading: within bounds, and never through a link."""

from __future__ import annotations

import ast
import codecs
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.evidence.doubles import originals_first, same_code
from grader.evidence.notebooks import Notebook, read_notebook
from grader.evidence.parsing import Unit, parse_unit
from grader.model import Span

MAX_FILE_BYTES = 1_000_000
LIGHT_FILE_BYTES, LIGHT_TOTAL_BYTES = 60_000, 120_000  # of code, where all of it took too long
MAX_NOTEBOOK_BYTES = 30_000_000  # stored outputs make the file large; only the cells' text counts as source
MAX_SOURCES = 200
MAX_NOTEBOOK_SOURCES = 1000
MAX_TOTAL_BYTES = 3_000_000
MAX_UNREAD = 50
TOO_MUCH = "was not read: there is too much code."
MAX_NAMING, MAX_NAMING_BYTES = 5, 40_000
_NAMING = ("readme", "takehome.toml")
_SKIPPED = {".ipynb_checkpoints", "__pycache__", "__MACOSX", ".git", "node_modules", "site-packages", ".tox", ".eggs"}
_INSTALLED = frozenset(("site-packages", "activate", "activate_this.py"))
_CELL_MAGIC = re.compile(r"""\.run_cell_magic\(u?['"][^'"]{0,40}['"], *u?['"][^'"]{0,200}['"], *(u?['"].*['"])\)""")
_ENVIRONMENTS = {"venv", ".venv", "env", ".env", "virtualenv", "conda", ".conda"}


@dataclass
class Sources:
    """What was read. `programs` groups the units that share one namespace: a notebook's cells, or one file.

    `copies` holds the files left out of them because their code is another's, each with that one.
    """

    programs: dict[str, list[Unit]] = field(default_factory=dict)
    notebooks: list[Notebook] = field(default_factory=list)
    copies: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unread: list[Span] = field(default_factory=list)

    def leave(self, path: str, why: str, cell: int | None = None) -> None:
        """Note that a file, or a notebook from a cell on, was not read."""
        self.notes.append(f"{path} {why}")
        self.unread.append(Span(path=path, cell=cell, text=why))

    @property
    def units(self) -> Iterator[Unit]:
        """Every unit, in order of path and cell."""
        for program in self.programs.values():
            yield from program


def own_work(files: Iterable[str]) -> list[str]:
    """Return the paths that are the candidate's own work, and neither junk nor in an installed environment.

    A folder is no environment by its name alone: code could be hidden in one that is called so.
    """
    paths = list(files)
    installed = {root for path in paths for root in _environment_of(PurePosixPath(path))}
    return [path for path in paths if not _is_junk(PurePosixPath(path), installed)]


def _environment_of(path: PurePosixPath) -> Iterator[PurePosixPath]:
    """Yield the folder that a path shows to be an environment: by what tools put into one."""
    for folder in path.parents:
        if folder.name.lower() in _ENVIRONMENTS:
            inside = path.relative_to(folder).parts
            if not _INSTALLED.isdisjoint(inside) or inside[0] in ("pyvenv.cfg", "conda-meta"):
                yield folder


def _is_junk(path: PurePosixPath, installed: set[PurePosixPath]) -> bool:
    if path.name.startswith("._"):  # the resource fork that a Mac leaves in archives
        return True
    return not _SKIPPED.isdisjoint(path.parts[:-1]) or not installed.isdisjoint(path.parents)


def read_bytes(root: Path, path: str, limit: int) -> bytes | None:
    """Return at most `limit` + 1 bytes of a regular file below `root`, or None where there is none to be read."""
    if path.startswith("/") or ".." in PurePosixPath(path).parts:
        return None
    try:
        handle = os.open(root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError):
        return None


def decode(data: bytes) -> str:
    """Return text: by byte-order mark, else UTF-8, else Latin-1, which never fails."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read_sources(root: Path, files: Iterable[str], *, lightly: bool = False) -> Sources:
    """Read the Python files and notebooks among `files`, up to the bounds; what was left out is noted.

    `lightly` leaves out files that hold much code, for one of them must not cost the reading of all others.
    """
    sources, budget = Sources(), LIGHT_TOTAL_BYTES if lightly else MAX_TOTAL_BYTES
    own = own_work(files)
    code = [path for path in own if path.endswith((".py", ".ipynb"))]
    named = _named(root, own, code)
    wanted = originals_first(code, named)
    for position, path in enumerate(wanted):
        if position >= MAX_SOURCES or budget <= 0:
            sources.notes.append(
                f"{len(wanted) - position} of {len(wanted)} source files were not read: too much code."
            )
            sources.unread += [Span(path=left, text=TOO_MUCH) for left in wanted[position:][:MAX_UNREAD]]
            break
        read = _read_notebook if path.endswith(".ipynb") else _read_script
        units = read(sources, root, path, LIGHT_FILE_BYTES if lightly else MAX_FILE_BYTES)
        budget -= sum(len(unit.source.text) for unit in units)
        if units:
            sources.programs[path] = units
    sources.copies = same_code(sources.programs, named)
    for copy, original in sources.copies.items():
        del sources.programs[copy]
        sources.notes.append(f"{copy} holds the very code of {original} and was judged with it.")
    sources.notes.extend(_twins(sources))
    return sources


def _named(root: Path, own: Iterable[str], code: Iterable[str]) -> frozenset[str]:
    """Return the names of code files that stand in the READMEs at the top, or in the settings that say what is run."""
    naming = [path for path in own if "/" not in path and path.lower().startswith(_NAMING)]
    texts = [decode(read_bytes(root, path, MAX_NAMING_BYTES) or b"") for path in naming[:MAX_NAMING]]
    names = {PurePosixPath(path).name for path in code}
    return frozenset(name for name in names if any(name in text for text in texts))


def _read_script(sources: Sources, root: Path, path: str, most: int) -> list[Unit]:
    data = read_bytes(root, path, most)
    if data is None or len(data) > most:
        sources.leave(path, "could not be read." if data is None else f"is over {_in_words(most)} and was not read.")
        return []
    return [parse_unit(path, decode(data))]


def _in_words(most: int) -> str:
    return "1 MB" if most == MAX_FILE_BYTES else f"{most // 1000} kB, while all of the code took too long to read,"


def _read_notebook(sources: Sources, root: Path, path: str, most: int) -> list[Unit]:
    data = read_bytes(root, path, MAX_NOTEBOOK_BYTES)
    if data is None or len(data) > MAX_NOTEBOOK_BYTES:
        sources.leave(path, "could not be read." if data is None else "is over 30 MB and was not read.")
        return []
    text = decode(data)
    if not text.strip():
        sources.notes.append(f"{path} is empty.")
    notebook = read_notebook(path, text)
    if isinstance(notebook, str):
        sources.notes.append(notebook)
        return []
    sources.notebooks.append(notebook)
    if notebook.fact.language not in ("python", "python3", "ipython"):
        sources.notes.append(f"{path} is written in {notebook.fact.language}; its code was not judged.")
        return []
    if sum(len(text) for _, text in notebook.code) > most:
        sources.leave(path, f"holds code of over {_in_words(most)} and was not read.")
        return []
    code = [(cell, text) for cell, text in notebook.code if text.strip()]
    if len(code) > MAX_NOTEBOOK_SOURCES:
        first = code[MAX_NOTEBOOK_SOURCES][0]
        sources.leave(path, f"has over {MAX_NOTEBOOK_SOURCES:,} code cells and was read up to cell {first}.", first)
    return [parse_unit(path, text, cell) for cell, text in code[:MAX_NOTEBOOK_SOURCES]]


def _twins(sources: Sources) -> Iterator[str]:
    """A script exported from a notebook repeats its code; a reader should know."""
    lines = {path: _code_lines(units) for path, units in sources.programs.items()}
    for notebook in (path for path in lines if path.endswith(".ipynb")):
        for script in (path for path in lines if path.endswith(".py")):
            shared = len(lines[notebook] & lines[script])
            if shared >= 5 and shared >= 0.8 * max(len(lines[notebook]), len(lines[script])):
                yield f"{notebook} and {script} hold the same code."


def _code_lines(units: list[Unit]) -> set[str]:
    stripped = (line.strip() for unit in units for written in unit.lines for line in _unwrapped(written))
    return {line for line in stripped if len(line) > 3 and line[0] not in "#%!"}


def _unwrapped(line: str) -> list[str]:
    """Return the lines of a cell that an export has put into one call of `run_cell_magic`; other magics are no code."""
    if not line.lstrip().startswith("get_ipython()."):
        return [line]
    body = _CELL_MAGIC.search(line)
    try:
        text = ast.literal_eval(body[1]) if body else ""
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return text.split("\n") if isinstance(text, str) else []
