"""What intake makes of a SOURCE, and what the plan makes of that."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from grader.model.base import Record
from grader.model.environment import EnvironmentKind, Wanted
from grader.model.figures import SavedText

SubmissionKind = Literal["folder", "archive", "notebook", "script", "git"]
Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]
Bytes = Annotated[int, Field(ge=1, le=1 << 50)]
EntryKind = Literal["notebook", "script", "command", "predict_function", "pipeline_function"]


class FileEntry(Record):
    """One regular file of a snapshot; `path` is relative, with forward slashes."""

    path: str
    bytes: int
    sha256: str


class HistoryStep(Record):
    """One commit: what its author says of it, and what it changed. `time` is the author's, UTC in ISO 8601.

    `author` counts the authors from 1 as they came. `added` and `removed` are lines of code and text, None where they
    are not known; `files` counts all that changed.
    """

    time: str
    author: int
    subject: str = ""
    files: int | None = None
    added: int | None = None
    removed: int | None = None


class History(Record):
    """The commits that led to the one handed in, along first parents and at most 200 of them; all of it can be made up.

    Counted are those that change a file. `days` lie between the first and the last; `complete` says whether there are
    no more. `steps` are the same commits, the oldest first.
    """

    commits: int
    authors: int
    days: float
    complete: bool = True
    steps: tuple[HistoryStep, ...] = ()

    @property
    def largest(self) -> tuple[int, float] | None:
        """The step that added most lines, counted from 0, and its share of all; None where lines are not known."""
        added = [step.added or 0 for step in self.steps]
        whole = sum(added)
        if not whole or any(step.added is None for step in self.steps):
            return None
        return added.index(max(added)), max(added) / whole


class Submission(Record):
    """A content-addressed snapshot of what was handed in.

    `digest` is SHA-256 over the sorted paths and the bytes of every file. `root` is where the snapshot lies on this
    machine (read-only by convention) and is left out of JSON. `newest` is the time (UTC, ISO 8601) of its commit or of
    the file that was changed last, None where that is not known. `left_out` names files that tools leave behind and
    that were packed or committed all the same, `lying_about` those in a folder of this machine, of which nobody knows
    whether they came with it; `history` is known where a git repository was given, as address, folder or archive.
    `handed_out` names what came with the assignment, was left as it was and is no part of the work, its data apart.
    `saved` is the beginning of what notebooks had printed.
    """

    name: str
    digest: str
    kind: SubmissionKind
    files: tuple[FileEntry, ...]
    bytes: int
    commit: str | None = None
    newest: str | None = None
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    lying_about: tuple[str, ...] = ()
    handed_out: tuple[str, ...] = ()
    history: History | None = None
    saved: tuple[SavedText, ...] = Field(default=(), exclude=True)
    root: Path = Field(default=Path(), exclude=True)


class Limits(Record):
    """What one run may use. Bytes are bytes, times are seconds of wall clock."""

    wall_s: Seconds = 600
    cell_s: Seconds = 300
    cpus: Annotated[int, Field(ge=1, le=1024)] = 2
    memory_bytes: Bytes = 4 * 1024**3
    processes: Annotated[int, Field(ge=1, le=100_000)] = 256
    disk_bytes: Bytes = 1024**3
    disk_files: Annotated[int, Field(ge=1, le=10_000_000)] = 20_000
    output_bytes: Bytes = 50 * 1024**2
    log_bytes: Bytes = 1024**2
    open_files: Annotated[int, Field(ge=16, le=1_000_000)] = 1024


class EntryPoint(Record):
    """How the work is run, and why this way.

    `path` is the notebook, script or module relative to the submission; `argv` the words of a command;
    `function` the name to call for the two function kinds. `considered` lists what else was found.
    """

    kind: EntryKind
    path: str = ""
    argv: tuple[str, ...] = ()
    function: str = ""
    reason: str
    considered: tuple[str, ...] = ()


class LeftNotebook(Record):
    """A notebook of several that is not run, and why: a clause such as "it holds no code"."""

    path: str
    why: str


class RunPlan(Record):
    """Everything the run stage needs to know besides the snapshot itself. `wanted` is what the environment
    "requirements" is to hold; `tests` are the files of the work's own tests, which are run after it from
    `tests_folder`. `then` are the notebooks of a portfolio work that are run after the first, in the folder that it
    leaves, and `left_notebooks` those that are not.
    """

    entry_point: EntryPoint
    limits: Limits
    then: tuple[EntryPoint, ...] = ()
    left_notebooks: tuple[LeftNotebook, ...] = ()
    environment: EnvironmentKind = "fixed"
    wanted: Wanted | None = None
    tests: tuple[str, ...] = ()
    tests_folder: str = "."
    notes: tuple[str, ...] = ()

    @property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """All that is run, in its order."""
        return (self.entry_point, *self.then)
