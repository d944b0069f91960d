"""Assignments as the service keeps them: a folder in one blob, unpacked once on each machine that grades."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from sqlalchemy.orm import Session

from grader.assignment import SLUG, load_assignment
from grader.errors import AssignmentError, InfrastructureError, host_shortage
from grader.intake import IntakeLimits, unpack
from grader.jobs.archives import archive_of
from grader.model import Assignment
from grader.store.base import utc_now
from grader.store.blobs import Blobs
from grader.store.tables import StoredAssignment

SETTINGS = "assignment.toml"
LIMITS = IntakeLimits(packed_bytes=100_000_000, unpacked_bytes=500_000_000, files=20_000)


def unpacked_assignment(archive: Path, place: Path, slug: str | None = None) -> Assignment:
    """Return the assignment in a .zip of its folder, unpacked below `place` by the rules for what candidates hand in.

    `slug` names it where the archive holds no folder that does. Raises SubmissionError with an "archive." code, and
    AssignmentError where it is no sound assignment.
    """
    with host_shortage():
        top, root = unpack(archive, place / "unpacked", LIMITS)
        named = slug or top or ""
        if not SLUG.fullmatch(named):
            hint = "Zip the folder itself, or send its name as `slug`: small letters, digits and hyphens."
            raise AssignmentError(f"there is no usable name for it: {ascii(named)[:80]}", path=SETTINGS, hint=hint)
        if not (root / SETTINGS).is_file():
            raise AssignmentError("it is not in the archive", path=SETTINGS, hint="Zip the folder of the assignment.")
        return load_assignment(root.rename(place / named))


def publish_assignment(
    session: Session, blobs: Blobs, assignment: Assignment, packet: bytes | None = None
) -> StoredAssignment:
    """Store an assignment, with the `packet` that candidates get, in place of the one of its name, and return its row:
    works are graded by it from now on.
    """
    row = session.get(StoredAssignment, assignment.slug) or StoredAssignment(slug=assignment.slug)
    row.version, row.title, row.track = assignment.version, assignment.title, assignment.track
    row.digest, row.data_digest = assignment.digest, assignment.data_digest
    row.brief = (assignment.root / "README.md").read_text("utf-8", "replace")
    row.blob, row.published_at, row.closed_at = blobs.put(_packed(assignment.root)), utc_now(), None
    row.packet = None if packet is None else blobs.put(packet)
    session.add(row)
    return row


class LocalAssignments:
    """Assignments unpacked below `folder`, by the key of their blob: each is fetched once."""

    def __init__(self, folder: Path, blobs: Blobs) -> None:
        self._folder, self._blobs = folder, blobs

    def get(self, slug: str, blob: str) -> Assignment:
        """Return the assignment `slug` that `blob` holds. Raises InfrastructureError where it cannot be had."""
        root = self._folder / blob / slug
        if not root.is_dir():
            self._unpack(slug, blob)
        return load_assignment(root)

    def _unpack(self, slug: str, blob: str) -> None:
        data = self._blobs.get(blob)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as folder:
                part = Path(folder) / blob
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    archive.extractall(part / slug)
                part.rename(self._folder / blob)
        except OSError as error:
            if not (self._folder / blob / slug).is_dir():  # another process was faster
                raise InfrastructureError(
                    "infrastructure.host",
                    f"The assignment {slug} could not be unpacked: {error.strerror}.",
                    hint="Look whether GRADER_HOME has space left.",
                ) from error


def _packed(root: Path) -> bytes:
    """Return what grading needs of the folder as a zip archive: all but what programs leave behind."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return archive_of((path.relative_to(root).as_posix(), path.read_bytes()) for path in files)
