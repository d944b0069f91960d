"""What a run came to, as one file: for the step that scores it, maybe on another machine, and for scoring it again."""

from __future__ import annotations

import io
import json
import zipfile

from grader.jobs.archives import archive_of
from grader.model import Evidence, SubmissionRef
from grader.pipeline import Collected


def packed(collected: Collected) -> bytes:
    """Return `collected` as the bytes of a zip archive; the same content gives the same bytes."""
    return archive_of(
        [
            ("outcome.json", json.dumps(collected.outcome).encode()),
            ("submission.json", collected.submission.model_dump_json().encode("utf-8", "replace")),
            ("evidence.json", collected.evidence.model_dump_json().encode("utf-8", "replace")),
            *((f"executed/{name}", data) for name, data in sorted(collected.executed.items())),
            *((f"logs/{name}", text.encode("utf-8", "replace")) for name, text in sorted(collected.logs.items())),
        ]
    )


def unpacked(data: bytes) -> Collected:
    """Return what `packed` kept."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        return Collected(
            submission=SubmissionRef.model_validate_json(archive.read("submission.json")),
            evidence=Evidence.model_validate_json(archive.read("evidence.json")),
            outcome=json.loads(archive.read("outcome.json")),
            executed={_name(name): archive.read(name) for name in names if name.startswith("executed/")},
            logs={_name(name): archive.read(name).decode() for name in names if name.startswith("logs/")},
        )


def _name(path: str) -> str:
    return path.partition("/")[2]
