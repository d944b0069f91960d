"""Runs one piece of work inside the sandbox, and leaves run.json beside its outputs.

It is started before there is a work: it loads the scientific stack, says that it is ready by making .ready in
OUTPUT_DIR, and waits for a line on its standard input, the job as JSON. Then it runs that one work, and ends. Where a
work waits for it already, .wanted in OUTPUT_DIR holds that line, and it only gets ready for a work of that kind. Called
with the word "zygote" it loads the stack outside of any sandbox with a work, and what it forks into sandboxes gets
ready there.

Everything here runs next to hostile code and may be tampered with by it: the host treats run.json as a hint.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import stack

ZYGOTE = "zygote"
READY = ".ready"
NO_JOB = 125
RUNNERS = {
    "notebook": "notebook",
    "script": "script",
    "command": "script",
    "predict_function": "function",
    "pipeline_function": "function",
    "tests": "own_tests",
}


def main() -> int:
    """Serve one job and return 0 when the work ended well. A forked process leaves what it came from, then goes on."""
    import forked
    import zygote

    act: Callable[[], int] = (lambda: zygote.serve(_serve_one)) if ZYGOTE in sys.argv else _serve
    while True:
        try:
            return act()
        except forked.Child as child:
            act = child.become


def _serve() -> int:
    stack.load()
    return _serve_one()


def _serve_one() -> int:
    """Get ready, the stack being loaded, wait for the job, and run it by its kind."""
    import record

    waiting = None
    os.environ[stack.TRACED] = os.getcwd()  # noqa: PTH109 - variables are text
    if stack.waiting_kind() in (None, stack.NOTEBOOK):
        import ahead

        waiting = ahead.NotebookAhead()
    output = Path(os.environ["OUTPUT_DIR"])
    (output / READY).touch()
    line = _line_from_the_host()
    if not line:
        return NO_JOB  # whoever started us is gone
    job = _with_places(json.loads(line), output)
    if waiting is not None:
        if waiting.suits(job):
            os._exit(waiting.run(json.dumps(job).encode()))
        waiting.leave()
    os.environ["WORK_PATH"] = os.pathsep.join(job["paths"])
    if job["kind"] not in stack.WHOLE:
        os.environ[stack.UNMARKED] = "1"
    run = record.RunRecord(Path(job["output"]) / "run.json")
    failure = import_module(RUNNERS[job["kind"]]).run(job, run)
    run.finish(failure)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0 if failure is None else 1)  # what the work has left running dies with the sandbox


def _with_places(job: dict[str, Any], output: Path) -> dict[str, Any]:
    """Say where things are here: not every sandbox can show them in the same places."""
    work = Path.cwd()
    paths = [str(work / path) for path in job["paths"]]
    return {**job, "work": str(work), "output": str(output), "paths": paths}


def _line_from_the_host() -> bytes:
    """Read one line without taking more than it, then leave nothing to read for the work."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return b""
        line += byte
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return bytes(line)


if __name__ == "__main__":
    sys.exit(main())
