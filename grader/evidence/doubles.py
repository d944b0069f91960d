"""Files that were handed in twice: which of them comes first, and whose code is another's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from grader.evidence.parsing import Unit

FEWEST_LINES = 6  # fewer are no work that was handed in twice
_MARKED = re.compile(r"(?:copy of )?(.+?)(?:[-_ ]+copy[-_ ]?\d*|[-_ ]*\(\d+\))*", re.IGNORECASE)


def originals_first(paths: Iterable[str], named: Collection[str]) -> list[str]:
    """Return paths in their order, a copy, by its name, after what it was made from; of these `named` ones come first.

    `named` are the names of files that a README gives.
    """
    return sorted(paths, key=lambda path: (_unmarked(path), *_rank(path, named)))


def same_code(programs: Mapping[str, Sequence[Unit]], named: Collection[str]) -> dict[str, str]:
    """Return each file whose code is another's, and that one: the one that is named, else the one that is no copy by
    its name. Only notebooks, and scripts that a copy's name keeps from being imported: others may be modules.
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    for path, units in programs.items():
        if sum(unit.source.lines for unit in units) >= FEWEST_LINES:
            code = (PurePosixPath(path).suffix, *(_stripped(unit.source.text) for unit in units))
            alike.setdefault(code, []).append(path)
    found: dict[str, str] = {}
    for paths in alike.values():
        original = min(paths, key=lambda path: _rank(path, named))
        found |= {path: original for path in paths if path != original and _may_be_left_out(path)}
    return found


def _rank(path: str, named: Collection[str]) -> tuple[bool, bool, str]:
    return PurePosixPath(path).name not in named, _unmarked(path) != path, path


def _unmarked(path: str) -> str:
    """Return a path without what marks its name as a copy's."""
    place = PurePosixPath(path)
    marked = _MARKED.fullmatch(place.stem)
    return str(place.with_name(marked[1] + place.suffix)) if marked else path


def _may_be_left_out(path: str) -> bool:
    place = PurePosixPath(path)
    return place.suffix == ".ipynb" or (_unmarked(path) != path and not place.stem.isidentifier())


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))
