"""A stand-in for an OpenAI-compatible endpoint: a real HTTP server that answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

QUOTE = "The forest reached 0.84 and the linear model 0.79"
YES = [
    {"id": f"explanations.{name}", "said": "yes", "reason": "It is said.", "quotes": [QUOTE]}
    for name in ("model_choice_follows", "limits_named", "metric_explained")
]


class ModelServer(ThreadingHTTPServer):
    """Answers each request with the next of `replies`, the last one for ever; keeps what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: list[Callable[[BaseHTTPRequestHandler], None]] = [completion(YES)]
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((dict(self.headers), body))
        number = min(len(self.server.asked), len(self.server.replies)) - 1
        self.server.replies[number](self)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


def completion(answers: object, tokens: tuple[int, int] = (800, 100)) -> Callable[[BaseHTTPRequestHandler], None]:
    """Return a reply whose content is `answers` in the form asked for, or the text itself."""
    content = answers if isinstance(answers, str) else json.dumps({"answers": answers})
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return raw(200, json.dumps({"choices": [{"message": {"content": content}}], "usage": usage}).encode())


def raw(status: int, body: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Return a reply of this status and body."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Serve until left."""
    with ModelServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
