"""Which notebooks of a portfolio work are run, and in which order: one after the other, each code once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from grader.intake.candidates import CandidateFiles
from grader.intake.notebook_files import writers_first
from grader.intake.readme import named, started
from grader.model import EntryPoint, LeftNotebook

MOST_NOTEBOOKS = 20
READ_BYTES = 20_000_000  # as large as intake lets a notebook be without its outputs
_DIGITS = re.compile(r"(\d+)")
_COPY = re.compile(r"(?i)\bcopy|[-_ ]copy|\(\d+\)")
_NUMBERED = re.compile(r"^\W*\d+")
NaturalKey = tuple[tuple[tuple[int, int, str], ...], ...]


def natural_key(path: str) -> NaturalKey:
    """Return what sorts paths as a person counts: 2_train before 10_report, numbered names before others."""
    places = path.removesuffix(".ipynb").lower().split("/")
    parts = ([part for part in _DIGITS.split(place) if part.strip(" .-_)(")] for place in places)
    return tuple(tuple(_key(part, is_first=not number) for number, part in enumerate(found)) for found in parts)


def _key(part: str, *, is_first: bool) -> tuple[int, int, str]:
    """Return the key of a number, before words where it begins a name and else after them: 2 Model, 2.1 Tuning."""
    if part.isascii() and part.isdigit():
        return (0 if is_first else 2, int(part[:18]), part)
    return (1, 0, part.strip(" .-_)("))


def several_notebooks(
    files: CandidateFiles, readmes: Iterable[str], matching: Callable[[str], str | None]
) -> tuple[tuple[EntryPoint, ...], tuple[LeftNotebook, ...]]:
    """Return the notebooks in the order they are run, and those that are left with the reason; nothing where there is
    but one.

    The order is that in which the README's commands start them (then only those), else that of the README's mentions
    where it names more than half, else that of their names, in which those that write a file come before those that
    read it where no numbers tell an order. `matching` finds the file that a README means.
    """
    paths = [path for path in files.runnable if path.endswith(".ipynb")]
    if len(paths) < 2:
        return (), ()
    ordered, why, left = _ordered(files, paths, list(readmes), matching)
    kept, unlike = _without_repeats(files, ordered)
    more = [LeftNotebook(path=path, why=f"only the first {MOST_NOTEBOOKS} are run") for path in kept[MOST_NOTEBOOKS:]]
    others = [LeftNotebook(path=path, why="the README starts others") for path in left]
    return _entries(kept[:MOST_NOTEBOOKS], why, begun=bool(left)), (*unlike, *more, *others)


def _entries(paths: list[str], why: str, *, begun: bool) -> tuple[EntryPoint, ...]:
    """Return the entry points, each with its place among the others and what says so."""
    if len(paths) == 1:
        reason = "the README starts it" if begun else "it is the only notebook with code of its own"
        return (EntryPoint(kind="notebook", path=paths[0], reason=reason),)
    of = f"of {len(paths)} notebooks that are run one after the other: {why}"
    return tuple(
        EntryPoint(kind="notebook", path=path, reason=f"it is number {number} {of}")
        for number, path in enumerate(paths, start=1)
    )


def _ordered(
    files: CandidateFiles, paths: list[str], readmes: list[str], matching: Callable[[str], str | None]
) -> tuple[list[str], str, list[str]]:
    """Return the notebooks to run in their order, the reason of it, and those that a README's commands leave out."""
    by_name = sorted(paths, key=natural_key)
    for readme in readmes:
        text = files.text(readme)
        begun = _found(started(text), paths, matching)
        if begun:
            return begun, f"{readme} starts them in this order", [path for path in by_name if path not in begun]
        mentions = _found(named(text), paths, matching, text)
        if len(mentions) > len(paths) / 2:
            rest = [path for path in by_name if path not in mentions]
            after = ", the rest after it by name" if rest else ""
            return [*mentions, *rest], f"{readme} names them in this order{after}", []
    numbered = sum(bool(_NUMBERED.match(path.rpartition("/")[2])) for path in paths)
    if numbered > len(paths) / 2:
        return by_name, "their names are numbered", []
    by_files = writers_first(by_name, {path: _code_of(files, path) or "" for path in by_name})
    if by_files:
        return by_files, "what one reads, another writes", []
    return by_name, "nothing but the order of their names tells one", []


def _found(names: Iterable[str], paths: list[str], matching: Callable[[str], str | None], text: str = "") -> list[str]:
    """Return the notebooks that are meant, each once, in the order of the names, or of their places in `text`."""
    places: dict[str, int] = {}
    for number, name in enumerate(names):
        path = matching(name)
        if path in paths:
            places.setdefault(path, text.find(name) if text else number)
    return sorted(places, key=lambda path: places[path])


def _without_repeats(files: CandidateFiles, ordered: list[str]) -> tuple[list[str], tuple[LeftNotebook, ...]]:
    """Return the notebooks without those that have no code, or that of another: the first, but no copy by its name."""
    alike: dict[str, list[str]] = {}
    left: list[LeftNotebook] = []
    for path in ordered:
        code = _code_of(files, path)
        code = code if code is None else "".join(code.split())
        if code == "":
            left.append(LeftNotebook(path=path, why="it holds no code"))
        else:
            digest = path if code is None else hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
            alike.setdefault(digest, []).append(path)
    kept = [min(paths, key=lambda path: bool(_COPY.search(path))) for paths in alike.values()]
    for original, paths in zip(kept, alike.values(), strict=True):
        why = f"it holds the same code as {original}"
        left += [LeftNotebook(path=path, why=why) for path in paths if path != original]
    return sorted(kept, key=ordered.index), tuple(left)


def _code_of(files: CandidateFiles, path: str) -> str | None:
    """Return a notebook's code, None where it is not in the form that intake writes."""
    with (files.submission.root / path).open("rb") as file:
        data = file.read(READ_BYTES)
    try:
        book: Any = json.loads(data)
        cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
        texts = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return "\n".join(texts)
