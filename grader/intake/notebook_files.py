"""Which notebook writes a file that another one reads: told by the names of files in their code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

MOST_CODE = 200_000  # characters of one notebook
AHEAD = 300  # characters after a call in which its file is named
_QUOTED = re.compile(r"['\"]([^'\"\n]{3,300})['\"]")
_WRITES = re.compile(r"\b(?:to_(?:csv|parquet|pickle|feather|json|excel|hdf)|dump|savez?|save_model)\(")
_OPENS = re.compile(r"\bopen\(\s*[rf]?['\"]([^'\"\n]{3,300})['\"]\s*,\s*(?:mode\s*=\s*)?['\"][wx]")
_ENDING = re.compile(r"\.[A-Za-z]\w{1,8}")


def writers_first(paths: Sequence[str], code: Mapping[str, str]) -> list[str] | None:
    """Return `paths` with each notebook after those whose files it reads, else in their order; None where that is no
    other order, or where two wait for one another.
    """
    written = {path: _written(code[path]) for path in paths}
    named = {path: _files(match[1] for match in _QUOTED.finditer(code[path], 0, MOST_CODE)) for path in paths}
    read = {path: named[path] - written[path] for path in paths}
    after = {path: {other for other in paths if other != path and written[other] & read[path]} for path in paths}
    ordered: list[str] = []
    while len(ordered) < len(paths):
        free = (path for path in paths if path not in ordered and after[path] <= set(ordered))
        following = next(free, None)
        if following is None:
            return None
        ordered.append(following)
    return ordered if ordered != list(paths) else None


def _written(code: str) -> set[str]:
    """Return the names of files that calls write: the first text on the line of each."""
    lines = (code[call.end() : call.end() + AHEAD].partition("\n")[0] for call in _WRITES.finditer(code, 0, MOST_CODE))
    found = [match[1] for match in map(_QUOTED.search, lines) if match]
    return _files([*found, *(match[1] for match in _OPENS.finditer(code, 0, MOST_CODE))])


def _files(texts: Iterable[str]) -> set[str]:
    """Return the last parts of what may be paths of files: folders differ with where a notebook lies."""
    names = (PurePosixPath(text.replace("\\", "/")) for text in texts)
    return {place.name for place in names if _ENDING.fullmatch(place.suffix)}
