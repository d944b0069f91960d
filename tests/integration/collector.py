"""A receiver of traces for tests: takes OTLP over HTTP and decodes it, as a company's collector does."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from listening import listening
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status


@dataclass(frozen=True)
class Sent:
    """A span as it was received; `failed` is what its status says where that is an error."""

    name: str
    id: bytes
    parent: bytes
    trace: bytes
    service: str
    about: dict[str, Any]
    failed: str | None


@dataclass
class Collector:
    """What was received, decoded and as it came."""

    address: str = ""
    spans: list[Sent] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def named(self, name: str) -> list[Sent]:
        """Return the spans of this name."""
        return [span for span in self.spans if span.name == name]

    def below(self, span: Sent) -> list[Sent]:
        """Return the spans right below one."""
        return [other for other in self.spans if other.parent == span.id]

    def take(self, body: bytes) -> None:
        """Keep the spans of one request."""
        self.bodies.append(body)
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = _values(group.resource.attributes)["service.name"]
            for span in (span for scope in group.scope_spans for span in scope.spans):
                failed = span.status.message if span.status.code == Status.STATUS_CODE_ERROR else None
                ids = (span.span_id, span.parent_span_id, span.trace_id)
                self.spans.append(Sent(span.name, *ids, service, _values(span.attributes), failed))


@contextmanager
def collecting() -> Iterator[Collector]:
    """Yield a receiver that listens on this machine."""
    found = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.take(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with listening(Handler) as port:
        found.address = f"http://127.0.0.1:{port}"
        yield found


def _values(attributes: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in attributes}
