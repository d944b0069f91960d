"""What a job on a runner has of GitHub, for tests: a door that gives out signed tokens, asked with the job's secret."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from issuer import Issuer
from listening import listening
from runs import token_of


@contextmanager
def door(issuer: Issuer, sha: str, **claims: object) -> Iterator[dict[str, str]]:
    """Yield the variables of a job whose tokens `issuer` signs for a run of the commit `sha`, with these claims."""
    secret = secrets.token_hex(16)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            right = self.headers["Authorization"] == f"Bearer {secret}" and asked["api-version"] == ["2.0"]
            token = token_of(issuer, sha, aud=asked["audience"][0], **claims) if right else ""
            body = json.dumps({"value": token, "count": len(token)} if right else {"message": "no"}).encode()
            self.send_response(200 if right else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing on standard error."""

    with listening(Handler) as port:
        yield {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{port}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": secret,
            "GITHUB_SHA": sha,
        }
