"""The content-addressed snapshot: files streamed in under limits, then named by their digest."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import SubmissionError
from grader.intake.git_folder import GitFolder
from grader.intake.limits import IntakeLimits
from grader.intake.names import NameBook, checked_path, is_junk, output_folder
from grader.model import FileEntry
from grader.model.pins import without_pins

DAY_S = 86_400.0
OLDEST = 1_230_768_000.0  # 2009: no work is older, but archives without times say 1980
MOST_LEFT_OUT = 30
WORKFLOWS = "/.github/workflows/"
LARGEST_WORKFLOW = 64 * 1024
IN_GIT = re.compile(r"(?:[^/]+/)?\.git/(.+)")  # of the work, or of the one folder that an archive holds


class SnapshotWriter:
    """Takes files one by one into a private folder, counting bytes as they come, never as a header claims."""

    def __init__(self, store: Path, limits: IntakeLimits, handed_out: Mapping[str, str] | None = None) -> None:
        store.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._store, self._limits, self.handed_out = store, limits, handed_out or {}
        self._theirs: dict[str, FileEntry] = {}
        self.folder = Path(tempfile.mkdtemp(prefix=".part-", dir=store))
        self.folder.chmod(0o755)
        self._names = NameBook()
        self._files: dict[str, FileEntry] = {}
        self._bytes = 0
        self._held: Counter[str | None] = Counter()  # files kept, by the folder of tools' output that they lie in
        self._passed: list[str] = []
        self.junk = 0
        self.left_out: list[str] = []
        self._newest = 0.0
        self.git = GitFolder(store, limits)

    def note_time(self, seconds: float) -> None:
        """Note when a file was last changed (seconds since 1970); the newest counts, of those that can be true."""
        if OLDEST <= seconds <= time.time() + DAY_S:
            self._newest = max(self._newest, seconds)

    def newest(self) -> str | None:
        """Return the newest time noted (UTC, ISO 8601), None where there is none."""
        if not self._newest:
            return None
        return datetime.fromtimestamp(self._newest, UTC).isoformat(timespec="seconds")

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one file. Raises SubmissionError with an "archive." code; junk is counted and left out."""
        path = checked_path(name, self._limits)
        if is_junk(path):
            self.leave_out(path)
            if inside := IN_GIT.fullmatch(path):
                self.git.add(inside[1], chunks)
            return
        self._names.add(path)
        written_by = output_folder(path)
        if self._held[written_by] >= self._limits.files:
            if written_by is None:
                raise self._too_many()
            self.pass_over(path)
            return
        self._held[written_by] += 1
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        digest, size = hashlib.sha256(), 0
        with target.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                self._count(len(chunk))
                digest.update(chunk)
                file.write(chunk)
        target.chmod(0o644)
        self._files[path] = entry = FileEntry(path=path, bytes=size, sha256=digest.hexdigest())
        entry = self._as_handed_out(entry)
        if self._is_handed_out(entry, path) or self._is_handed_out(entry, path.partition("/")[2]):
            self._theirs[path] = entry
            self._held[written_by] -= 1
            self._bytes -= size

    def _as_handed_out(self, entry: FileEntry) -> FileEntry:
        """Return the entry to compare with what was handed out: a workflow's is of its text without what it pins."""
        if WORKFLOWS not in f"/{entry.path}" or entry.bytes > LARGEST_WORKFLOW:
            return entry
        text = without_pins((self.folder / entry.path).read_bytes())
        return entry.model_copy(update={"sha256": hashlib.sha256(text).hexdigest()})

    def _is_handed_out(self, entry: FileEntry, name: str) -> bool:
        return self.handed_out.get(name) == entry.sha256

    def pass_over(self, path: str) -> None:
        """Count a file of tools' output that is not kept, as there are too many for any of it. Raises SubmissionError
        where they are past all bounds.
        """
        self._passed.append(path)
        if len(self._passed) > self._limits.entries:
            raise self._too_many()

    def _too_many(self) -> SubmissionError:
        return SubmissionError(
            "archive.too_many_files",
            f"There are more than {self._limits.files:,} files.",
            hint="Leave environments, caches and generated data out.",
        )

    def leave_out(self, path: str) -> None:
        """Count a file that is not taken in, and keep the first names; a packed `.git` is the work's history."""
        self.junk += 1
        if len(self.left_out) < MOST_LEFT_OUT and ".git" not in path.split("/"):
            self.left_out.append(ascii(path)[1:-1][:200])

    def add_folder(self, name: str) -> None:
        """Note a folder that an archive lists; it is made only when a file lies in it. Raises as `add` does."""
        if name.strip("./"):
            path = checked_path(name, self._limits)
            if not is_junk(path):
                self._names.add_folder(path)

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > self._limits.unpacked_bytes:
            raise SubmissionError(
                "archive.too_large",
                f"The files hold more than {self._limits.unpacked_bytes / 1e6:.0f} MB.",
                hint="Leave out data, models and environments that the work can make again.",
            )

    def drop_environments(self) -> None:
        """Leave out virtual environments, known by their pyvenv.cfg whatever they are called; never the whole work."""
        for folder in [path.removesuffix("pyvenv.cfg") for path in self._files if path.endswith("/pyvenv.cfg")]:
            theirs = [path for path in self._files if path.startswith(folder)]
            if len(theirs) < len(self._files):
                shutil.rmtree(self.folder / folder)
                for path in theirs:
                    self.leave_out(path)
                    del self._files[path]
                self._passed = [path for path in self._passed if not path.startswith(folder)]

    def drop_outputs(self) -> str | None:
        """Leave out what tools have written as they ran where there are too many files with it, and say so: all of it
        or nothing, in whatever order it came. Raises SubmissionError where nothing else is there.
        """
        if not self._passed and len(self._files) <= self._limits.files:
            return None
        theirs = [path for path in self._files if output_folder(path)]
        if len(theirs) == len(self._files):
            raise self._too_many()
        for path in theirs:
            (self.folder / path).unlink()
            del self._files[path]
        gone = [*theirs, *self._passed]
        where = ", ".join(sorted({output_folder(path) or "" for path in gone}))
        return f"{len(gone):,} files that tools write as they run ({where}) were left out: there were too many."

    def drop_handed_out(self) -> tuple[tuple[str, ...], str]:
        """Leave out what the candidate was given and has left where and as it was; return the names of what is no
        data, and what is said of all, "" where there is none.
        """
        top = common_folder(self._files)
        for path, entry in list(self._theirs.items()):
            if self._is_handed_out(entry, path.removeprefix(f"{top}/")):
                (self.folder / path).unlink()
                del self._files[path]
            else:
                del self._theirs[path]
        names = sorted(path.removeprefix(f"{top}/") for path in self._theirs)
        data = [name for name in names if name.startswith("data/")]
        others = tuple(name for name in names if name not in data)
        told = [*others, *([f"{len(data):,} files in data"] if data else [])]
        return others, f"Left out as it was handed out with the assignment: {', '.join(told)}." if told else ""

    def paths(self) -> list[str]:
        """Return the paths taken in so far."""
        return list(self._files)

    def rewrite(self, path: str, data: bytes) -> None:
        """Replace a file taken in before."""
        (self.folder / path).write_bytes(data)
        self._files[path] = FileEntry(path=path, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def finish(self) -> tuple[str, tuple[FileEntry, ...], Path]:
        """Move the files into place and return (digest, files, folder). Raises SubmissionError("source.empty")."""
        if not self._files:
            raise SubmissionError("source.empty", "The submission holds no file.", hint="Hand in the work itself.")
        top = common_folder([*self._files, *self._theirs])
        files = _unwrapped(self._files, top)
        digest = digest_of(files)
        target = self._store / digest
        try:
            (self.folder / top if top else self.folder).rename(target)
        except OSError:
            if not target.is_dir():
                raise
        self.discard()
        return digest, files, target

    def discard(self) -> None:
        """Remove what was written so far, and what was taken of its history."""
        self.git.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def digest_of(files: Iterable[FileEntry]) -> str:
    """Return SHA-256 over the sorted paths and the bytes of every file, each by its length and digest."""
    whole = hashlib.sha256()
    for entry in sorted(files, key=lambda item: item.path):
        name = entry.path.encode()
        whole.update(b"%d:%s:%d:%s\n" % (len(name), name, entry.bytes, entry.sha256.encode()))
    return whole.hexdigest()


def common_folder(files: Iterable[str]) -> str | None:
    """Return the one folder that holds everything, as archives and downloads have it; None when there is none."""
    tops = {path.split("/", 1)[0] if "/" in path else None for path in files}
    return tops.pop() if len(tops) == 1 else None


def _unwrapped(files: dict[str, FileEntry], top: str | None) -> tuple[FileEntry, ...]:
    entries = files.values()
    if top:
        entries = [item.model_copy(update={"path": item.path.split("/", 1)[1]}) for item in entries]  # type: ignore[assignment]
    return tuple(sorted(entries, key=lambda item: item.path))
