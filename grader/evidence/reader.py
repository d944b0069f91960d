"""Reads a submission's code in a child process of its own, so that a pathological file harms nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from grader.model import CodeFacts, Submission

MEMORY_BYTES = 1024**3
WALL_S = 10.0
MAX_ANSWER_BYTES = 24 * 1024**2


class SubprocessCodeReader:
    """Implements `grader.ports.CodeReader`: at most `wall_s` seconds and `memory_bytes` for one submission."""

    def __init__(self, wall_s: float = WALL_S, memory_bytes: int = MEMORY_BYTES) -> None:
        self.wall_s, self.memory_bytes = wall_s, memory_bytes

    def read(self, submission: Submission) -> CodeFacts:
        """Return the facts; when reading fails or takes too much, facts with `failure` set, never an exception."""
        request = {
            "root": str(submission.root.resolve()),
            "files": [entry.path for entry in submission.files],
            "memory_bytes": self.memory_bytes,
            "cpu_s": int(self.wall_s) + 1,
            "answer_bytes": MAX_ANSWER_BYTES,
        }
        with tempfile.TemporaryFile() as answer:
            try:
                ended = self._run(json.dumps(request).encode(), answer)
            except subprocess.TimeoutExpired:
                return CodeFacts(failure=f"Reading the code took longer than {self.wall_s:g} seconds and was stopped.")
            except OSError as error:
                return CodeFacts(failure=f"The process that reads the code could not be started: {error.strerror}.")
            if ended != 0:
                return CodeFacts(failure=self._why(ended))
            return _validated(answer)

    def _run(self, request: bytes, answer: IO[bytes]) -> int:
        return subprocess.run(
            [sys.executable, "-P", "-m", "grader.evidence.worker"],
            input=request,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=self.wall_s,
            check=False,
            start_new_session=True,
        ).returncode

    def _why(self, status: int) -> str:
        megabytes = self.memory_bytes // 1024**2
        return f"Reading the code failed or took more than {megabytes} MB (the reader ended with status {status})."


def _environment() -> dict[str, str]:
    """Return only what the child needs to import this very package."""
    package_home = str(Path(__file__).resolve().parents[2])
    return {"PATH": os.defpath, "PYTHONPATH": package_home, "PYTHONIOENCODING": "utf-8"}


def _validated(answer: IO[bytes]) -> CodeFacts:
    answer.seek(0)
    data = answer.read(MAX_ANSWER_BYTES + 1)
    if len(data) >= MAX_ANSWER_BYTES:
        return CodeFacts(failure="There is more code than can be reported on.")
    try:
        return CodeFacts.model_validate_json(data)
    except ValidationError:
        return CodeFacts(failure="The process that reads the code gave no valid answer.")
