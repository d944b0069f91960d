"""Ports of this machine for servers of the tests' own."""

from __future__ import annotations

import itertools
import random
import socket
from functools import cache
from pathlib import Path

BLOCK, FIRST, LAST = 250, 10_000, 65_535


def free_port() -> int:
    """Return a port that nobody listens at, and that nobody else gets before the server that it is for has it.

    It is none of those that the system gives to connections, nor of those that another process of tests gives out.
    """
    return next(port for port in _own_ports() if _is_free(port))


@cache
def _own_ports() -> itertools.cycle[int]:
    """Take a block of ports for as long as this process lives, and return them in turn."""
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    blocks = [range(first, first + BLOCK) for first in range(FIRST, LAST - BLOCK, BLOCK)]
    apart = [block for block in blocks if block[-1] < low or block[0] > high]
    for block in random.sample(apart or blocks, len(apart or blocks)):
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0takehome-grader-tests-ports-{block[0]}")  # a name without a file, gone with the process
        except OSError:
            name.close()
            continue
        name.detach()  # kept until the process ends
        return itertools.cycle(block)
    raise AssertionError("every block of ports is taken by other processes of tests")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
