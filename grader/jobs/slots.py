"""The worker processes of one machine: started, started again when one ends, and told to leave."""

from __future__ import annotations

import ctypes
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

PR_SET_PDEATHSIG = 1
AGAIN_AFTER_S, AT_MOST_S = 1.0, 30.0

log = logging.getLogger(__name__)


class Slots:
    """Keeps one process alive for each group of CPUs; each runs `command` with its group and the worker's id after it.

    `gone` is told the id of each that has ended, so that nobody has to find out by its silence.
    """

    def __init__(self, command: Sequence[str], shares: Sequence[tuple[int, ...]], gone: Callable[[str], None]) -> None:
        self._command, self._shares, self._gone = tuple(command), tuple(shares), gone
        self._leaving = threading.Event()
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._keepers = [
            threading.Thread(target=self._keep, args=(number, share), name=f"slot-{number}", daemon=True)
            for number, share in enumerate(self._shares)
        ]

    def start(self) -> None:
        """Start them all."""
        for keeper in self._keepers:
            keeper.start()

    def stop(self, within_s: float) -> None:
        """Tell them to leave, wait for them, and kill those that are not gone `within_s` seconds later."""
        self._leaving.set()
        for process in list(self._running.values()):
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + within_s
        for process in list(self._running.values()):
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for keeper in self._keepers:  # each sees to what its worker left, and needs the database for that
            keeper.join(within_s)

    def processes(self) -> list[int]:
        """Return the ids of the processes that run."""
        return [process.pid for process in list(self._running.values()) if process.poll() is None]

    def _keep(self, number: int, share: tuple[int, ...]) -> None:
        wait = AGAIN_AFTER_S
        while not self._leaving.is_set():
            began = time.monotonic()
            worker_id = f"{socket.gethostname()[:32]}-{secrets.token_hex(6)}"
            words = [*self._command, ",".join(map(str, share)), worker_id]
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent)
            self._running[number] = process
            if self._leaving.is_set():
                process.terminate()
            status = process.wait()
            self._gone(worker_id)
            if self._leaving.is_set():
                return
            # one that was killed had nothing wrong with it
            is_sound = status < 0 or time.monotonic() - began > AT_MOST_S
            wait = AGAIN_AFTER_S if is_sound else min(2 * wait, AT_MOST_S)
            log.warning(
                "the worker process of slot %d ended with %d: another one begins in %.0f s", number, status, wait
            )
            self._leaving.wait(wait)


def worker_command() -> tuple[str, ...]:
    """Return the command of one worker process, without its CPUs."""
    return (sys.executable, "-m", "grader.cli.slot")


def _end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent is gone: a worker hands back what it is at, and none is left over."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.setpgid(0, 0)  # a terminal's Ctrl-C is for the parent, which tells each to leave
