"""Runs the tests that came with a work, with pytest, and notes what became of each as it ends.

The notes are .tests.jsonl in the output folder, a line at a time, so that a kill leaves what ran. The tests run in a
process of their own; what they are is the submission's word, and the host treats the notes as that. Where there is time
they run once more, with the work's functions emptied, and .emptied.jsonl holds what became of them then.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import emptied
import forked
import record
import script
import stack

NOTES, EMPTIED = ".tests.jsonl", ".emptied.jsonl"
MOST_LINES = 3000  # the host reads no more
MOST_TEXT = 500
LEAST_S, AGAIN = 10, 3  # for the tests of an emptied work, which may never end: so long, and so often what they took
REPORTED = (0, 1, 2, 5)  # pytest's own: passed, failed, interrupted by what could not be collected, none found
# What a work's settings may ask for and that is not there, such as plugins and their options, is not asked for.
OPTIONS = (
    *("--quiet", "--tb=short", "--color=no", "--continue-on-collection-errors", "-p", "no:cacheprovider"),
    *("-o", "addopts=", "-o", "required_plugins=", "-o", "minversion="),
)


def run(job: dict[str, Any], run: record.RunRecord) -> dict[str, Any] | None:
    """Run them, and return the failure where pytest itself could not; tests that fail are no failure."""
    run.write()
    if importlib.util.find_spec("pytest") is None:  # asked before anything of the work's runs
        message = "pytest, which runs a work's own tests, is not installed in this environment."
        return record.failure("environment.missing_package", message, hint="Build the environment again.")
    os.environ.pop(stack.TRACED, None)
    began = time.monotonic()
    status, said = script.listen(lambda stderr: _start(job, stderr))
    if status not in REPORTED:
        return script.failure_of(status, said, job)
    took = time.monotonic() - began
    if took < job["emptied_s"]:
        _run_emptied(job, min(job["emptied_s"], LEAST_S + AGAIN * took))
    return None


def _run_emptied(job: dict[str, Any], most_s: float) -> None:
    """Run the tests again on the emptied work, unheard and for `most_s` seconds at most; how that ends is no matter."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        process = _start({**job, "is_emptied": True}, nowhere.fileno())
        deadline = threading.Timer(most_s, process.kill)
        deadline.start()
        process.wait()
        deadline.cancel()


def _start(job: dict[str, Any], stderr: int) -> script.Started:
    folder = _folder(job)
    beside = {Path(job["work"], path).parent for path in job["tests"]}
    if not stack.is_shadowed_in(folder, *beside):
        return forked.fork(lambda: _become(job), folder=str(folder), stderr=stderr)
    command = [sys.executable, __file__, json.dumps(job)]
    return subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stderr=stderr, bufsize=0)


def _folder(job: dict[str, Any]) -> Path:
    """Return where the tests are started from, as their author would."""
    return Path(job["work"], job["folder"]).resolve()


def _become(job: dict[str, Any]) -> int:
    forked.leave_the_runner(None)
    work, folder = Path(job["work"]).resolve(), _folder(job)
    sys.path.insert(0, str(folder))  # as `python -m pytest` does
    import pytest

    is_emptied = job.get("is_emptied", False)
    if is_emptied:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        emptied.start(str(work))
    notes = Notes(Path(job["output"]) / (EMPTIED if is_emptied else NOTES), work, folder)
    words = [*OPTIONS, f"--rootdir={folder}", *(str(work / path) for path in job["tests"])]
    return int(pytest.main(words, plugins=[notes]))


class Notes:
    """A pytest plugin that writes down what became of each test case, and of each file that cannot be collected."""

    def __init__(self, path: Path, work: Path, folder: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._work, self._folder, self._left = work, folder, MOST_LINES
        self._phases: list[Any] = []

    def pytest_collectreport(self, report: Any) -> None:
        """Note a file that cannot be collected."""
        if report.failed:
            self._note(self._folder / report.nodeid.partition("::")[0], "", "error", report)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note a case once its last phase is over."""
        self._phases.append(report)
        if report.when == "teardown":
            phases, self._phases = self._phases, []
            outcome, telling = _outcome(phases)
            path, line, name = report.location
            self._note(self._folder / path, name, outcome, telling, None if line is None else line + 1)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Note that pytest came to its end."""
        self._left += 1
        self._write({"ended": int(exitstatus)})

    def _note(self, path: Path, name: str, outcome: str, telling: Any, line: int | None = None) -> None:
        path = path.resolve()
        crash = getattr(telling.longrepr, "reprcrash", None)
        if crash is not None and Path(str(crash.path)).resolve() == path:
            line = int(crash.lineno)
        shown = path.relative_to(self._work).as_posix() if path.is_relative_to(self._work) else path.name
        said = {"path": shown, "name": name, "outcome": outcome, "message": _message(telling)}
        self._write({key: text[:MOST_TEXT] for key, text in said.items()} | {"line": line})

    def _write(self, line: dict[str, Any]) -> None:
        self._left -= 1
        if self._left >= 0:
            self._file.write(json.dumps(line) + "\n")


def _outcome(phases: list[Any]) -> tuple[str, Any]:
    """Return what became of a case, and the phase that says why: the first that did not pass, else the last."""
    telling = next((phase for phase in phases if phase.outcome != "passed"), phases[-1])
    if telling.outcome == "failed" and telling.when != "call":
        return "error", telling
    return str(telling.outcome), telling


def _message(report: Any) -> str:
    """Return the error in a line, "" where there is none."""
    said = report.longrepr
    if said is None:
        return ""
    crash = getattr(said, "reprcrash", None)
    short = crash.message if crash is not None else getattr(said, "errorstring", None)  # of a fixture that is missing
    text = str(short or (said[2] if isinstance(said, tuple) else said))
    lines = [line.removeprefix("E ").strip() for line in text.splitlines() if line.strip()]
    return record.plain(lines[0] if short else lines[-1]).removeprefix("Skipped: ") if lines else ""


if __name__ == "__main__":
    stack.note_own()
    sys.exit(_become(json.loads(sys.argv[1])))
