"""Tries the work out on the public data, and tells the runner what came of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from commands import add_summary, commands_stopped, error, set_output
from failures import annotate_failure
from inputs import Inputs
from install import GRADER, ROOT

NO_RESULT = "The work could not be tried out: the log says why."


def preflight(inputs: Inputs) -> int:
    """Run `grader grade --public`, write summary, annotations and output, and return its exit status: 0 if it runs."""
    folder = Path(tempfile.mkdtemp(prefix="preflight-", dir=os.environ["RUNNER_TEMP"]))
    words = ["grade", "--public", "--sandbox", "bubblewrap", "--assignment", str(inputs.assignment)]
    with commands_stopped():  # from here to there the log holds texts of the work
        status = _run([str(GRADER), *words, "--output", str(folder), "--", str(inputs.work)])
    if not (folder / "preflight.json").is_file():
        error(NO_RESULT)
        return status or 3
    record = json.loads((folder / "preflight.json").read_text(encoding="utf-8"))
    set_output("outcome", record["outcome"])
    add_summary((folder / "preflight.md").read_text(encoding="utf-8"))
    annotate(record, inputs)
    return status


def annotate(record: dict[str, Any], inputs: Inputs) -> None:
    """Annotate the run with why the work is not ready, at the line where there is one."""
    failure = record["failure"]
    if failure is None:
        for check in record["checks"]:
            if check["passed"] is False:
                error(check["found"], title=check["file"] or check["id"])
        return
    annotate_failure(failure, inputs.work, inputs.repository)


def _run(words: Sequence[str]) -> int:
    """Run a command, its two streams as one so that their order is kept, and hand on what asks it to stop."""
    environment = {"COLUMNS": "120", **os.environ}
    child = subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.STDOUT)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: child.send_signal(number))
    return child.wait()
