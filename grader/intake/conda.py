"""The little of YAML that an environment.yml needs: the names under `dependencies:`, and those under its `- pip:`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

_KEY = re.compile(r"^(\s*)([\w-]+)\s*:\s*(.*)$")
_ITEM = re.compile(r"^(\s*)-\s+(.*?)\s*$")
_PIP = re.compile(r"^pip\s*:\s*$")


def conda_entries(text: str) -> Iterator[tuple[int, Literal["conda", "pip"], str]]:
    """Yield (1-based line, who installs it, entry) for each dependency written one a line, as conda exports them."""
    inside, pip_indent = False, -1
    for number, line in enumerate(text.splitlines(), start=1):
        bare = re.sub(r"(?:^|\s)#.*$", "", line).rstrip()
        key, item = _KEY.match(bare), _ITEM.match(bare)
        if key and not key[1] and not item:
            inside, pip_indent = key[2] == "dependencies", -1
        if not (inside and item):
            continue
        indent, entry = len(item[1]), item[2].strip("\"'")
        if pip_indent >= 0 and indent <= pip_indent:
            pip_indent = -1
        if _PIP.match(entry):
            pip_indent = indent
        elif pip_indent >= 0:
            yield number, "pip", entry
        else:
            yield number, "conda", entry
