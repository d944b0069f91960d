"""The child process that reads code: a request as JSON on stdin, CodeFacts as JSON on stdout.

The request holds `root`, `files`, and the limits that the process sets itself before it opens any file.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from grader.evidence.facts import read_facts
from grader.model import CodeFacts


def main() -> int:
    """Read one request, answer it, and return the exit status."""
    request = json.load(sys.stdin)
    _confine(request["memory_bytes"], request["cpu_s"], request["answer_bytes"])
    facts = _read(Path(request["root"]), request["files"])
    sys.stdout.buffer.write(facts.model_dump_json().encode("utf-8", errors="replace"))
    return 0


def _read(root: Path, files: list[str]) -> CodeFacts:
    try:
        return read_facts(root, files)
    except Exception:  # noqa: BLE001 - code that our analysis trips over is still judged by all that needs no analysis
        return read_facts(root, files, follow=False)


def _confine(memory_bytes: int, cpu_s: int, answer_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (answer_bytes, answer_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    raise SystemExit(main())
