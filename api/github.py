"""Runs of GitHub Actions: who they are is told by a token that GitHub signs (OpenID Connect), and by its ids alone."""

from __future__ import annotations

import json
import logging
import math
import threading
import time
from collections.abc import Callable, Collection
from typing import Annotated, Any

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from api.problems import Problem
from grader.settings import Settings

ALGORITHMS = ["RS256"]
EVENTS = ("push", "workflow_dispatch")
KEPT_FOR_S = 3600.0
AGAIN_AFTER_S = 5.0
WITHIN_S = 10.0
WAITS_S = 3.0
LEEWAY_S = 30
LARGEST_ANSWER = 1 << 20
NO_ANSWER = (httpx2.HTTPError, httpx2.InvalidURL)
NOT_PROVEN = "The token does not prove which run of GitHub Actions it is from."

log = logging.getLogger(__name__)
Id = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class RunClaims(BaseModel):
    """What GitHub says of a run. Names are told to people and decide nothing: they can be given to somebody else."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    iss: str
    jti: Text
    exp: int
    repository_id: Id
    repository_owner_id: Id
    repository: Text
    sha: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
    ref: Text
    event_name: Text
    run_id: Id
    run_attempt: Id = "1"
    workflow_ref: Text
    actor: Text
    actor_id: Id
    runner_environment: Annotated[str, StringConstraints(max_length=50)] = ""
    repository_visibility: Annotated[str, StringConstraints(max_length=20)] = ""


class GithubTokens:
    """Checks tokens of runs that `issuer` signed for one of the `audiences`. Its keys are kept for an hour; they are
    asked for anew where a token names one that is not known, at most every few seconds, so that nobody can have us ask
    without end.
    """

    def __init__(self, issuer: str, audiences: Collection[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer, self._audiences, self._clock = issuer, audiences, clock
        self._keys, self._asked_at, self._away_until = KeySet([]), -math.inf, -math.inf
        self._lock = threading.Lock()

    def run_of(self, token: str) -> RunClaims:
        """Return what the token proves. Raises Problem where it proves nothing, or the issuer does not answer."""
        try:
            found = jwt.decode(token, self._keys_for(token), algorithms=ALGORITHMS)
            self._registry().validate(found.claims)
            claims = RunClaims.model_validate(found.claims)
        except (JoseError, ValidationError, ValueError, TypeError, KeyError) as error:
            claim = getattr(error, "claim", "")  # most often "aud": the address is another than GRADER_PUBLIC_URL
            log.info("a token of a run was refused: %s %s", type(error).__name__, claim)
            raise Problem("identity.refused", NOT_PROVEN) from error
        if claims.event_name not in EVENTS:
            raise Problem(
                "github.event",
                f"A run that {claims.event_name[:40]!r} began cannot hand in.",
                hint="Let the workflow run on `push` or `workflow_dispatch`.",
            )
        return claims

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "values": list(self._audiences)},
            exp={"essential": True},
            iat={"essential": True},
        )

    def _keys_for(self, token: str) -> KeySet:
        named = str(_header_of(token).get("kid", ""))
        if self._will_do(named):  # whoever needs no other keys does not wait for those
            return self._keys
        if not self._lock.acquire(timeout=WAITS_S):  # another has asked, and each who waits keeps a thread from all
            raise _away()
        try:
            return self._keys if self._will_do(named) else self._asked_anew()
        finally:
            self._lock.release()

    def _asked_anew(self) -> KeySet:
        if self._clock() < self._away_until:
            raise _away()
        try:
            now = self._clock()
            self._keys, self._asked_at = self._asked(), now
        except (*NO_ANSWER, JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            self._away_until = self._clock() + AGAIN_AFTER_S
            log.warning("GitHub's keys could not be had: %s", type(error).__name__)
            raise _away() from error
        return self._keys

    def _will_do(self, named: str) -> bool:
        """Return whether the keys that are here are to be used for a token that names this one."""
        is_known = named in {key.kid for key in self._keys.keys}
        return self._clock() - self._asked_at < (KEPT_FOR_S if is_known else AGAIN_AFTER_S)

    def _asked(self) -> KeySet:
        with httpx2.Client(timeout=WITHIN_S) as client:
            place = _json(client, f"{self._issuer}/.well-known/openid-configuration")
            if place.get("issuer") != self._issuer:
                raise ValueError("it calls itself otherwise than GRADER_GITHUB_ISSUER does")
            told = _json(client, str(place["jwks_uri"]))
        return KeySet.import_key_set({"keys": [key for key in told["keys"] if key.get("kty") == "RSA"]})


def _away() -> Problem:
    return Problem("identity.provider", "GitHub's keys could not be had.", headers={"Retry-After": "10"})


def _header_of(token: str) -> dict[str, Any]:
    return dict(extract_compact(token.encode()).headers())


def _json(client: httpx2.Client, address: str) -> dict[str, Any]:
    with client.stream("GET", address) as answer:
        answer.raise_for_status()
        body = b""
        for part in answer.iter_bytes():
            body += part
            if len(body) > LARGEST_ANSWER:
                raise ValueError("its answer is too long")
    told = json.loads(body)
    if not isinstance(told, dict):
        raise TypeError("its answer is no object")
    return told


def github_tokens(settings: Settings, clock: Callable[[], float] = time.monotonic) -> GithubTokens:
    """Return what checks the tokens of runs, by the operator's settings."""
    audiences = [name for name in (settings.public_url.rstrip("/"), settings.github_audience) if name]
    return GithubTokens(settings.github_issuer.rstrip("/"), audiences, clock)
