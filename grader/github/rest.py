"""GitHub's REST API, asked with one token: bounded in time and size, and no redirect is followed with it."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

VERSION = "2022-11-28"  # which GitHub Enterprise Server knows too
WITHIN_S = 20.0
LARGEST_ANSWER = 8 << 20
PAGE = 100
MOST_PAGES = 50
LIMITED_S = 60.0  # where GitHub limits and does not say for how long, as its documentation advises
LONGEST_WAIT_S = 7200.0
LONGEST_MESSAGE = 200


class GithubError(Exception):
    """GitHub could not be told; the message is one sentence for operators. `after_s` is when to try again, if said."""

    def __init__(self, message: str, after_s: float | None = None) -> None:
        super().__init__(message)
        self.after_s = after_s


class AwayError(GithubError):
    """GitHub could not be reached, or what answers there is none."""


class RestError(GithubError):
    """GitHub answered with a status that is no success."""

    def __init__(self, status: int, message: str, after_s: float | None = None) -> None:
        super().__init__(message, after_s)
        self.status = status


class Quiet:
    """How long GitHub asked to be left alone: of the whole App, whose limits are one, and whatever is to be told; and
    `pace_s` seconds between two writes, of which GitHub's documentation asks for at least one.
    """

    def __init__(
        self, clock: Callable[[], float], pace_s: float, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._clock, self._pace_s, self._sleep = clock, pace_s, sleep
        self._until = self._next_write = -math.inf

    def left_s(self) -> float:
        """Return for how many seconds nothing is to be asked, or 0."""
        return max(0.0, self._until - self._clock())

    def keep_for(self, seconds: float) -> None:
        """Ask nothing for so many seconds."""
        self._until = max(self._until, self._clock() + seconds)

    def keep_pace(self) -> None:
        """Wait until something may be written again."""
        if (left_s := self._next_write - self._clock()) > 0:
            self._sleep(left_s)
        self._next_write = self._clock() + self._pace_s


@dataclass(frozen=True)
class Rest:
    """GitHub's API at `url`; `token` is the App's or an installation's. Nothing is asked while it is `quiet`."""

    url: str
    token: str = field(repr=False)
    quiet: Quiet

    def get(self, path: str) -> dict[str, Any]:
        """Return what stands there. Raises GithubError, as all of these do."""
        return _object(self._asked("GET", path))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Add something and return it."""
        return _object(self._asked("POST", path, body))

    def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change something and return it."""
        return _object(self._asked("PATCH", path, body))

    def pages(self, path: str, name: str = "", **parameters: str) -> Iterator[dict[str, Any]]:
        """Yield what a list holds, page by page; `name` is where the list stands in what is answered."""
        for page in range(1, MOST_PAGES + 1):
            wanted = {"per_page": str(PAGE), "page": str(page), **parameters}
            told = self._asked("GET", path, parameters=wanted)
            rows = _object(told).get(name) if name else told
            if not isinstance(rows, list):
                raise _other_shape()
            yield from map(_object, rows)
            if len(rows) < PAGE:
                return

    def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, parameters: Mapping[str, str] | None = None
    ) -> Any:
        if left_s := self.quiet.left_s():
            raise _to_wait(429, left_s)
        if method != "GET":
            self.quiet.keep_pace()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": VERSION,
            "User-Agent": "takehome-grader",
        }
        try:
            with (
                httpx2.Client(timeout=WITHIN_S, follow_redirects=False, headers=headers) as client,
                client.stream(method, self.url + path, json=body, params=parameters or None) as answer,
            ):
                told = _read(answer)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            why = type(error).__name__
            raise AwayError(f"GitHub could not be reached, or did not answer as it does ({why}).") from error
        if 200 <= answer.status_code < 300:
            return told
        refused = _refusal(answer, told)
        if refused.after_s is not None:
            self.quiet.keep_for(refused.after_s)
        raise refused


def _object(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise _other_shape()
    return told


def _other_shape() -> AwayError:
    return AwayError("GitHub could not be reached, or did not answer as it does (another shape).")


def _read(answer: httpx2.Response) -> Any:
    body, until = b"", time.monotonic() + WITHIN_S
    for part in answer.iter_bytes():
        body += part
        if len(body) > LARGEST_ANSWER or time.monotonic() > until:
            raise ValueError("too long")
    if 200 <= answer.status_code < 300:
        return json.loads(body) if body else {}
    try:
        return json.loads(body)
    except ValueError:
        return {}


def _refusal(answer: httpx2.Response, told: Any) -> RestError:
    said = str(told.get("message", "")) if isinstance(told, dict) else ""
    if why := _first_error(told):
        said = f"{said.rstrip('.')}: {why}"
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())[:LONGEST_MESSAGE]
    status = answer.status_code
    after_s = _asked_to_wait(answer.headers) if status in (403, 429, 503) else None
    if after_s is None and (status == 429 or (status == 403 and "rate limit" in words.lower())):
        after_s = LIMITED_S
    if after_s is not None:
        return _to_wait(status, after_s)
    return RestError(status, f"GitHub answered {status}" + (f": {words.rstrip('.')}." if words else "."))


def _first_error(told: Any) -> str:
    """Return what is wrong with a field, as answers of 422 tell it in `errors`."""
    found = told.get("errors") if isinstance(told, dict) else None
    first = found[0] if isinstance(found, list) and found else ""
    if isinstance(first, dict):
        return str(first.get("message") or f"{first.get('field')} is {first.get('code')}")
    return str(first)


def _to_wait(status: int, seconds: float) -> RestError:
    return RestError(status, f"GitHub asks to wait for {seconds:.0f} s.", seconds)


def _asked_to_wait(headers: httpx2.Headers) -> float | None:
    """Return for how many seconds, as GitHub's documentation of rate limits says it is told."""
    if (seconds := _number(headers.get("retry-after"))) is not None:
        return min(max(1.0, seconds), LONGEST_WAIT_S)
    reset = _number(headers.get("x-ratelimit-reset"))
    if headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        return min(max(1.0, reset - time.time()), LONGEST_WAIT_S)
    return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
