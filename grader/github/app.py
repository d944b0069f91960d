"""The service as a GitHub App: it proves itself by its key, and gets tokens that are good for one repository alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from grader.errors import UsageError
from grader.github.rest import GithubError, Quiet, Rest, RestError

GOOD_FOR_S = 300  # with room for a clock of ours that is wrong by minutes: GitHub takes at most ten from its own
EARLIER_S = 300  # the same where ours is ahead
TOKEN_KEPT_S = 600.0  # of the hour that it is good for: what is known of the repository is no older then
INSTALLATION_KEPT_S = 3600.0
PACE_S = 1.0
PERMISSIONS = ("checks", "issues")


@dataclass(frozen=True)
class Repository:
    """A repository that the App may write to: `asked` with a token for it alone. Its name may change, its id not."""

    name: str
    is_private: bool
    may_comment: bool
    asked: Rest

    @property
    def path(self) -> str:
        """Where it lies in GitHub's API."""
        return f"/repos/{self.name}"


@dataclass(frozen=True)
class _Kept:
    value: Any
    until: float


class GithubApp:
    """The App of the id (or client id) `app` at the API `api`. Of one thread."""

    def __init__(
        self,
        api: str,
        app: str,
        key: RSAKey,
        clock: Callable[[], float] = time.monotonic,
        pace_s: float = PACE_S,
    ) -> None:
        self._api, self._app, self._key, self._clock = api.rstrip("/"), app, key, clock
        self._kept: dict[str, _Kept] = {}
        self.quiet = Quiet(clock, pace_s)

    def repository(self, repository_id: str, owner_id: str) -> Repository:
        """Return the repository of these ids. Raises GithubError where the App is not installed at it."""
        found: Repository = self._once(
            f"repository {repository_id} {owner_id}", TOKEN_KEPT_S, lambda: self._opened(repository_id, owner_id)
        )
        return found

    def slug(self) -> str:
        """Return how the App is called in addresses. Raises GithubError."""
        found: str = self._once("slug", INSTALLATION_KEPT_S, lambda: str(self._asked().get("/app")["slug"]))
        return found

    def login(self) -> str:
        """Return by which name the App writes comments. Raises GithubError."""
        return f"{self.slug()}[bot]"

    def owners(self) -> list[str]:
        """Return at whom the App is installed, by their names of today. Raises GithubError."""
        rows = self._asked().pages("/app/installations")
        return [str((row.get("account") or {}).get("login", "")) for row in rows]

    def forget(self) -> None:
        """Forget tokens and what else is known: it may be no more so."""
        self._kept.clear()

    def _once(self, name: str, seconds: float, act: Callable[[], Any]) -> Any:
        kept = self._kept.get(name)
        if kept is None or kept.until <= self._clock():
            self._kept = {key: item for key, item in self._kept.items() if item.until > self._clock()}
            kept = self._kept[name] = _Kept(act(), self._clock() + seconds)
        return kept.value

    def _opened(self, repository_id: str, owner_id: str) -> Repository:
        installation = self._once(f"owner {owner_id}", INSTALLATION_KEPT_S, lambda: self._installation(owner_id))
        may = [name for name in PERMISSIONS if installation["permissions"].get(name) == "write"]
        if "checks" not in may:
            raise GithubError("The App may not write check runs: give it the permission Checks (read and write).")
        wanted = {"repository_ids": [int(repository_id)], "permissions": dict.fromkeys(may, "write")}
        try:
            told = self._asked().post(f"/app/installations/{installation['id']}/access_tokens", wanted)
        except RestError as refused:
            if refused.status == 422:
                raise GithubError("The App is not installed at the repository.") from refused
            raise
        found = next((row for row in told.get("repositories", ()) if str(row["id"]) == repository_id), None)
        if found is None or str(found["owner"]["id"]) != owner_id:
            raise GithubError("The repository belongs to another owner now.")
        rest = Rest(self._api, str(told["token"]), self.quiet)
        # what is "internal" is private too, and read by everybody of an enterprise
        is_private = bool(found["private"]) and found.get("visibility", "private") == "private"
        return Repository(str(found["full_name"]), is_private, "issues" in may, rest)

    def _installation(self, owner_id: str) -> dict[str, Any]:
        for row in self._asked().pages("/app/installations"):
            if str((row.get("account") or {}).get("id")) == owner_id:
                if row.get("suspended_at"):
                    raise GithubError("The App's installation is suspended.")
                return row
        raise GithubError("The App is not installed at the repository's owner.")

    def _asked(self) -> Rest:
        now = int(time.time())
        claims = {"iat": now - EARLIER_S, "exp": now + GOOD_FOR_S, "iss": self._app}
        return Rest(self._api, jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, self._key), self.quiet)


def read_key(path: Path) -> RSAKey:
    """Return the App's private key. Raises UsageError naming the file, and nothing of what is in it."""
    try:
        key = RSAKey.import_key(path.read_bytes())
        if not key.is_private:
            raise ValueError("it is the public half")
    except (OSError, ValueError, TypeError, JoseError):
        raise UsageError(
            f"GRADER_GITHUB_APP_KEY: {path} could not be read as a private key (PEM) such as GitHub gives for an App"
        ) from None
    return key
