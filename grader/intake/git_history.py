"""How a work came about: the commits before the one handed in, without any file of theirs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from grader.errors import GraderError
from grader.intake.git import Repository, parse_address
from grader.intake.limits import IntakeLimits
from grader.model import History

MOST = 200


def read_history(
    source: str, commit: str, folder: Path, limits: IntakeLimits, *, allow_local: bool = False
) -> History | None:
    """Return the history of `commit` at URL@REF, None where the server gives none: it is no part of the work itself."""
    try:
        url, ref, options = parse_address(source, allow_local=allow_local)
        with tempfile.TemporaryDirectory(prefix="history-", dir=folder) as place:
            repository = Repository(Path(place), limits, allow_local=allow_local, options=options)
            repository.fetch_history(url, ref, MOST)
            return history_of(repository.log(commit))
    except GraderError:
        return None


def history_of(lines: list[str]) -> History | None:
    """Return what lines of "tree time author", the newest first, come to; a commit that changes nothing is no step."""
    rows = [line.split(" ", 2) for line in lines if line.count(" ") >= 2 and line.split(" ")[1].isdigit()]
    steps = [row for row, older in zip(rows, [*rows[1:], [""]], strict=True) if row[0] != older[0]]
    if not steps:
        return None
    times = sorted(int(row[1]) for row in steps)
    return History(
        commits=len(steps),
        authors=len({row[2] for row in steps}),
        days=round((times[-1] - times[0]) / 86_400, 2),
        complete=len(rows) < MOST,
    )
