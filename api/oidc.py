"""Sign-in with the company's own provider of identities (OpenID Connect): asked by Authlib, proven by its keys."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.httpx_client import OAuth2Client
from httpx2 import HTTPError, InvalidURL
from joserfc.errors import JoseError  # Authlib's own: what it raises where a token does not hold

from api.problems import Problem
from grader.settings import Settings

ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
CALLBACK = "/api/v1/session/oidc/callback"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KNOWN_FOR_S = 3600.0
WITHIN_S = 10.0
LEEWAY_S = 60
NOT_PROVEN = "The provider's answer does not prove who you are."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Flow:
    """One sign-in under way, which the browser keeps: what must come back, and what proves that it was begun here."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Somebody as the provider knows them. `email` is empty where the provider has not verified it."""

    issuer: str
    subject: str
    email: str


class Provider(OpenIDMixin):  # type: ignore[misc]  # Authlib has no types
    """The provider at `issuer`, which knows this service as `client_id`. Its addresses and keys are looked up there."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, redirect_uri: str) -> None:
        self.issuer, self.client_id = issuer, client_id
        self._secret, self._redirect_uri = client_secret, redirect_uri
        self.server_metadata: dict[str, Any] = {}
        self._known_until = 0.0

    def begin(self) -> tuple[str, Flow]:
        """Return where to send the browser, and the flow to keep. Raises Problem where the provider does not answer."""
        flow = Flow(*(secrets.token_urlsafe(32) for _ in range(3)))
        with _answering():
            place = self.load_server_metadata()["authorization_endpoint"]
            with self._get_session() as client:
                url, _ = client.create_authorization_url(
                    place, state=flow.state, code_verifier=flow.verifier, nonce=flow.nonce
                )
        return str(url), flow

    def end(self, flow: Flow, code: str) -> Identity:
        """Return who signed in. Raises Problem where the provider does not answer, or not with what proves it."""
        with _answering():
            metadata = self.load_server_metadata()
            with self._get_session() as client:
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=flow.verifier,
                    redirect_uri=self._redirect_uri,
                )
            if not isinstance(token.get("id_token"), str):
                raise Problem("identity.refused", NOT_PROVEN)
            claims = self.parse_id_token(token, flow.nonce, self._expected(), leeway=LEEWAY_S)
        email = claims.get("email") if claims.get("email_verified") is True else ""
        return Identity(self.issuer, str(claims["sub"]), email if isinstance(email, str) else "")

    def load_server_metadata(self) -> dict[str, Any]:
        """Return what the provider says of itself. Raises ValueError where it is another one."""
        if time.monotonic() < self._known_until:
            return self.server_metadata
        with self._get_session() as client:
            address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            answer = client.request("GET", address, withhold_token=True).raise_for_status()
        told = answer.json()
        if not isinstance(told, dict) or told.get("issuer") != self.issuer:
            raise ValueError("the provider calls itself otherwise than GRADER_OIDC_ISSUER does")
        if not all(isinstance(told.get(name), str) for name in NEEDED):
            raise ValueError("the provider does not say where it is asked")
        signed_by = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        told["id_token_signing_alg_values_supported"] = [name for name in signed_by if name in ASYMMETRIC]
        told.pop("jwks", None)
        self.server_metadata, self._known_until = told, time.monotonic() + KNOWN_FOR_S
        return told

    def _expected(self) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
            "sub": {"essential": True},
        }

    def _get_session(self) -> OAuth2Client:
        return OAuth2Client(
            self.client_id,
            self._secret,
            scope="openid email profile",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=WITHIN_S,
        )


def provider_of(settings: Settings) -> Provider | None:
    """Return the provider that the operator has set, if any."""
    if not settings.oidc_issuer:
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    back = f"{settings.public_url.rstrip('/')}{CALLBACK}"
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret, back)


@contextmanager
def _answering() -> Iterator[None]:
    """Turn what goes wrong at the provider into Problem; the log says of what kind it was, and holds no token."""
    try:
        yield
    except (JoseError, AuthlibBaseError) as error:
        log.warning("a sign-in by OIDC was refused: %s (%s)", type(error).__name__, error.error)
        raise Problem("identity.refused", NOT_PROVEN) from error
    except (HTTPError, InvalidURL, ValueError, KeyError) as error:
        log.error("the provider of identities did not answer as one: %s", type(error).__name__)
        raise Problem("identity.provider") from error
