"""Where in the work a call stands: the innermost frame that is the work's own."""

from __future__ import annotations

import os
import sys
from typing import Any

MOST_FRAMES = 60
NOT_OWN = ("/site-packages/", "/dist-packages/")


def place_of_call(root: str) -> dict[str, Any]:
    """Return the file below `root`, or the number of the execution of a notebook's cell, with the line in it."""
    frame = sys._getframe(1)
    cells = _cells()
    for _ in range(MOST_FRAMES):
        name = frame.f_code.co_filename
        if name in cells:
            return {"cell": cells[name], "line": frame.f_lineno}
        path = os.path.abspath(name) if name[:1] not in "/<" else name  # noqa: PTH100 - asked often
        if path.startswith(root + "/") and not any(part in path for part in NOT_OWN):
            return {"file": path[len(root) + 1 :][:300], "line": frame.f_lineno}
        if frame.f_back is None:
            break
        frame = frame.f_back
    return {}


def _cells() -> dict[str, int]:
    """Return the numbers of the executions under the names that IPython gives to cells."""
    shells = sys.modules.get("IPython")
    shell = shells.get_ipython() if shells is not None else None
    return getattr(shell.compile, "_filename_map", {}) if shell is not None else {}
