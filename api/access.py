"""The edge of the API: each request gets an id, a line in the log and safe headers, and no defect leaves as it came."""

from __future__ import annotations

import logging
import re
import time

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.addresses import address_of
from api.limits import Buckets, refuse
from api.problems import Problem, response
from grader.store.base import new_id

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # the address of an invitation is a secret
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
ONLY_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}

log = logging.getLogger(__name__)


class Access:
    """Numbers and logs requests, by the path of their route: in the path that was asked for a secret may stand."""

    def __init__(self, app: ASGIApp, *, https: bool, prefix: str) -> None:
        self._app, self._prefix, self._headers = app, prefix, HEADERS | (ONLY_HTTPS if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, sent = time.perf_counter(), _Sent(send, self._headers, _id_of(scope))
        scope.setdefault("state", {})["request_id"] = sent.request_id
        try:
            await self._app(scope, receive, sent.send)
        except Exception:  # the edge: a defect of ours is one problem, and its trace is for the log alone
            log.exception("a request failed on a defect of the service", extra={"request": sent.request_id})
            if sent.status:
                raise
            hint = f"Try it again; if it fails again, tell whoever runs the service: request {sent.request_id}."
            await response(Problem("service.internal", hint=hint))(scope, receive, sent.send)
        finally:
            _log(scope, sent, self._prefix, time.perf_counter() - began)


class RateLimits:
    """Answers 429 where requests come too often from one address, whoever they are from."""

    def __init__(self, app: ASGIApp, *, buckets: Buckets) -> None:
        self._app, self._buckets = app, buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"] not in PROBES:
            wait = self._buckets.take(address_of(HTTPConnection(scope)))
            if wait:
                await response(refuse(wait))(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Sent:
    """Puts headers on an answer that has none of that name, and remembers its status."""

    def __init__(self, send: Send, headers: dict[str, str], request_id: str) -> None:
        self._send, self._headers, self.request_id, self.status = send, headers, request_id, 0

    async def send(self, message: Message) -> None:
        """Send one message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


def _id_of(scope: Scope) -> str:
    """Return the id that a proxy gave the request, or a new one."""
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if REQUEST_ID.fullmatch(given) else new_id()


def route_of(scope: Scope, prefix: str) -> str | None:
    """Return the path of the request's route, whole, None where it came to none: a router that is included below
    `prefix` may know its own part.
    """
    path = getattr(scope.get("route"), "path", None)
    if path is None:
        return None
    is_part = path.startswith("/") and scope["path"].startswith(f"{prefix}/") and not path.startswith(f"{prefix}/")
    return f"{prefix}{path}" if is_part else str(path)


def _log(scope: Scope, sent: _Sent, prefix: str, seconds: float) -> None:
    told = {
        "request": sent.request_id,
        "method": scope["method"],
        "path": route_of(scope, prefix) or "none",
        "status": sent.status,
        "duration_ms": round(1000 * seconds, 1),
    }
    asker = scope["state"].get("asker")
    submission = scope.get("path_params", {}).get("submission_id")
    told |= {"asker": asker} if asker else {}
    told |= {"submission": submission[:32]} if submission else {}
    log.log(logging.DEBUG if told["path"] in PROBES else logging.INFO, "request", extra=told)
