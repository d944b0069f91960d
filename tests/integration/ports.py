"""Ports of this machine for servers of the tests' own."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
