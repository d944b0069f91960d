"""Reads IPython's tracebacks: which line of the cell failed, and what of a long one is worth showing."""

from __future__ import annotations

import re

MOST_SHOWN = 4000
CELL_FRAME = re.compile(r"(?:Cell |input-)In\s?\[[^\]]*\],? line (\d+)|<ipython-input-[^>]*>(?:\([^)]*\))?:(\d+)")


def line_of_cell(trace: str) -> int | None:
    """Return the line of the cell that the traceback's first frame points at.

    IPython marks a cell's own frames with "Cell In[3], line 2"; those of libraries name files and are passed over.
    """
    own = CELL_FRAME.search(trace)
    if own:
        return int(own.group(1) or own.group(2))
    for text in trace.splitlines():
        found = text.strip().split()
        if text.lstrip().startswith(("---->", "--->", "-->", "->")) and len(found) > 1 and found[1].isdigit():
            return int(found[1])
    for text in trace.splitlines():
        _, marked, after = text.partition(", line ")
        number = after.split()[0].rstrip(",:)") if marked and after.split() else ""
        if number.isdigit():
            return int(number)
    return None


def both_ends(text: str, most: int = MOST_SHOWN) -> str:
    """Return `text` with its middle left out when it is long: the work's own frames come first, the error last."""
    return text if len(text) <= most else f"{text[: most // 2]}\n...\n{text[-most // 2 :]}"
