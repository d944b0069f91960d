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
    path, cell, line = failure["path"], failure["cell"], failure["line"]
    said = [failure["message"], failure["hint"]]
    if cell is not None:  # a line of a cell is no line of the file
        said.insert(0, f"Cell {cell + 1}" + (f", line {line}:" if line else ":"))
    place = _in_repository(path, inputs) if path else ""
    message = " ".join(text for text in said if text)
    error(message, title=failure["code"], file=place, line=None if cell is not None else line)


def _in_repository(path: str, inputs: Inputs) -> str:
    """Return where in the repository the work's file `path` lies; empty where it is not found.

    A work that lies in one folder as a whole is named from within that folder.
    """
    inner = sorted(entry for entry in inputs.work.iterdir() if entry.is_dir())
    for folder in (inputs.work, *inner):
        if (folder / path).is_file():
            return os.path.relpath(folder / path, inputs.repository.resolve())
    return ""


def _run(words: Sequence[str]) -> int:
    """Run a command, its two streams as one so that their order is kept, and hand on what asks it to stop."""
    environment = {"COLUMNS": "120", **os.environ}
    child = subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.STDOUT)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: child.send_signal(number))
    return child.wait()
