"""Answers on disk by the digest of what was sent: the same work is not paid for twice."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader.asking.client import MAX_ANSWER_BYTES


@dataclass(frozen=True)
class AnswerCache:
    """A folder of answers, a file each; one that cannot be read or written is as good as none."""

    folder: Path

    def get(self, digest: str) -> str | None:
        """Return the answer that is stored, None without one."""
        path = self._path(digest)
        try:
            return path.read_text("utf-8") if path.stat().st_size <= 2 * MAX_ANSWER_BYTES else None
        except (OSError, UnicodeDecodeError):
            return None

    def put(self, digest: str, text: str) -> None:
        """Store an answer, whole or not at all."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=self.folder)
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            Path(part).replace(self._path(digest))
        except OSError:
            return

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}.json"
