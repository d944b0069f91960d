"""The program above each of sandlock's sandboxes: starts it, outlives everything in it, and lets nothing of it live on.

    python sandlock_keeper.py DESCRIPTOR

DESCRIPTOR holds JSON: `settings` of sandlock.Sandbox, the `command`, and the `parent` to die with. It is started by its
path, so it imports nothing of the grader; it ends with the command's exit status, as a shell has it, once nothing runs
any more. Without a namespace nobody but this process holds the others together: all that lose their parent become its
own.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import threading
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
REAP_S = 0.5


def main() -> int:
    """Run the command and return its exit status."""
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        order = json.load(file)
    asked, wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.signal(signal.SIGTERM, lambda *_: None)  # only wakes the loop below, whichever thread it comes to
    signal.set_wakeup_fd(wake)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != order["parent"]:
        return 1  # it died before we could ask to be told
    import sandlock  # type: ignore[import-untyped]

    process = sandlock.Sandbox(**order["settings"]).popen(order["command"])
    first, results = process.pid, list[Any]()
    over, done = os.pipe2(os.O_CLOEXEC)

    def wait() -> None:
        results.append(process.wait())
        os.close(done)

    threading.Thread(target=wait, daemon=True).start()
    poll = select.poll()
    poll.register(asked, select.POLLIN)
    poll.register(over, select.POLLIN)
    while not poll.poll(1000 * REAP_S):
        _reap(_children(os.getpid()) - {first})
    while not results:
        _kill_all()
        poll = select.poll()
        poll.register(over, select.POLLIN)
        poll.poll(10)
    while _children(os.getpid()):
        _kill_all()
        _reap(_children(os.getpid()))
    found = results[0]
    return int(128 + found.signal if found.signal > 0 else found.exit_code)


def _kill_all() -> None:
    """Kill everything below this process, which may be starting more meanwhile."""
    waiting = _children(os.getpid())
    while waiting:
        process = waiting.pop()
        waiting |= _children(process)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _children(process: int) -> set[int]:
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            with contextlib.suppress(OSError):
                found.update(map(int, (thread / "children").read_text().split()))
    return found


def _reap(processes: set[int]) -> None:
    """Take the status of those that are dead; the first one's is sandlock's to take."""
    for process in processes:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, os.WNOHANG)


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    sys.exit(main())
