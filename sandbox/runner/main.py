"""Runs one piece of work inside the sandbox, as job.json says, and leaves run.json beside its outputs.

Everything here runs next to hostile code and may be tampered with by it: the host treats run.json as a hint.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import record

# imported by name when needed: nbclient is half of a script's start-up
RUNNERS = {
    "notebook": "notebook",
    "script": "script",
    "command": "script",
    "predict_function": "function",
    "pipeline_function": "function",
}


def main() -> int:
    """Read the job, run it by its kind, and return 0 when the work ended well."""
    job: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    run = record.RunRecord(Path(job["output"]) / "run.json")
    module = import_module(RUNNERS[job["kind"]])
    failure = module.run(job, run)
    run.finish(failure)
    return 0 if failure is None else 1


if __name__ == "__main__":
    raise SystemExit(main())
