"""What a run that goes on has come to: the cell that its runner says it is at, looked at from outside now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import SubmissionError
from grader.sandbox.collect import read_file
from grader.sandbox.run_file import RUN_FILE, parse_run_file

MOST_BYTES = 1 << 20
LOOK_EVERY_S = 0.5


def say_where(output: Path, lies_in: Path) -> None:
    """Note that what comes to `output` lies in `lies_in` until then: a sandbox started ahead has folders of its own."""
    _sign(output).symlink_to(lies_in)


def forget_where(output: Path) -> None:
    """Note that it has come."""
    _sign(output).unlink(missing_ok=True)


@contextmanager
def watching(output: Path, tell: Callable[[int], None] | None) -> Iterator[None]:
    """Tell the index of each cell that is seen to be run while inside; cells that pass between two looks are not told.

    What is read is the work's to forge: it is a number and nothing else.
    """
    if tell is None:
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(output, tell, ended), name="cells", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _watch(output: Path, tell: Callable[[int], None], ended: threading.Event) -> None:
    last: int | None = None
    while not ended.wait(LOOK_EVERY_S):
        cell = _cell_in(output)
        if cell is not None and cell != last:
            last = cell
            tell(cell)


def _cell_in(output: Path) -> int | None:
    """Return the cell being run, None where nothing can be read of one: it may be gone at any moment."""
    with suppress(SubmissionError, OSError):
        sign = _sign(output)
        found = parse_run_file(read_file(sign.readlink() if sign.is_symlink() else output, RUN_FILE, MOST_BYTES))
        return found.cell if found else None
    return None


def _sign(output: Path) -> Path:
    return output.with_name(f"{output.name}.live")
