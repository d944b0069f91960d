"""A plugin's code as files, looked at without importing it: its digest, and the criteria its text names."""

from __future__ import annotations

import hashlib
import importlib.machinery
import inspect
import re
import sys
from collections.abc import Sequence
from pathlib import Path

MAX_SOURCE_BYTES = 4 * 1024**2
_DECLARED = re.compile(r"""@(?:\w+\.)?criterion\(\s*(?:id\s*=\s*)?["']([A-Za-z0-9_]+\.[A-Za-z0-9_]+)["']""")


def code_digest(module_name: str, known: dict[str, str]) -> str:
    """Return a digest of the module and, inside a package, of the modules beside it that it may call."""
    if module_name not in known:
        whole = hashlib.sha256()
        for path in _code_files(module_name):
            whole.update(hashlib.sha256(path.name.encode() + b"\0" + path.read_bytes()).digest())
        known[module_name] = whole.hexdigest()
    return known[module_name]


def declared_ids(module_name: str) -> list[str]:
    """Return the ids of the criteria that the module's text declares, for a module that cannot be imported."""
    source = _source_of(module_name)
    if source is None or source.stat().st_size > MAX_SOURCE_BYTES:
        return []
    return list(dict.fromkeys(_DECLARED.findall(source.read_text("utf-8", errors="replace"))))


def _source_of(module_name: str) -> Path | None:
    """Return the module's file, found as the import system would, but running nothing on the way."""
    where: Sequence[str] | None = None
    found = None
    parts = module_name.split(".")
    for depth in range(1, len(parts) + 1):
        found = importlib.machinery.PathFinder.find_spec(".".join(parts[:depth]), where)
        if found is None:
            return None
        where = found.submodule_search_locations
    if found is None or found.origin is None or not found.origin.endswith(".py"):
        return None
    return Path(found.origin) if Path(found.origin).is_file() else None


def _code_files(module_name: str) -> list[Path]:
    module = sys.modules.get(module_name)
    try:
        source = inspect.getsourcefile(module) if module else None
    except TypeError:  # made without a file, as in an interactive session
        source = None
    if source is None or not Path(source).is_file():
        return []
    in_package = "." in module_name
    return sorted(Path(source).parent.glob("*.py")) if in_package else [Path(source)]
