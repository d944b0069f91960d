"""A kernel that is up before there is a notebook for it, with the process that will hand it the cells.

Both are forked from the runner, which itself keeps one thread and no event loop, so that it can still fork a script
when it is one that comes in.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import forked
import kernel
import notebook
import record
import stack

SIGNALLED = 128


class NotebookAhead:
    """The process that waits for a notebook, its kernel running."""

    def __init__(self) -> None:
        """Start it and wait until the kernel answers, or until there will be none."""
        lines, self._lines = os.pipe()
        answered, ready = os.pipe()
        theirs = (self._lines, answered)
        work = os.getcwd()  # noqa: PTH109 - what follows takes text
        self._process = forked.fork(lambda: _become(work, lines, ready, theirs), folder=work)
        for descriptor in (lines, ready):
            os.close(descriptor)
        self._is_ready = bool(os.read(answered, 1))
        os.close(answered)

    def suits(self, job: dict[str, Any]) -> bool:
        """Return whether there is a kernel, and one that has the stack loaded is right for the job."""
        is_notebook = self._is_ready and job["kind"] == stack.NOTEBOOK
        return is_notebook and not stack.is_shadowed_in((Path(job["work"]) / job["path"]).parent)

    def run(self, line: bytes) -> int:
        """Hand the job over, wait for its end and return the exit status."""
        with os.fdopen(self._lines, "wb") as writing:
            writing.write(line)
        status = self._process.wait()
        return status if status >= 0 else SIGNALLED - status

    def leave(self) -> None:
        """Let it end itself and its kernel, without waiting: another kind of job has come in."""
        os.close(self._lines)


def _become(work: str, lines: int, ready: int, theirs: tuple[int, ...]) -> int:
    for descriptor in theirs:
        os.close(descriptor)
    return asyncio.run(_serve(kernel.forked_manager(work), work, lines, ready))


async def _serve(manager: Any, work: str, lines: int, ready: int) -> int:
    client = notebook.client_of(manager, work)
    await notebook.start(client)
    os.write(ready, b"x")
    with os.fdopen(lines, "rb") as reading:
        line = reading.readline()  # nothing else is to be done meanwhile
    if not line:
        manager.provisioner.process.kill()
        manager.provisioner.process.wait()
        os._exit(0)
    job = json.loads(line)
    os.environ["WORK_PATH"] = os.pathsep.join(job["paths"])
    run = record.RunRecord(Path(job["output"]) / "run.json")
    await _move_in(client, job)
    failure = await notebook.execute(client, job, run)
    run.finish(failure)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0 if failure is None else 1)  # no farewell to the kernel: it dies with the sandbox


async def _move_in(client: Any, job: dict[str, Any]) -> None:
    """Give the kernel the folder and the paths it would have had, had it been started for this notebook."""
    folder = str((Path(job["work"]) / job["path"]).parent)
    code = (
        f"__import__('os').chdir({folder!r}); _dh[:] = [type(_dh[0])({folder!r})]; "
        f"__import__('os').environ.__setitem__('WORK_PATH', {os.environ['WORK_PATH']!r}); "
        f"__import__('sys').path.extend(path for path in {job['paths']!r} if path not in __import__('sys').path)"
    )
    asked = client.kc.execute(code, silent=True, store_history=False)
    while (await client.kc.get_shell_msg(timeout=None))["parent_header"].get("msg_id") != asked:
        pass
