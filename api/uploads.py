"""Bounds on what comes in: how large a request may be, and how long it may take, before anything is made of it."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, response

LARGEST_FORM = 1024**2
LARGEST_UPLOAD = 128 * 1024**2
CHUNK_WITHIN_S = 20.0
WHOLE_WITHIN_S = 600.0
UPLOADS = ("/api/v1/submissions", "/api/v1/assignments", "/api/v1/reports", "/hand-in")


class BodyLimits:
    """Ends a request whose body is too large or too slow, however its length was told."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = LARGEST_UPLOAD if scope["path"].startswith(UPLOADS) else LARGEST_FORM
        told = dict(scope["headers"]).get(b"content-length", b"")
        if told.isdigit() and int(told) > most:
            await response(_too_large(most))(scope, receive, send)
            return
        body = _Body(receive, most)
        try:
            await self._app(scope, body.receive, send)
        except Problem as problem:  # raised below, and not told yet
            await response(problem)(scope, receive, send)


class _Body:
    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most, self._got, self._until = receive, most, 0, time.monotonic() + WHOLE_WITHIN_S
        self._whole = False

    async def receive(self) -> Message:
        """Return the next message. Raises Problem where the body is too large, too slow, or cut short."""
        if self._whole:
            return await self._receive()
        left = min(CHUNK_WITHIN_S, self._until - time.monotonic())
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, left))
        except TimeoutError:
            raise Problem("request.too_slow", headers={"Connection": "close"}) from None
        if message["type"] == "http.disconnect":
            raise Problem("request.cut_short")  # nobody hears it any more, but the log tells it
        if message["type"] == "http.request":
            self._got += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._got > self._most:
                raise _too_large(self._most)
        return message


def _too_large(most: int) -> Problem:
    return Problem(
        "request.too_large", f"The request is larger than {most // 1024**2} MB.", headers={"Connection": "close"}
    )
