"""A plugin of others, held at arm's length: imported and asked in a process that can be ended at any time."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import ValidationError

from grader.model import Evidence
from grader.plugins.criteria import CriterionFunction
from grader.plugins.findings import Finding
from grader.plugins.judging import PluginError

CRITERION_S = 5.0
LOAD_S = 20.0
MOST_TIMEOUTS = 2
MAX_LINE_BYTES = 1024**2
USUAL_SEEDS = (0, 0)
OTHER_SEEDS = (1, 2)


@dataclass(frozen=True)
class Times:
    """How long a plugin may take, in seconds of wall clock: for one criterion of one work, and to be imported."""

    criterion_s: float = CRITERION_S
    load_s: float = LOAD_S


@dataclass
class PluginProcess:
    """Asks the criteria of the plugin `module`, one at a time from whatever thread; started when first needed.

    A criterion that runs over its time is ended with the process, and the next one gets a fresh process. One that has
    run over `MOST_TIMEOUTS` times is not waited for again. A forked child of the grader starts a process of its own.
    """

    module: str
    times: Times = Times()
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _running: _Running | None = None
    _owner: int = 0
    _shown: Evidence | None = None
    _timeouts: dict[str, int] = field(default_factory=dict)

    def load(self) -> dict[str, Any]:
        """Return what the plugin declares. Raises PluginError where it cannot be imported, or not in time."""
        with self._lock:
            return self._started()[1]

    def judging(self, id: str) -> CriterionFunction:
        """Return the criterion `id` as a function, like those that are judged in this process."""
        return partial(self.judge, id)

    def judge(self, id: str, evidence: Evidence, seeds: tuple[int, ...] = USUAL_SEEDS) -> Finding:
        """Return what the criterion finds; it is asked once for each of `seeds` and must answer the same.

        Raises PluginError.
        """
        with self._lock:
            if self._timeouts.get(id, 0) >= MOST_TIMEOUTS:
                raise self._too_slow()
            running = self._shown_to(evidence)
            try:
                answer = self._ask(running, {"judge": id, "seeds": seeds}, self.times.criterion_s)
            except TimeoutError:
                self._timeouts[id] = self._timeouts.get(id, 0) + 1
                raise self._too_slow() from None
        return _finding(answer)

    def _too_slow(self) -> PluginError:
        return PluginError(f"it gave no answer within {self.times.criterion_s:g} seconds and was stopped")

    def _shown_to(self, evidence: Evidence) -> _Running:
        running, _ = self._started()
        if self._shown is not evidence:
            answer = self._ask(running, b'{"evidence": %b}' % evidence.model_dump_json().encode(), self.times.load_s)
            if "error" in answer:
                raise PluginError("the evidence could not be shown to it")
            self._shown = evidence
        return running

    def _started(self) -> tuple[_Running, dict[str, Any]]:
        if self._running is None or self._owner != os.getpid():
            self._running, self._owner, self._shown = None, os.getpid(), None
            running = _Running()
            try:
                running.declared = self._ask(running, {"load": self.module}, self.times.load_s)
            except TimeoutError:
                raise PluginError(f"it could not be imported within {self.times.load_s:g} seconds") from None
            if "error" in running.declared:
                running.end()
                raise PluginError(f"it cannot be imported: {running.declared['error']}")
            self._running = running
        return self._running, self._running.declared

    def _ask(self, running: _Running, request: dict[str, Any] | bytes, seconds: float) -> dict[str, Any]:
        """Return the answer. Ends the process and raises TimeoutError or PluginError where there is none."""
        try:
            return running.ask(request if isinstance(request, bytes) else json.dumps(request).encode(), seconds)
        except BaseException as error:
            running.end()
            self._running = self._shown = None
            if isinstance(error, OSError | ValueError) and not isinstance(error, TimeoutError):
                raise PluginError("the process of its plugin ended, or answered in no known form") from error
            raise


class _Running:
    """One process of `grader.plugins.worker`."""

    def __init__(self) -> None:
        self.declared: dict[str, Any] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.plugins.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)
        self.end = weakref.finalize(self, _end, self._process, os.getpid())

    def ask(self, request: bytes, seconds: float) -> dict[str, Any]:
        """Return the answer, a JSON object. Raises TimeoutError, OSError when it is gone, ValueError for no JSON."""
        deadline = time.monotonic() + seconds
        self._write(request + b"\n", deadline)
        answer = json.loads(self._line(deadline))
        if not isinstance(answer, dict):
            raise ValueError("no object")
        return answer

    def _write(self, data: bytes, deadline: float) -> None:
        assert self._process.stdin is not None
        descriptor, sent = self._process.stdin.fileno(), memoryview(data)
        while sent:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([], [descriptor], [], left)[1]:
                raise TimeoutError
            sent = sent[os.write(descriptor, sent) :]

    def _line(self, deadline: float) -> bytes:
        assert self._process.stdout is not None
        said = b""
        while not said.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                raise TimeoutError
            part = os.read(self._process.stdout.fileno(), 1 << 16)
            if not part or len(said) > MAX_LINE_BYTES:
                raise BrokenPipeError(0, "it ended, or says too much")
            said += part
        return said


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """Kill the process with what it has started; a forked child leaves its parent's alone."""
    if os.getpid() != owner:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    with contextlib.suppress(OSError):
        process.communicate()


def _environment() -> dict[str, str]:
    """Return what the process needs to import this package and the plugin: no secret, and no order left to chance."""
    home = {"PYTHONPATH": os.pathsep.join(part for part in sys.path if part), "PYTHONHASHSEED": "0"}
    return {"PATH": os.defpath, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8", **home}


def _finding(answer: dict[str, Any]) -> Finding:
    if "error" in answer:
        detail = ", ".join(str(answer[key]) for key in ("error", "place") if answer.get(key))
        raise PluginError(f"{answer.get('kind', 'an error')} in the rubric plugin", detail)
    found = answer.get("findings") or [None]
    if any(one is None for one in found):
        raise PluginError("the rubric plugin returned no finding")
    if any(one != found[0] for one in found):
        raise PluginError("asked twice about the same work, it gave different findings")
    try:
        return Finding.model_validate(found[0])
    except ValidationError as error:
        raise PluginError("the rubric plugin returned no valid finding") from error
