"""A commit that was fetched, as one file: what was handed in stays what it was, whatever becomes of the repository."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.jobs.archives import archive_of
from grader.model import SavedText, Submission

RECORD, SAVED, FILES = "submission.json", "saved.json", "files/"


def packed_snapshot(submission: Submission) -> bytes:
    """Return the snapshot with its record as the bytes of a zip archive."""
    return archive_of(_files_of(submission))


def unpacked_snapshot(data: bytes, root: Path) -> Submission:
    """Lay the files out below `root`, which is made, and return the record."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        submission = Submission.model_validate_json(archive.read(RECORD))
        saved = tuple(SavedText.model_validate(text) for text in json.loads(archive.read(SAVED)))
        root.mkdir(parents=True)
        for entry in submission.files:  # intake has proven each of these paths
            place = root / entry.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(archive.read(FILES + entry.path))
    return submission.model_copy(update={"saved": saved, "root": root})


def _files_of(submission: Submission) -> Iterator[tuple[str, bytes]]:
    """Yield them one by one: a snapshot may be larger than what should lie in memory at once."""
    yield RECORD, submission.model_dump_json().encode("utf-8", "replace")
    saved = json.dumps([text.model_dump(mode="json") for text in submission.saved])
    yield SAVED, saved.encode("utf-8", "replace")
    for entry in submission.files:
        yield FILES + entry.path, (submission.root / entry.path).read_bytes()
