"""How a work came about: the commits before the one handed in, and how much each of them changed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import GraderError, SubmissionError
from grader.intake.git import parse_address
from grader.intake.git_commits import CommitRepository
from grader.intake.git_folder import GitFolder
from grader.intake.limits import IntakeLimits
from grader.model import PACKET_FILE, History, HistoryStep

MOST = 200
LONGEST_SUBJECT = 120
# Lines are counted of what people write; a table of data that is committed in one go is no dump of the work.
WRITTEN = (".py", ".ipynb", ".r", ".rmd", ".jl", ".sql", ".sh", ".md", ".rst", ".toml", ".yaml", ".yml", ".cfg", ".ini")
LATEST = 253_402_300_799  # the end of the year 9999
# what git and its hosts write by themselves: whose repository it is, which reviewers are not to know
_ADDRESS = re.compile(r"(?:\b(?:https?|ssh|git)://|\bgit@)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_OWNER = re.compile(r"^(Merge (?:pull|merge) request \S+ from) [\w.-]+/")
_CHANGED = re.compile(rb"\n?(\d+|-)\t(\d+|-)\t(.*)", re.DOTALL)
_COMMIT = re.compile(rb"\n?([0-9a-f]{40,64}) (\d{1,20}) (.*)", re.DOTALL)


def read_history(
    source: str,
    commit: str,
    folder: Path,
    limits: IntakeLimits,
    handed_out: Collection[str] = (),
    *,
    allow_local: bool = False,
) -> History | None:
    """Return the history of `commit` at URL@REF, None where the server gives none: it is no part of the work itself.

    A first commit of nothing but files that were `handed_out` is no step of the candidate's, and left out. Where the
    whole of it is too much to fetch, how much each commit changed is not known.
    """
    try:
        url, ref, options = parse_address(source, allow_local=allow_local)
        return _fetched(url, ref, commit, folder, limits, handed_out, options, allow_local=allow_local)
    except GraderError:
        return None


def read_local_history(
    given: GitFolder, folder: Path, limits: IntakeLimits, handed_out: Collection[str] = ()
) -> History | None:
    """Return the history that the files of a `.git` folder hold, as `read_history` does; None where it cannot be read,
    with its `problem`, or holds no step.
    """
    commit = given.commit() if given.found and not given.problem else None
    if commit is None:
        return None
    try:
        with tempfile.TemporaryDirectory(prefix="given-", dir=folder) as origin:
            source = CommitRepository(Path(origin), limits, allow_local=True, options=())
            source.adopt(given.folder / "objects", commit, given.shallow())
            return _fetched(f"file://{origin}", "refs/heads/given", commit, folder, limits, handed_out)
    except GraderError as error:
        given.problem = f"git could not read it ({error.code})"
        return None


def _fetched(
    url: str,
    ref: str,
    commit: str,
    folder: Path,
    limits: IntakeLimits,
    handed_out: Collection[str],
    options: tuple[str, ...] = (),
    *,
    allow_local: bool = True,
) -> History | None:
    """Return the history at an address; where the whole cannot be had, the commits alone. Raises GraderError."""
    for whole in (True, False):
        with tempfile.TemporaryDirectory(prefix="history-", dir=folder) as place:
            repository = CommitRepository(Path(place), limits, allow_local=allow_local, options=options)
            try:
                repository.fetch_history(url, ref, MOST, whole=whole)
            except SubmissionError:
                if whole:
                    continue
                raise
            return _told(repository, commit, handed_out, whole=whole)
    return None


def _told(repository: CommitRepository, commit: str, handed_out: Collection[str], *, whole: bool) -> History | None:
    log = repository.log(commit, changes=whole)
    return history_of(log, handed_out, complete=not repository.is_shallow(), changes=whole)


def history_of(log: bytes, handed_out: Collection[str] = (), *, complete: bool, changes: bool) -> History | None:
    """Return what the records of a log, the newest first, come to; a commit that changes nothing is no step, nor is
    the packet that the candidate began with.
    """
    rows = _records(log)
    rows = [row for row, older in zip(rows, [*rows[1:], None], strict=True) if not older or row.tree != older.tree]
    if complete and rows and rows[-1].is_packet(handed_out):
        rows.pop()
    if not rows:
        return None
    rows.reverse()
    cut = None if complete else rows[0]  # of which nobody knows what was there before it
    authors = list(dict.fromkeys(row.author for row in rows))
    times = [row.time for row in rows]
    return History(
        commits=len(rows),
        authors=len(authors),
        days=round((max(times) - min(times)) / 86_400, 2),
        complete=complete,
        steps=tuple(row.step(authors.index(row.author) + 1, changes=changes and row is not cut) for row in rows),
    )


class _Row:
    """One commit as the log tells it, and what it changed."""

    def __init__(self, tree: bytes, time: bytes, rest: bytes) -> None:
        self.tree, self.time = tree, min(int(time), LATEST)
        author, _, subject = rest.decode("utf-8", "replace").partition("\x1f")
        self.author, self.subject = author, _unnamed(subject.strip())[:LONGEST_SUBJECT]
        self.files = self.added = self.removed = 0
        self._paths = set[str]()

    def change(self, added: bytes, removed: bytes, path: bytes) -> None:
        """Count one file that was changed; lines only of what people write."""
        name = path.decode("utf-8", "replace")
        self.files += 1
        self._paths.add(name)
        if name.lower().endswith(WRITTEN) and added != b"-":
            self.added, self.removed = self.added + int(added), self.removed + int(removed)

    def is_packet(self, handed_out: Collection[str]) -> bool:
        """Tell whether it holds files that were handed out and nothing else, by their names: such a commit may hold a
        brief that was edited, and no program.
        """
        return PACKET_FILE in self._paths and self._paths <= {*handed_out, PACKET_FILE}

    def step(self, author: int, *, changes: bool) -> HistoryStep:
        """Return the record of it."""
        counted = {"files": self.files, "added": self.added, "removed": self.removed} if changes else {}
        time = datetime.fromtimestamp(self.time, UTC).isoformat(timespec="seconds")
        return HistoryStep.model_validate({"time": time, "author": author, "subject": self.subject, **counted})


def _unnamed(subject: str) -> str:
    return _ADDRESS.sub("...", _OWNER.sub(r"\1 .../", subject))


def _records(log: bytes) -> list[_Row]:
    """Return the commits of a log whose parts end with NUL: a commit's line, then one part for each file."""
    rows: list[_Row] = []
    for part in log.split(b"\0"):
        if changed := _CHANGED.fullmatch(part):
            if rows:
                rows[-1].change(changed[1], changed[2], changed[3])
        elif found := _COMMIT.fullmatch(part):
            rows.append(_Row(found[1], found[2], found[3]))
    return rows
