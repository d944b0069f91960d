"""Which names a submission's files may have, and which never count."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from grader.errors import SubmissionError
from grader.intake.limits import IntakeLimits

JUNK_FOLDERS = frozenset(
    {".git", "__MACOSX", ".ipynb_checkpoints", "__pycache__", ".venv", "node_modules", ".hg", ".svn"}
)
# What tools write by the thousand as they run: kept where there is room, and no part of the files that are counted.
OUTPUT_FOLDERS = frozenset({"mlruns", "mlartifacts", "wandb", "lightning_logs", "tb_logs", "site-packages"})
JUNK_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
JUNK_BEGINNINGS = ("._", "~$", ".~lock.")  # a Mac's resource forks, and the locks of open documents
OWN_OUTPUT = ".takehome-grader"  # stands in a folder of reports, which is no part of a work graded where it lies
DRIVE = re.compile(r"^[A-Za-z]:")


def is_junk(path: str) -> bool:
    """Say whether a path is what tools leave behind and nobody hands in on purpose."""
    parts = path.rstrip("/").split("/")
    return not JUNK_FOLDERS.isdisjoint(parts) or parts[-1] in JUNK_FILES or parts[-1].startswith(JUNK_BEGINNINGS)


def output_folder(path: str) -> str | None:
    """Return the name of the folder of a tool's output in which a file lies, None where it lies in none."""
    return next((part for part in path.split("/")[:-1] if part in OUTPUT_FOLDERS), None)


def checked_path(name: str, limits: IntakeLimits) -> str:
    """Return `name` as a relative path with forward slashes. Raises SubmissionError, archive.path or archive.name."""
    if "\0" in name or any(unicodedata.category(char) == "Cs" for char in name):
        raise refusal("archive.name", name, "has a name with a NUL byte or bytes that are not UTF-8")
    if not name or name.startswith("/") or "\\" in name or DRIVE.match(name):
        raise refusal("archive.path", name, "has an absolute, drive-letter or backslash path")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts or not parts:
        raise refusal("archive.path", name, "leaves the archive")
    too_long = len(name.encode()) > limits.path_bytes or any(len(part.encode()) > limits.name_bytes for part in parts)
    if too_long or len(parts) > limits.depth:
        raise refusal("archive.path", name, "has a path that is too long or too deep")
    if any(unicodedata.category(char) == "Cc" for char in name):
        raise refusal("archive.name", name, "has control characters in its name")
    return "/".join(parts)


def refusal(code: str, name: str, what: str, hint: str = "Pack the files again without it.") -> SubmissionError:
    """Return the error for one entry, its name shortened and printable."""
    shown = ascii(name)[1:-1]
    shown = shown if len(shown) <= 80 else shown[:60] + "..." + shown[-15:]
    return SubmissionError(code, f"The entry {shown} {what}.", hint=hint, path=shown)


class NameBook:
    """Remembers the names taken in and refuses duplicates and names that are one on another file system."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}
        self._folders: set[str] = set()
        self._files: set[str] = set()

    def add(self, path: str) -> None:
        """Note one file. Raises SubmissionError("archive.duplicate" or "archive.collision")."""
        if path in self._files:
            raise refusal("archive.duplicate", path, "stands in the archive twice")
        parents = self._parents(path)
        if path in self._folders:
            raise refusal("archive.collision", path, "is a file where another entry needs a folder")
        self._files.add(path)
        self._folders |= parents

    def add_folder(self, path: str) -> None:
        """Note one folder; the same one may be noted often. Raises SubmissionError("archive.collision")."""
        self._folders |= self._parents(path) | {path}
        if path in self._files:
            raise refusal("archive.collision", path, "is a file where another entry needs a folder")

    def _parents(self, path: str) -> set[str]:
        for part in (path, *(str(parent) for parent in PurePosixPath(path).parents)):
            key = unicodedata.normalize("NFC", part).casefold()
            if self._seen.setdefault(key, part) != part:
                raise refusal(
                    "archive.collision", path, f"differs from {self._seen[key]!r} only in case or Unicode form"
                )
        parents = {str(parent) for parent in PurePosixPath(path).parents}
        if not self._files.isdisjoint(parents):
            raise refusal("archive.collision", path, "is a file where another entry needs a folder")
        return parents
