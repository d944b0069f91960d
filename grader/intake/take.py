"""From a SOURCE to a Submission: which kind it is, and its files into a snapshot."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.errors import InfrastructureError, SubmissionError, host_shortage
from grader.intake.archive import CHUNK, add_archive
from grader.intake.git import add_commit, is_git_address
from grader.intake.git_history import read_history, read_local_history
from grader.intake.limits import IntakeLimits
from grader.intake.names import OWN_OUTPUT, is_junk, refusal
from grader.intake.notebook import strip_notebook
from grader.intake.snapshot import SnapshotWriter, common_folder
from grader.model import FileEntry, History, SavedText, Submission
from grader.model.submission import SubmissionKind

MOST_SAVED = 1000
GIT = ".git"
ARCHIVES = (".zip", ".tgz", ".gz", ".tar")


def take(
    source: str,
    store: Path,
    limits: IntakeLimits | None = None,
    *,
    allow_local_git: bool = False,
    handed_out: Mapping[str, str] | None = None,
) -> Submission:
    """Take a folder, archive, notebook, script or git URL@REF into `store` and return what it is.

    The digest is that of the stored snapshot: junk left out, notebooks without their outputs, and without the files
    that were `handed_out` with the assignment (path -> SHA-256) and are as they were. Raises SubmissionError with an
    "archive.", "git.", "notebook." or "source." code, InfrastructureError when it cannot be stored; nothing of the
    source is ever executed.
    """
    limits = limits or IntakeLimits()
    try:
        with host_shortage():
            return _taken(source, SnapshotWriter(store, limits, handed_out), limits, allow_local_git=allow_local_git)
    except PermissionError as error:
        shown = ascii(str(error.filename or source))[1:-1][-200:]
        raise SubmissionError(
            "source.unreadable", f"{shown} may not be read.", hint="Give the grader's user the right to read it."
        ) from error
    except OSError as error:
        raise InfrastructureError(
            "infrastructure.internal", f"The submission could not be stored: {error.strerror}."
        ) from error


def unpack(archive: Path, store: Path, limits: IntakeLimits) -> tuple[str | None, Path]:
    """Unpack a .zip or .tar.gz below `store`, file by file as it is, and return (name, path) of the one folder that
    holds everything; the name is None where none does. Raises SubmissionError with an "archive." or "source." code.
    """
    writer = SnapshotWriter(store, limits)
    try:
        add_archive(archive, writer, limits)
        top = common_folder(writer.paths())
        _digest, _files, root = writer.finish()
        return top, root
    finally:
        writer.discard()


def _taken(source: str, writer: SnapshotWriter, limits: IntakeLimits, *, allow_local_git: bool) -> Submission:
    try:
        notes: list[str] = []
        commit: str | None = None
        if is_git_address(source, allow_local=allow_local_git):
            kind: SubmissionKind = "git"
            commit = add_commit(source, writer, limits, notes, allow_local=allow_local_git)
            history = read_history(
                source, commit, writer.folder.parent, limits, writer.handed_out, allow_local=allow_local_git
            )
        else:
            kind = _add_path(Path(source), writer, limits)
            history = _given_history(writer, limits, notes)
        return _finished(source, kind, commit, writer, limits, notes).model_copy(update={"history": history})
    finally:
        writer.discard()


def _given_history(writer: SnapshotWriter, limits: IntakeLimits, notes: list[str]) -> History | None:
    """Return the history of a `.git` folder that came with the work; where it cannot be read, a note says why."""
    history = read_local_history(writer.git, writer.folder.parent, limits, writer.handed_out)
    if history is None and writer.git.found and writer.git.problem:
        notes.append(f"The history in .git was not read: {writer.git.problem}.")
    return history


def _finished(
    source: str,
    kind: SubmissionKind,
    commit: str | None,
    writer: SnapshotWriter,
    limits: IntakeLimits,
    notes: list[str],
) -> Submission:
    handed_out, given = writer.drop_handed_out()
    if given:
        notes.append(given)
    writer.drop_environments()
    if dropped := writer.drop_outputs():
        notes.append(dropped)
    saved = _strip_notebooks(writer, limits, notes)
    digest, files, root = writer.finish()
    if writer.junk:
        left = "1 file that tools leave" if writer.junk == 1 else f"{writer.junk} files that tools leave"
        notes.append(f"{left} behind (caches, environments, .git) {'was' if writer.junk == 1 else 'were'} left out.")
    size = sum(entry.bytes for entry in files)
    name = source.rstrip("/").rsplit("/", 1)[-1]
    return Submission(
        name=name,
        digest=digest,
        kind=kind,
        files=files,
        bytes=size,
        commit=commit,
        newest=writer.newest(),
        notes=tuple(notes),
        saved=_unwrapped(saved, writer.paths(), files),
        # what lies about in a folder of this machine may have come with the work, or of being looked at here
        left_out=() if kind == "folder" else tuple(writer.left_out),
        lying_about=tuple(writer.left_out) if kind == "folder" else (),
        handed_out=handed_out,
        root=root,
    )


def _unwrapped(saved: list[SavedText], taken: list[str], files: tuple[FileEntry, ...]) -> tuple[SavedText, ...]:
    """Name the notebooks as the snapshot does, which leaves out the one folder that holds everything."""
    if set(taken) == {entry.path for entry in files}:
        return tuple(saved)
    return tuple(text.model_copy(update={"path": text.path.partition("/")[2]}) for text in saved)


def _strip_notebooks(writer: SnapshotWriter, limits: IntakeLimits, notes: list[str]) -> list[SavedText]:
    """Strip every notebook, and return what they had printed; a broken one is refused only when it is all there is."""
    saved: list[SavedText] = []
    for path in writer.paths():
        if not path.lower().endswith(".ipynb"):
            continue
        try:
            made = strip_notebook(writer.folder / path, path, limits)
        except SubmissionError as error:
            if len(writer.paths()) == 1:
                raise
            notes.append(error.message)
            continue
        writer.rewrite(path, made.data)
        notes += made.notes
        saved += [SavedText(path=path, cell=cell, text=text) for cell, text in made.printed]
    return saved[:MOST_SAVED]


def _add_path(path: Path, writer: SnapshotWriter, limits: IntakeLimits) -> SubmissionKind:
    if "\0" in str(path) or not path.exists():
        shown = ascii(str(path))[1:-1][:200]
        raise SubmissionError("source.not_found", f"There is nothing at {shown}.", hint="Check the path or address.")
    if path.is_dir():
        _add_folder(path, writer)
        return "folder"
    if not path.is_file():
        raise refusal("archive.special", path.name, "is no plain file")
    if path.suffix.lower() in ARCHIVES:
        add_archive(path, writer, limits)
        return "archive"
    if path.suffix.lower() not in (".ipynb", ".py"):
        raise SubmissionError(
            "archive.type",
            f"{path.name} is none of the kinds that are read.",
            hint="Hand in a folder, a .zip or .tar.gz, an .ipynb or .py, or a git address.",
        )
    with path.open("rb") as file:
        writer.add(path.stem + path.suffix.lower(), iter(lambda: file.read(CHUNK), b""))
        writer.note_time(os.fstat(file.fileno()).st_mtime)
    return "notebook" if path.suffix.lower() == ".ipynb" else "script"


def _add_folder(folder: Path, writer: SnapshotWriter) -> None:
    for place in _git_folders(folder):
        writer.git.add_folder(place)
    for current, folders, files in os.walk(folder, followlinks=False, onerror=_give_up):
        here = Path(current)
        kept = []
        for name in sorted(folders):
            path = here / name
            if is_junk(name) or (path / "pyvenv.cfg").is_file():
                writer.leave_out(path.relative_to(folder).as_posix())
            elif (path / OWN_OUTPUT).is_file():
                continue
            elif path.is_symlink():
                raise refusal("archive.link", path.relative_to(folder).as_posix(), "is a symbolic link")
            else:
                kept.append(name)
        folders[:] = kept
        for name in sorted(files):
            path = here / name
            writer.add(path.relative_to(folder).as_posix(), _plain_file(path, folder))
            if not is_junk(name):
                writer.note_time(path.lstat().st_mtime)


def _git_folders(folder: Path) -> list[Path]:
    """Return the `.git` of the work: its own, or that of the one folder in it."""
    if (folder / GIT).exists() or (folder / GIT).is_symlink():
        return [folder / GIT]
    inside = [path for path in folder.iterdir() if not is_junk(path.name)]
    alone = len(inside) == 1 and inside[0].is_dir() and not inside[0].is_symlink()
    return [inside[0] / GIT] if alone else []


def _give_up(error: OSError) -> None:
    """Raise what `os.walk` would pass over in silence: a folder that cannot be listed is no empty one."""
    raise error


def _plain_file(path: Path, folder: Path) -> Iterator[bytes]:
    """Yield a file's bytes, opened without following a link or waiting on a FIFO."""
    name = path.relative_to(folder).as_posix()
    if path.is_symlink():
        raise refusal("archive.link", name, "is a symbolic link")
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise refusal("archive.special", name, "is no plain file")
        yield from iter(lambda: file.read(CHUNK), b"")
