"""Which rubric, exactly: two reports are comparable only when this is the same."""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.plugins import Criterion

LENGTH = 12


def rubric_version(criteria: Sequence[Criterion]) -> str:
    """Return a short SHA-256 over every criterion's id, title, weight, definition and the code that judges it."""
    digests: dict[str, str] = {}
    rows = [
        [item.id, item.title, item.weight, item.definition, _code_digest(item.judge.__module__, digests)]
        for item in sorted(criteria, key=lambda item: item.id)
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:LENGTH]


def _code_digest(module_name: str, known: dict[str, str]) -> str:
    """Return a digest of the module and, inside a package, of the modules beside it that it may call."""
    if module_name not in known:
        whole = hashlib.sha256()
        for path in _code_files(module_name):
            whole.update(hashlib.sha256(path.name.encode() + b"\0" + path.read_bytes()).digest())
        known[module_name] = whole.hexdigest()
    return known[module_name]


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
