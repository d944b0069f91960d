"""A span a request, by the path of its route: in the path that was asked for a secret may stand."""

from __future__ import annotations

import re
from http import HTTPMethod

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import PROBES, route_of
from grader.jobs.spans import Span, Spans

METHODS = frozenset(HTTPMethod)
OTHER = "_OTHER"  # as OpenTelemetry names a method that nobody knows
ID = re.compile(r"[0-9a-f]{24}")


class Traces:
    """Makes a span of each request, probes left out. What traces the asker is in are not gone on with."""

    def __init__(self, app: ASGIApp, *, spans: Spans, prefix: str) -> None:
        self._app, self._spans, self._prefix = app, spans, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"] if scope["method"] in METHODS else OTHER
        about = {"http.request.method": method, "grader.request": str(scope["state"]["request_id"])}
        with self._spans.span(method, about, serves=True) as span:
            try:
                await self._app(scope, receive, noted)
            finally:
                _tell(span, scope, method, route_of(scope, self._prefix), status)


def _tell(span: Span, scope: Scope, method: str, route: str | None, status: int) -> None:
    if route is not None:
        span.rename(f"{method} {route}")
        span.tell({"http.route": route})
    submission = str(scope.get("path_params", {}).get("submission_id", ""))
    if ID.fullmatch(submission):
        span.tell({"grader.submission": submission})
    if status:
        span.tell({"http.response.status_code": status})
    if status >= 500:
        span.fail(str(status))
