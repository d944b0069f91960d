"""A gateway before a service, as companies have them, for tests: what goes wrong with which look is told beforehand."""

from __future__ import annotations

import http.client
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from listening import listening

NOT_PASSED_ON = {"connection", "transfer-encoding", "date", "server"}
PAGE, OTHER = b"<html><h1>One moment, please</h1></html>", b'{"status": "ok"}'
INSTEAD = {"busy": (504, PAGE), "full": (507, PAGE), "another page": (200, PAGE), "another object": (200, OTHER)}
TROUBLES = ("reset", "closed", "cut short", "cut in a chunk", "no HTTP", *INSTEAD)


@dataclass
class Gateway:
    """Passes requests on to the port `behind`. `troubles` says what goes wrong with which look, counted from 1; the
    next answer is lost to what is sent to an address with one of the ends in `losing`.
    """

    behind: int
    troubles: dict[int, str] = field(default_factory=dict)
    losing: set[str] = field(default_factory=set)
    looks: int = 0
    seen: Callable[[], None] = lambda: None
    address: str = ""


@contextmanager
def gateway(behind: int) -> Iterator[Gateway]:
    """Yield a running gateway; it answers 502 while nobody listens behind it."""
    running = Gateway(behind)

    class Handler(_Handler):
        gateway = running

    with listening(Handler) as port:
        running.address = f"http://127.0.0.1:{port}"
        yield running


class _Handler(BaseHTTPRequestHandler):
    gateway: Gateway

    def do_GET(self) -> None:
        self.gateway.looks += 1
        self.gateway.seen()
        trouble = self.gateway.troubles.get(self.gateway.looks, "")
        if trouble in ("reset", "closed", "no HTTP"):
            self._break_off(trouble)
        elif trouble in INSTEAD:
            status, page = INSTEAD[trouble]
            self._answer(status, [("Content-Type", "text/html"), ("Retry-After", "7")], page)
        else:
            self._answer(*self._passed_on(b""), trouble)

    def do_POST(self) -> None:
        answer = self._passed_on(self.rfile.read(int(self.headers["Content-Length"])))
        lost = {end for end in self.gateway.losing if self.path.endswith(end)}
        self.gateway.losing -= lost
        if lost:
            self._break_off("closed")
        else:
            self._answer(*answer)

    def _break_off(self, how: str) -> None:
        if how == "no HTTP":
            self.wfile.write(b"\x15\x03\x03\x00\x02\x02\x28\r\n\r\n")  # an alert of TLS, where none was spoken
        if how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        self.close_connection = True

    def _passed_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        asked = http.client.HTTPConnection("127.0.0.1", self.gateway.behind, timeout=120)
        try:
            asked.request(self.command, self.path, body or None, dict(self.headers))
            answer = asked.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except OSError:
            return 502, [("Content-Type", "text/html")], b"<html><h1>Bad gateway</h1></html>"
        finally:
            asked.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, trouble: str = "") -> None:
        self.protocol_version = "HTTP/1.1"
        self.close_connection = True
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in NOT_PASSED_ON | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        if trouble == "cut in a chunk":
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if trouble == "cut in a chunk":
            self.wfile.write(f"{len(body):x}\r\n".encode())
        self.wfile.write(body[: len(body) // 2] if trouble else body)

    def log_message(self, *_: Any) -> None:
        """Say nothing on standard error."""
