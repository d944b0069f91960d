"""The reviewer API, asked with nothing but the standard library; what does not answer is asked again for a while."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from commands import say, seen

T = TypeVar("T")
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 20.0
ANSWER_WITHIN_S, TAKEN_WITHIN_S = 30.0, 120.0  # to a question; to a commit, which is sent meanwhile
BUSY = (408, 425, 429)  # and all from 500 on
LARGEST_ANSWER = 4_000_000
NO_ANSWER = (OSError, http.client.HTTPException, ValueError, RecursionError)  # also what is no HTTP, no JSON, no text
SIGNED_IN = ("token", "assignment")
SUBMISSION = ("id", "attempt", "state", "step", "detail", "outcome", "failure_code")
RESULT = ("score", "failure", "dimensions")
MARKDOWN = "text/markdown"


class ServerError(Exception):
    """What was asked was refused, or not answered. `ours` is whether the service failed, and not who asked; `after` is
    in how many seconds it wants to be asked again.
    """

    def __init__(self, message: str, code: str = "", *, ours: bool = False, after: float = 0.0) -> None:
        super().__init__(message)
        self.code, self.ours, self.after = code, ours, after


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow none: a token is for the server that was named."""


@dataclass
class Server:
    """The service at `url`; it is given `patience` seconds to answer, from the first try that failed."""

    url: str
    patience: float
    token: str = ""

    def sign_in(self, github_token: Callable[[], str], assignment: str) -> dict[str, Any]:
        """Sign in by GitHub's token, of which each try needs a new one, and return what the service says."""

        def attempt() -> dict[str, Any]:
            given = {"token": github_token(), **({"assignment": assignment} if assignment else {})}
            return self._asked("POST", "/session/github", SIGNED_IN, json.dumps(given).encode(), "application/json")

        told = self._patiently(attempt)
        self.token = str(told["token"])
        return told

    def hand_in(self, archive: Path, proof: str) -> dict[str, Any]:
        """Hand the commit in and return the submission; the same commit once more is the same one."""
        edge = f"edge{uuid.uuid4().hex}"
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="commit"\r\n\r\n{proof}\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="commit.zip"\r\n'
            "Content-Type: application/zip\r\n\r\n"
        )
        body = head.encode() + archive.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        return self._patiently(lambda: self._asked("POST", "/commits", SUBMISSION, body, kind))

    def submission(self, submission_id: str) -> dict[str, Any]:
        """Return where a submission has come to."""
        return self._patiently(lambda: self._asked("GET", f"/submissions/{submission_id}", SUBMISSION))

    def result(self, submission_id: str) -> dict[str, Any]:
        """Return what its candidate may read of its result."""
        return self._patiently(lambda: self._asked("GET", f"/submissions/{submission_id}/result", RESULT))

    def summary(self, submission_id: str) -> str:
        """Return the same as Markdown."""
        request = self._request("GET", f"/submissions/{submission_id}/summary")
        return self._patiently(lambda: markdown_of(request, self._who))

    def _patiently(self, attempt: Callable[[], T]) -> T:
        wait, until = FIRST_WAIT_S, None
        while True:
            try:
                return attempt()
            except ServerError as error:
                until = until or time.monotonic() + self.patience
                pause = max(wait, min(error.after, LONGEST_WAIT_S))
                if not error.ours or time.monotonic() + pause > until:
                    raise
                say(f"{error} Trying again in {pause:g} s.")
            time.sleep(pause)
            wait = min(2 * wait, LONGEST_WAIT_S)

    @property
    def _who(self) -> str:
        return f"The server {self.url}"

    def _asked(
        self, method: str, path: str, needed: Collection[str], body: bytes | None = None, kind: str = ""
    ) -> dict[str, Any]:
        within_s = ANSWER_WITHIN_S if body is None else TAKEN_WITHIN_S
        return answer_to(self._request(method, path, body, kind), self._who, needed, within_s)

    def _request(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> urllib.request.Request:
        headers = {"User-Agent": "takehome-grader-action"}
        if kind:
            headers["Content-Type"] = kind
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return urllib.request.Request(f"{self.url}/api/v1{quote(path)}", body, headers, method=method)


def answer_to(
    request: urllib.request.Request, who: str, needed: Collection[str], within_s: float = ANSWER_WITHIN_S
) -> dict[str, Any]:
    """Return the JSON object that is answered, which has the keys that are `needed`. Raises ServerError, in one
    sentence that says `who` said what.
    """
    told = _answer_to(request, who, lambda answer: json.loads(answer.read(LARGEST_ANSWER)), within_s)
    if not isinstance(told, dict) or not told.keys() >= set(needed):
        raise ServerError(f"{who} did not answer as one.", ours=True)
    return told


def markdown_of(request: urllib.request.Request, who: str) -> str:
    """Return the Markdown that is answered. Raises ServerError, also for a text of another kind: a gateway's page."""

    def read(answer: Any) -> str:
        if answer.headers.get_content_type() != MARKDOWN:
            raise ValueError(f"it is no {MARKDOWN}")
        return bytes(answer.read(LARGEST_ANSWER)).decode()

    return _answer_to(request, who, read, ANSWER_WITHIN_S)


def _answer_to(request: urllib.request.Request, who: str, read: Callable[[Any], T], within_s: float) -> T:
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=within_s) as answer:
            return read(answer)
    except urllib.error.HTTPError as error:
        raise _refusal(error, who) from error
    except NO_ANSWER as error:
        why = " ".join(seen(str(getattr(error, "reason", None) or error)).split())  # it may quote what was answered
        raise ServerError(f"{who} could not be reached, or did not answer as one ({why}).", ours=True) from error


def refuse_unsafe(url: str) -> str:
    """Return the address of a server without its last slash; "" where it is none that a token may be sent to."""
    try:
        place = urlsplit(url)
        host, _port = place.hostname, place.port
    except ValueError:  # of brackets, or of a port that is none
        return ""
    is_safe = place.scheme == "https" or (place.scheme == "http" and host in ("127.0.0.1", "localhost", "::1"))
    is_plain = url.isprintable() and " " not in url and "@" not in place.netloc
    return url.rstrip("/") if host and is_safe and is_plain and not (place.query or place.fragment) else ""


def _refusal(error: urllib.error.HTTPError, who: str) -> ServerError:
    try:
        with error:
            told = json.loads(error.read(LARGEST_ANSWER))
        said = " ".join(str(part) for part in (told.get("detail") or told.get("title"), told.get("hint")) if part)
        code = str(told.get("code", ""))
    except (*NO_ANSWER, AttributeError):
        said, code = "", ""
    after = error.headers.get("Retry-After", "")
    return ServerError(
        said or f"{who} answered {error.code}.",
        code,
        ours=error.code in BUSY or error.code >= 500,
        after=float(after) if re.fullmatch("[0-9]{1,6}", after) else 0.0,
    )
