"""Where in the work a call stands: the innermost frame that is the work's own."""

from __future__ import annotations

import os
import sys
from typing import Any

MOST_FRAMES = 60
MOST_KNOWN = 5000
OURS = 3  # frames of the tracer's own between a noted call and this module
NOT_OWN = ("/site-packages/", "/dist-packages/")


def is_own(path: str, root: str) -> bool:
    """Tell whether a file is the work's own: below `root`, which ends with a slash, and in no installed package."""
    return path.startswith(root) and not any(part in path for part in NOT_OWN)


class Places:
    """The places of calls in the work that lies in `root`."""

    def __init__(self, root: str) -> None:
        self._root = root + "/"
        self._known: dict[str, str | None] = {}

    def of_call(self) -> dict[str, Any]:
        """Return the file below `root`, or the number of the execution of a notebook's cell, with the line in it."""
        frame = sys._getframe(OURS)
        for _ in range(MOST_FRAMES):
            name = frame.f_code.co_filename
            if name not in self._known and (cells := _cells()) and name in cells:
                return {"cell": cells[name], "line": frame.f_lineno}
            if (own := self._own(name)) is not None:
                return {"file": own, "line": frame.f_lineno}
            if frame.f_back is None:
                break
            frame = frame.f_back
        return {}

    def _own(self, name: str) -> str | None:
        """Return the path of a file of the work, None for any other."""
        if name not in self._known and len(self._known) < MOST_KNOWN:
            path = os.path.abspath(name) if name[:1] not in "/<" else name  # noqa: PTH100 - what is compared is text
            self._known[name] = path[len(self._root) :][:300] if is_own(path, self._root) else None
        return self._known.get(name)


def _cells() -> dict[str, int]:
    """Return the numbers of the executions under the names that IPython gives to cells."""
    shells = sys.modules.get("IPython")
    shell = shells.get_ipython() if shells is not None else None
    return getattr(shell.compile, "_filename_map", {}) if shell is not None else {}
