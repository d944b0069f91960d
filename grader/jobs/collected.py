"""What a run came to, as one file: for the step that scores it, maybe on another machine, and for scoring it again."""

from __future__ import annotations

import io
import json
import zipfile

from grader.model import Evidence, SubmissionRef
from grader.pipeline import Collected

LONG_AGO = (1980, 1, 1, 0, 0, 0)


def packed(collected: Collected) -> bytes:
    """Return `collected` as the bytes of a zip archive; the same content gives the same bytes."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "outcome.json", json.dumps(collected.outcome).encode())
        _add(archive, "submission.json", collected.submission.model_dump_json().encode("utf-8", "replace"))
        _add(archive, "evidence.json", collected.evidence.model_dump_json().encode("utf-8", "replace"))
        for name, data in sorted(collected.executed.items()):
            _add(archive, f"executed/{name}", data)
        for name, text in sorted(collected.logs.items()):
            _add(archive, f"logs/{name}", text.encode("utf-8", "replace"))
    return kept.getvalue()


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


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)


def _name(path: str) -> str:
    return path.partition("/")[2]
