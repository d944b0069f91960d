"""A real HTTP server that hears webhooks, and answers as a test says."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from listening import listening


@dataclass
class Heard:
    """What came in: headers in lower case, and the body. `statuses` are answered in turn, then 200."""

    port: int = 0
    messages: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    location: str = ""


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Heard]:
    """Yield what a server on this machine hears; with `tls` it is asked by https."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.messages.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(heard.statuses.pop(0) if heard.statuses else 200)
            if heard.location:
                self.send_header("Location", heard.location)
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - as above

        def log_message(self, format: str, *args: object) -> None:
            pass

    with listening(Handler, tls) as port:
        heard.port = port
        yield heard
