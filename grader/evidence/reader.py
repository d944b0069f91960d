"""Reads a submission's code in a process of its own, so that a pathological file harms nothing."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from grader.model import CodeFacts, Submission, UnreachedBlock

MEMORY_BYTES = 500 * 1024**2
CPU_S = 10.0
PATIENCE = 8  # times as long by the clock: a busy machine is no reason to leave code unread
LIGHT_SHARE = 0.3  # of the time, for a second reading without the large files
MAX_ANSWER_BYTES = 24 * 1024**2


class SubprocessCodeReader:
    """Implements `grader.ports.CodeReader`: at most `cpu_s` seconds of processor time and `memory_bytes` for one
    submission. Where all of it takes too long, what is left without its large files is read.

    Each is read in a fresh process, forked from one that has loaded what it takes and has read nothing itself.
    """

    def __init__(self, cpu_s: float = CPU_S, memory_bytes: int = MEMORY_BYTES) -> None:
        self.cpu_s, self.memory_bytes = cpu_s, memory_bytes
        self._idle: list[_Server] = []
        self._lock = threading.Lock()
        self.close = weakref.finalize(self, _end_all, self._idle)

    def read(self, submission: Submission, unreached: Sequence[UnreachedBlock] = ()) -> CodeFacts:
        """Return the facts, of what is not `unreached`; when reading fails or takes too much, facts with `failure` set,
        never an exception.
        """
        request = {
            "root": str(submission.root.resolve()),
            "files": [entry.path for entry in submission.files],
            "unreached": [block.model_dump() for block in unreached],
            "memory_bytes": self.memory_bytes,
            "answer_bytes": MAX_ANSWER_BYTES,
        }
        try:
            try:
                return self._answer(request, self.cpu_s * (1 - LIGHT_SHARE), lightly=False)
            except TimeoutError:  # perhaps for one file alone
                return self._answer(request, self.cpu_s * LIGHT_SHARE, lightly=True)
        except TimeoutError:
            return CodeFacts(failure=f"Reading the code took longer than {self.cpu_s:g} seconds and was stopped.")
        except OSError as error:
            return CodeFacts(failure=f"The process that reads the code could not be started: {error.strerror}.")

    def _answer(self, request: dict[str, object], cpu_s: float, *, lightly: bool) -> CodeFacts:
        with tempfile.NamedTemporaryFile() as answer:
            told = {**request, "lightly": lightly, "cpu_s": cpu_s, "answer": answer.name}
            ended = self._ask(json.dumps(told).encode() + b"\n", PATIENCE * cpu_s)
            if ended == -signal.SIGPROF:
                raise TimeoutError
            return _validated(answer) if ended == 0 else CodeFacts(failure=self._why(ended))

    def _ask(self, request: bytes, wall_s: float) -> int:
        """Return how the reading ended, by a server that waits or a new one; one that fails is not used again."""
        with self._lock:
            server = self._idle.pop() if self._idle else None
        server = server or _Server()
        try:
            status = server.ask(request, wall_s)
        except BaseException:
            server.end()
            raise
        with self._lock:
            self._idle.append(server)
        return status

    def _why(self, status: int) -> str:
        megabytes = self.memory_bytes // 1024**2
        return f"Reading the code failed or took more than {megabytes} MB (the reader ended with status {status})."


class _Server:
    """A process that forks one child for each request and says how it ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.evidence.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )

    def ask(self, request: bytes, wall_s: float) -> int:
        """Return the exit status as subprocess has it; raises TimeoutError, or OSError when the process is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(request)
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], wall_s)[0]:
            raise TimeoutError
        said = self._process.stdout.readline()
        if not said:
            raise BrokenPipeError(0, "it ended at once")
        return int(said)

    def end(self) -> None:
        """Kill it and what it has forked."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()


def _end_all(servers: list[_Server]) -> None:
    while servers:
        servers.pop().end()


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
