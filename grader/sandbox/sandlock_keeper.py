"""The program above each of sandlock's sandboxes: starts it, outlives everything in it, and lets nothing of it live on.

    python sandlock_keeper.py DESCRIPTOR ALIVE

DESCRIPTOR holds JSON: `settings` of sandlock.Sandbox, the `command`, and the `parent` to die with. ALIVE is a
descriptor that no other process holds. It is started by its path, so it imports nothing of the grader; it ends with the
command's exit status, as a shell has it, once nothing runs any more. Without a namespace nobody but this process holds
the others together: all that lose their parent become its own. So it is two, a guard and the keeper: whichever of them
is killed, the other one ends the rest; the guard then dies of the same signal.
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
REAP_S = 0.5


def main() -> int:
    """Run the command and return its exit status."""
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        order = json.load(file)
    os.set_inheritable(int(sys.argv[2]), False)
    if not _tied_to(order["parent"]):
        return 1
    signals = {signal.SIGTERM, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    guard, keeper = os.getpid(), os.fork()
    if keeper == 0:
        return _keep(order, guard)
    while not (ended := os.waitpid(keeper, os.WNOHANG))[0]:
        if signal.sigwait(signals) == signal.SIGTERM:
            os.kill(keeper, signal.SIGTERM)
    _end_all()
    code = os.waitstatus_to_exitcode(ended[1])
    if code < 0:
        os.kill(os.getpid(), -code)
    return code


def _tied_to(parent: int) -> bool:
    """Take in what loses its parent, and be told when `parent` dies; returns whether it still lived."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    return os.getppid() == parent


def _keep(order: dict[str, Any], guard: int) -> int:
    told, wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)  # wakes the loop below, whichever thread they come to
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGCHLD})
    if not _tied_to(guard):
        return 1
    import sandlock  # type: ignore[import-untyped]

    with _first_to_go():
        process = sandlock.Sandbox(**order["settings"]).popen(order["command"])
    first, results = process.pid, list[Any]()
    over, done = os.pipe2(os.O_CLOEXEC)

    def wait() -> None:
        results.append(process.wait())
        os.close(done)

    threading.Thread(target=wait, daemon=True).start()
    poll = select.poll()
    poll.register(told, select.POLLIN)
    poll.register(over, select.POLLIN)
    while not asked.is_set() and over not in dict(poll.poll(1000 * REAP_S)):
        with contextlib.suppress(BlockingIOError):
            os.read(told, 1 << 16)
        _reap(_children(os.getpid()) - {first})
    while not results:
        _kill_all()
        poll = select.poll()
        poll.register(over, select.POLLIN)
        poll.poll(10)
    _end_all()
    found = results[0]
    return int(128 + found.signal if found.signal > 0 else found.exit_code)


@contextlib.contextmanager
def _first_to_go() -> Iterator[None]:
    """Start what a kernel that is out of memory takes before anything else, and so before us."""
    place = Path("/proc/self/oom_score_adj")
    own = place.read_text()
    place.write_text("1000")
    try:
        yield
    finally:
        place.write_text(own)


def _end_all() -> None:
    while _children(os.getpid()):
        _kill_all()
        _reap(_children(os.getpid()))


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
