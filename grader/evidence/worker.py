"""The process that reads code: for each request, a line of JSON on stdin, it forks a child and prints its exit status.

A request holds `root`, `files`, the blocks that are `unreached`, whether to read `lightly`, `answer` (the file for
CodeFacts as JSON), and the limits that the child sets itself before it opens any file of the submission.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from grader.evidence.facts import read_facts
from grader.model import CodeFacts, UnreachedBlock


def main() -> int:
    """Serve requests until the input ends, and return the exit status."""
    gc.freeze()
    for line in sys.stdin.buffer:
        child = os.fork()
        if not child:
            _answer_and_end(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return 0


def _answer_and_end(request: dict[str, Any]) -> None:
    """Write the answer and leave without going back to where the parent was."""
    status = 1
    try:
        with Path(request["answer"]).open("wb") as answer:
            _confine(request["memory_bytes"], request["cpu_s"], request["answer_bytes"])
            unreached = [UnreachedBlock.model_validate(block) for block in request["unreached"]]
            facts = _read(Path(request["root"]), request["files"], unreached, lightly=request["lightly"])
            answer.write(facts.model_dump_json().encode("utf-8", errors="replace"))
        status = 0
    finally:
        os._exit(status)


def _read(root: Path, files: list[str], unreached: list[UnreachedBlock], *, lightly: bool) -> CodeFacts:
    try:
        return read_facts(root, files, unreached=unreached, lightly=lightly)
    except Exception:  # noqa: BLE001 - code that our analysis trips over is still judged by all that needs no analysis
        return read_facts(root, files, unreached=unreached, lightly=lightly, follow=False)


def _confine(memory_bytes: int, cpu_s: float, answer_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # its signal ends the process, in the middle of a C function too; a limit of the kernel's would be whole seconds
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    resource.setrlimit(resource.RLIMIT_FSIZE, (answer_bytes, answer_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    raise SystemExit(main())
