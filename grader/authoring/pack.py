"""The candidates' packet: a zip archive and a starter repository of the same files, proven to give nothing away."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.assignment.handout import handout
from grader.assignment.public import public_files
from grader.authoring.proof import prove_clean
from grader.authoring.starter import make_bundle
from grader.model import Assignment, Packed, PackedFile

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the oldest time that a zip archive knows
READABLE = 0o100644 << 16


def packet_files(assignment: Assignment, packages: str, action: str = "", server: str = "") -> dict[str, bytes]:
    """Return every file of the packet (name -> bytes), in the order of their names.

    Raises as `handout` and `public_files` do.
    """
    data = {f"data/{name}": content for name, content in public_files(assignment).items()}
    return dict(sorted({**handout(assignment, packages, action, server), **data}.items()))


def pack(assignment: Assignment, packages: str, output: Path, action: str = "", server: str = "") -> Packed:
    """Write SLUG.zip and SLUG.bundle to `output` and return what is in them; the same bytes whenever it is done.

    With an `action`, OWNER/NAME@COMMIT, they hold a workflow that tries each push with it, and with a `server` one that
    hands it in there. Raises AssignmentError, with nothing written, where something of the hidden part is in them.
    """
    files, slug = packet_files(assignment, packages, action, server), assignment.slug
    made = {f"{slug}.zip": _zipped(files, slug), f"{slug}.bundle": make_bundle(files)}
    searched = prove_clean(assignment, {**files, **made})
    output.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (output / name).write_bytes(data)
    return Packed(
        slug=slug,
        version=assignment.version,
        archives=_listed(made),
        files=_listed(files),
        searched=searched.contents,
        unread=searched.unread,
        let_pass=searched.let_pass,
    )


def _zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """Return a zip archive in which all lies in one folder, without a trace of when or where it was made."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", LONG_AGO)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, READABLE, 3
            archive.writestr(entry, data)
    return packed.getvalue()


def _listed(files: Mapping[str, bytes]) -> tuple[PackedFile, ...]:
    return tuple(
        PackedFile(name=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest()) for name, data in files.items()
    )
