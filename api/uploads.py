"""Bounds on what comes in: how large a request may be, and how long it may take, before anything is made of it.

A body is read before it is known who asks. So only at the addresses of uploads it may be large, and only from somebody
who is known: the others are refused by the head of their request alone.
"""

from __future__ import annotations

import asyncio
import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.identity import known, nobody_known, secret_of
from api.problems import Problem, answer_to, response
from grader.errors import GraderError

LARGEST_FORM = 1024**2
LARGEST_UPLOAD = 128 * 1024**2
CHUNK_WITHIN_S = 20.0
WHOLE_WITHIN_S = 600.0
LARGEST_REPORT = 8 * 1024**2
UPLOADS = frozenset({"/api/v1/submissions", "/api/v1/commits", "/api/v1/assignments", "/hand-in"})
REPORTS = "/api/v1/reports"  # signed as a whole: who asks is known by the body


class BodyLimits:
    """Ends a request whose body is too large or too slow, however its length was told."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            most = _most(scope)
            told = dict(scope["headers"]).get(b"content-length", b"")
            length = int(told) if told.isdigit() else None
            if length is not None and length > most:
                raise _too_large(most)
            if most == LARGEST_UPLOAD and (length is None or length > LARGEST_FORM):
                await _refuse_nobody(Request(scope))
            await self._app(scope, _Body(receive, most).receive, send)
        except Problem as problem:  # raised here or below, and not told yet
            await response(problem)(scope, receive, send)
        except GraderError as error:
            await answer_to(error)(scope, receive, send)


def _most(scope: Scope) -> int:
    """Return how many bytes the body may have."""
    if scope["method"] == "POST" and scope["path"] in UPLOADS:
        return LARGEST_UPLOAD
    return LARGEST_REPORT if scope["path"] == REPORTS else LARGEST_FORM


async def _refuse_nobody(request: Request) -> None:
    """Raise Problem where the request shows no secret that is good now. Raises GraderError where none can be told."""
    secret = secret_of(request)
    if not secret or await run_in_threadpool(known, request.app.state.services, secret) is None:
        raise nobody_known(Connection="close")


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
