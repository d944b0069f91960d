"""Files kept as one blob: the same content gives the same bytes, and so the same key."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the oldest time that a zip archive knows


def archive_of(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip archive of files (name, content), in the order given, without a trace of when it was made."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return kept.getvalue()
