"""`grader serve` as a process of its own, for tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from grading import wait_for
from ports import free_port

GRADER = str(Path(sys.executable).parent / "grader")


@contextmanager
def served(
    slots: int = 1, around: tuple[str, ...] = (), more: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[str]:
    """Run `grader serve` and yield its address; it is ended by SIGTERM.

    `around` is a command that runs it, `more` what its environment has beside ours, `port` where it is to listen.
    """
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    command = [*around, GRADER, "serve", "--port", str(port), "--slots", str(slots)]
    process = subprocess.Popen(command, env={**os.environ, **(more or {})})
    try:
        wait_for(lambda: process.poll() is not None or answers(address))
        assert process.poll() is None, "the service ended as it began"
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0


def answers(address: str) -> bool:
    """Return whether a service is there."""
    try:
        urllib.request.urlopen(f"{address}/api/v1/submissions", timeout=5).close()
    except urllib.error.HTTPError:
        return True  # 401: it is there
    except OSError:
        return False
    return True
