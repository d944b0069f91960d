"""What goes wrong, told to a person: where a browser asks for a page it gets one in place of a problem document."""

from __future__ import annotations

import json

from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.pages.page import page
from api.problems import MEDIA_TYPE

KEPT = ("retry-after", "connection", "allow")


class ProblemPages:
    """Shows a problem as a page outside of `prefix`, below which programs ask, to whoever takes HTML."""

    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        self._app, self._prefix = app, f"{prefix}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        takes_html = "text/html" in Headers(scope=scope).get("accept", "")
        start: Message | None = None
        body = b""

        async def send_page(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and takes_html and _is_problem(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")  # a problem is short
                if not message.get("more_body", False):
                    await _page(start, body)(scope, receive, send)

        await self._app(scope, receive, send_page)


def _is_problem(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith(MEDIA_TYPE)


def _page(start: Message, body: bytes) -> HTMLResponse:
    told, headers = json.loads(body), Headers(raw=start["headers"])
    detail = told["detail"] if told["detail"] != told["title"] else ""
    answer = page("problem.html.j2", start["status"], title=told["title"], detail=detail, hint=told["hint"])
    answer.headers.update({name: headers[name] for name in KEPT if name in headers})
    return answer
