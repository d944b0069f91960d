"""In which order programs are walked: what writes a file before what loads it, whatever their names."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from grader.evidence.files import DUMPERS, READERS, UNPICKLERS, WRITERS, place_of
from grader.evidence.names import last_name
from grader.evidence.parsing import Programs, Unit

_WRITING = frozenset((*WRITERS, *(name.rpartition(".")[2] for name in DUMPERS)))
_READING = frozenset(name.rpartition(".")[2] for name in (*READERS, *UNPICKLERS))


def written_first(programs: Programs) -> list[str]:
    """Return the paths of all programs in their order, but before each those that write what it loads."""
    if len(programs) < 2:
        return list(programs)
    writers: defaultdict[str, list[str]] = defaultdict(list)
    loaded: dict[str, list[str]] = {}
    for path, units in programs.items():
        places = list(_places(path, units))
        for place in dict.fromkeys(place for place, is_written in places if is_written):
            writers[place].append(path)
        loaded[path] = [place for place, is_written in dict.fromkeys(places) if not is_written]
    before = {
        path: [one for place in loaded[path] if path not in writers[place] for one in writers[place]]
        for path in programs
    }
    found: dict[str, None] = {}
    for path in programs:
        _add(path, before, found, set())
    return list(found)


def _add(path: str, before: Mapping[str, Sequence[str]], found: dict[str, None], begun: set[str]) -> None:
    """Add a program behind those that come before it; of those that wait for each other, the first stays first."""
    begun.add(path)
    for other in before[path]:
        if other not in found and other not in begun:
            _add(other, before, found, begun)
    found[path] = None


def _places(path: str, units: Sequence[Unit]) -> Iterator[tuple[str, bool]]:
    """Yield where the files lie whose names are spelled out where they are loaded or, True, written."""
    for node in (node for unit in units for node in ast.walk(unit.tree) if isinstance(node, ast.Call)):
        name = last_name(node.func)
        if name in _WRITING or name in _READING or name == "open":
            parts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
            texts = [text for text in parts if isinstance(text, str)]
            is_written = name in _WRITING or (name == "open" and any(text in ("w", "wb") for text in texts))
            yield from ((place_of(text, path), is_written) for text in texts if "." in text)
