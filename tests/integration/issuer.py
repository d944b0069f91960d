"""A small provider of identities for tests: it signs with keys of its own, over HTTP, and can be told to be wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from listening import listening

CLIENT, SECRET = "grader", "the secret of the service"


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})


@dataclass
class Issuer:
    """What the provider says of who signs in next: `claims` in place of the right ones, and by which key it signs."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=new_key)
    signed_by: RSAKey | None = None
    algorithm: str = "RS256"
    keys_told: int = 0
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def signed(self, nonce: str) -> str:
        """Return the token of who signed in."""
        now = int(time.time())
        right = {"iss": self.url, "sub": "0001", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        right |= {"email": "ada@example.org", "email_verified": True}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        given = {name: value for name, value in (right | self.claims).items() if value is not None}
        if self.algorithm == "RS256":
            return jwt.encode(header, given, self.signed_by or self.key)
        return forged(header, given, self.key)


def forged(header: dict[str, Any], claims: dict[str, Any], key: RSAKey) -> str:
    """Return a token that is signed by a public key as if it were a secret (HS256), or by nothing at all."""
    body = ".".join(_plain(json.dumps(part).encode()) for part in (header, claims))
    digest = hmac.digest(key.as_pem(private=False), body.encode(), "sha256")
    return f"{body}.{_plain(digest) if header['alg'] == 'HS256' else ''}"


@contextmanager
def issuer() -> Iterator[Issuer]:
    """Yield a running provider."""
    running = Issuer()

    class Handler(_Handler):
        provider = running

    with listening(Handler) as port:
        running.url = f"http://127.0.0.1:{port}"
        yield running


class _Handler(BaseHTTPRequestHandler):
    provider: Issuer

    def do_GET(self) -> None:
        place, url = urlsplit(self.path), self.provider.url
        below = place.path.removeprefix(urlsplit(url).path)  # an issuer may lie below a path, as an enterprise's does
        if below == "/.well-known/openid-configuration":
            ends = {f"{name}_endpoint": f"{url}/{name}" for name in ("authorization", "token")}
            self._tell({"issuer": url, "jwks_uri": f"{url}/jwks", **ends})
        elif below == "/jwks":
            self.provider.keys_told += 1
            self._tell({"keys": [self.provider.key.as_dict(private=False)]})
        else:
            self._authorize({name: values[0] for name, values in parse_qs(place.query).items()})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.provider.asked.pop(given.get("code", ""), None)
        told = f"Basic {base64.b64encode(f'{CLIENT}:{SECRET}'.encode()).decode()}"
        if asked is None or self.headers["Authorization"] != told or not proven(asked, given):
            self._tell({"error": "invalid_grant"}, 400)
            return
        token = self.provider.signed(asked["nonce"])
        self._tell({"access_token": secrets.token_hex(8), "token_type": "Bearer", "id_token": token})

    def _authorize(self, asked: dict[str, str]) -> None:
        code = secrets.token_hex(8)
        self.provider.asked[code] = asked
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        self.end_headers()

    def _tell(self, what: dict[str, Any], status: int = 200) -> None:
        data = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing on standard error."""


def proven(asked: dict[str, str], given: dict[str, str]) -> bool:
    """Return whether who sends the code is who asked for it (PKCE)."""
    digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
    return _plain(digest) == asked["code_challenge"] and given.get("redirect_uri") == asked["redirect_uri"]


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
