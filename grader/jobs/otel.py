"""Spans sent by OpenTelemetry over OTLP/HTTP; its own variables say where to, and how many of them.

It is loaded only where traces are asked for. No provider is made the global one, so no library adds spans of its own:
those of web frameworks hold the path that was asked for, where a secret may stand.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span as SentSpan
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

import grader
from grader.jobs.spans import NoSpan, Span, Value

UNNAMED = "unknown_service"  # so the SDK calls what nobody has named
LEAVE_WITHIN_S = 5.0


class OtelSpan:
    """A span that is sent when it has ended, with one step below it after the other."""

    def __init__(self, tracer: Tracer, span: SentSpan) -> None:
        self._tracer, self._span = tracer, span
        self._step: SentSpan | None = None
        self._at = ""
        self._ended, self._lock = False, threading.Lock()

    def tell(self, about: Mapping[str, Value]) -> None:
        """Add attributes."""
        self._span.set_attributes(about)

    def rename(self, name: str) -> None:
        """Call it otherwise."""
        self._span.update_name(name)

    def fail(self, why: str) -> None:
        """Note that it failed, and the step that it was at."""
        with self._lock:
            for span in (self._span, self._step):
                if span is not None:
                    span.set_status(Status(StatusCode.ERROR, why))
                    span.set_attribute("error.type", why)

    def step(self, name: str) -> None:
        """Begin the next step; the one that it is at goes on, as with each cell of a notebook, and one that is told
        when all is over is none.
        """
        with self._lock:
            if name == self._at and not self._ended:
                return
            self._at = name
            if self._step is not None:
                self._step.end()
            self._step = None if self._ended else self.begin(name, SpanKind.INTERNAL)

    def begin(self, name: str, kind: SpanKind) -> SentSpan:
        """Return a new span below this one."""
        return self._tracer.start_span(name, context=trace.set_span_in_context(self._span), kind=kind)

    def end(self) -> None:
        """End it with its last step."""
        with self._lock:
            self._ended = True
        self.step("")
        self._span.end()


class OtelSpans:
    """Sends the spans of one process, `part` of the service, which `instance` tells from others of its kind."""

    def __init__(self, part: str, instance: str) -> None:
        self._provider = TracerProvider(resource=_resource(part, instance), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("grader", grader.__version__)
        self._current: ContextVar[OtelSpan | None] = ContextVar("span", default=None)

    @contextmanager
    def span(self, name: str, about: Mapping[str, Value] | None = None, *, serves: bool = False) -> Iterator[Span]:
        """Yield a span below the current one; of what is raised in it the type is told, and no message."""
        kind, above = SpanKind.SERVER if serves else SpanKind.INTERNAL, self._current.get()
        sent = above.begin(name, kind) if above else self._tracer.start_span(name, kind=kind)
        span = OtelSpan(self._tracer, sent)
        span.tell(about or {})
        before = self._current.set(span)
        try:
            yield span
        except Exception as error:
            span.fail(type(error).__name__)
            raise
        finally:
            self._current.reset(before)
            span.end()

    def current(self) -> Span:
        """Return the span that this thread or task is in."""
        return self._current.get() or NoSpan()

    def close(self) -> None:
        """Send what is left; a receiver that does not answer keeps nobody from ending."""
        closing = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        closing.start()
        closing.join(LEAVE_WITHIN_S)


def _resource(part: str, instance: str) -> Resource:
    """Return what all spans of this process have: what the SDK's variables say, and our names where they say none."""
    found = Resource.create()
    ours = {SERVICE_NAME: part, SERVICE_VERSION: grader.__version__, SERVICE_INSTANCE_ID: instance}
    if not str(found.attributes[SERVICE_NAME]).startswith(UNNAMED):
        del ours[SERVICE_NAME]
    return found.merge(Resource(ours))
