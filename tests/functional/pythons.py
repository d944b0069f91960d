"""The Pythons of this machine beside the one that runs the tests: what a runner calls python3 may be any of them."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path


def pythons() -> dict[tuple[int, int], Path]:
    """Return them by version, as pyenv and GitHub's tool cache keep them, with the one that runs this."""
    places = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.*/bin/python3")]
    if "RUNNER_TOOL_CACHE" in os.environ:
        places.append(Path(os.environ["RUNNER_TOOL_CACHE"]).glob("Python/3.*/x64/bin/python3"))
    found = {sys.version_info[:2]: Path(sys.executable)}
    for path in sorted(path for place in places for path in place):
        named = re.fullmatch(r"(\d+)\.(\d+)\.\d+", next(part for part in path.parts if part.startswith("3.")))
        if named:
            found[int(named[1]), int(named[2])] = path
    return found
