"""Runs a script or a command in a process of its own, and reads where it failed from its traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import forked
import record

Started = forked.Process | subprocess.Popen[bytes]

FRAME = re.compile(r'  File "([^"]+)", line (\d+)')
RAISED = re.compile(r"^([A-Za-z_][\w.]*): ?(.*)$|^([A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit))$")
LAST_BYTES = 1 << 16
LISTEN_S = 1


def run(job: dict[str, Any], run: record.RunRecord) -> dict[str, Any] | None:
    """Run the command from the submission's root and return the failure or None."""
    run.write()
    command = _command(job)
    try:
        status, said = listen(lambda stderr: forked.start(command, folder=job["work"], stderr=stderr))
    except OSError as error:
        hint = "Name a program that the environment has, such as python."
        return record.failure("run.failed", f"{command[0]} could not be started: {error.strerror}", hint=hint)
    return None if status == 0 else failure_of(status, said, job)


def listen(start: Callable[[int], Started]) -> tuple[int, str]:
    """Start a process, pass its standard error on, and return its status and the end of what it said.

    `start` is given the descriptor its standard error goes to. What it leaves running in the background, its standard
    error still open, is not waited for.
    """
    descriptor, theirs = os.pipe()
    try:
        process = start(theirs)
    finally:
        os.close(theirs)
    tail = bytearray()
    reader = threading.Thread(target=_copy, args=(descriptor, tail), daemon=True)
    reader.start()
    status = process.wait()
    reader.join(timeout=LISTEN_S)
    return status, bytes(tail).decode("utf-8", "replace")


def _command(job: dict[str, Any]) -> list[str]:
    if job["kind"] == "script":
        return [sys.executable, job["path"]]
    places = {"input": job["input"], "output": str(Path(job["output"]) / "predictions.csv")}
    words = [word.replace("{input}", places["input"]).replace("{output}", places["output"]) for word in job["argv"]]
    return [sys.executable, *words[1:]] if words[0] in ("python", "python3") else words


def _copy(descriptor: int, tail: bytearray) -> None:
    while data := os.read(descriptor, 1 << 16):
        os.write(2, data)
        tail += data
        del tail[:-LAST_BYTES]


def failure_of(status: int, said: str, job: dict[str, Any]) -> dict[str, Any]:
    """Return the failure that an exit status and what was said on standard error amount to."""
    shown = job["path"] or " ".join(job["argv"])
    lines = record.clean(said).splitlines()
    last = next((found for found in (RAISED.match(line) for line in reversed(lines)) if found), None)
    if last is None or not any(word in said for word in ("Traceback", "SyntaxError", "IndentationError")):
        how = f"was killed by signal {-status}" if status < 0 else f"ended with exit status {status}"
        hint = lines[-1][:300] if lines else "It said nothing; print what goes wrong before you exit."
        return record.failure("run.failed", f"{shown} {how}.", hint=hint, path=job["path"] or None)
    name, value = (last.group(1) or last.group(3)).rsplit(".", 1)[-1], record.told(last.group(2) or "", record.SHOWN)
    path, line = _place(said, job)
    code = "run.syntax_error" if name in ("SyntaxError", "IndentationError", "TabError") else "run.failed"
    if name == "KeyError" and "<frozen os>" in said:
        value = f"{value}, an environment variable that is not set"
    place = {"path": path or job["path"], "line": line}
    return record.of_exception(name, value, where=path or shown, otherwise=code, work=job["work"], **place)


def _place(said: str, job: dict[str, Any]) -> tuple[str | None, int | None]:
    """Return path and line of the last frame that lies in the submission."""
    root = Path(job["work"]).resolve()
    found: tuple[str | None, int | None] = (None, None)
    for name, line in FRAME.findall(said):
        path = (root / name).resolve()
        # "<frozen os>" and "<string>" are no files, whatever they look like when joined to a folder
        if path.is_relative_to(root) and path.is_file():
            found = (path.relative_to(root).as_posix(), int(line))
    return found
