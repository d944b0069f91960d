"""A running service, asked over HTTP: a refusal is one sentence, and a connection that breaks is taken up again."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from grader.errors import InfrastructureError, UsageError
from grader.settings import LOOPBACK

API = "/api/v1"
TRIES = 5
FIRST_WAIT_S = 1.0
BUSY = (429, 503)
WHICH_TOKEN = "Give the invitation's whole link after --to, or what stands behind /i/ in it in GRADER_TOKEN."


class ServiceClient:
    """Asks the service at `url` with `token`. Raises InfrastructureError where it cannot be reached."""

    def __init__(self, url: str, token: str) -> None:
        check_address(url, token, "--to", in_clear=True)
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx2.Client(base_url=url.rstrip("/") + API, headers=headers, timeout=60)

    def hand_in(self, *, file: Path | None, git: str | None, assignment: str | None) -> dict[str, Any]:
        """Hand in a file or a git address, once however often it has to be sent, and return the submission."""
        form = {name: value for name, value in (("git", git), ("assignment", assignment)) if value is not None}
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        for number in range(TRIES):
            try:
                if file is None:
                    answer = self._client.post("/submissions", data=form, headers=headers)
                else:
                    with file.open("rb") as content:
                        answer = self._client.post(
                            "/submissions", data=form, files={"file": (file.name, content)}, headers=headers
                        )
            except httpx2.TransportError as error:
                if number == TRIES - 1:
                    raise unreachable(error) from error
                time.sleep(FIRST_WAIT_S * 2**number)
                continue
            if answer.status_code not in BUSY or number == TRIES - 1:
                return body_of(answer)
            time.sleep(float(answer.headers.get("Retry-After", FIRST_WAIT_S * 2**number)))
        raise AssertionError("the last try returns or raises")

    def submission(self, submission: str) -> dict[str, Any]:
        """Return a submission as it is now."""
        try:
            return body_of(self._client.get(f"/submissions/{submission}"))
        except httpx2.TransportError as error:
            raise unreachable(error) from error

    def follow(self, submission: str) -> Iterator[dict[str, Any]]:
        """Yield each step of a submission until it is through; gone on with after the last one where it breaks off."""
        last, failed = "", 0
        while True:
            try:
                headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
                with self._client.stream("GET", f"/submissions/{submission}/events", headers=headers) as answer:
                    if answer.status_code not in (200, *BUSY):
                        answer.read()
                        body_of(answer)
                    kind, data = "", ""
                    for line in answer.iter_lines():
                        name, _, value = line.partition(": ")
                        if name == "id":
                            last, failed = value, 0
                        elif name == "event":
                            kind = value
                        elif name == "data":
                            data = value
                        elif not line and data:
                            if kind == "done":
                                return
                            yield json.loads(data)
                            data = ""
            except httpx2.TransportError as error:
                failed += 1
                if failed == TRIES:
                    raise unreachable(error) from error
            time.sleep(FIRST_WAIT_S * 2**failed)


def check_address(url: str, token: str, option: str, *, in_clear: bool = False) -> None:
    """Raise UsageError where `url` is no address of a service, or the token is none. `in_clear` lets http:// pass."""
    try:
        parts = urlsplit(url)
        is_there = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket left open, a port that is no number
        parts, is_there = urlsplit(""), False
    taken = parts.scheme == "https" or (parts.scheme == "http" and (in_clear or parts.hostname in LOOPBACK))
    if not (taken and is_there) or any(not "!" <= char <= "~" for char in url):
        begins = "https:// or http://" if in_clear else "https://"
        raise UsageError(f"{option} {url!r} is no address of a service", hint=f"It begins with {begins}.")
    if not token or any(not "!" <= char <= "~" for char in token):
        raise UsageError("the token is none: it has letters, digits, - and _ alone", hint="Copy it once more, whole.")


def goes_in_clear(url: str) -> bool:
    """Return whether what is sent to this address can be read on the way."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def body_of(answer: httpx2.Response) -> dict[str, Any]:
    """Return what was answered. Raises UsageError or InfrastructureError with what a problem document says."""
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if answer.is_success and isinstance(told, dict):
        return told
    detail = told.get("detail") if isinstance(told, dict) else None
    message = str(detail or f"the service answered with status {answer.status_code}")
    hint = str(told.get("hint") or "") if isinstance(told, dict) else ""
    if answer.is_server_error or answer.status_code in BUSY:
        raise InfrastructureError(
            "infrastructure.service", message, hint=hint or "Try it again later: nothing was lost."
        )
    if answer.status_code == httpx2.codes.UNAUTHORIZED and "Bearer" in hint:
        hint = WHICH_TOKEN  # what a program is to send is ours to know
    raise UsageError(message, hint=hint)


def unreachable(error: Exception, option: str = "--to") -> InfrastructureError:
    """Return what to raise where the service at the address after `option` cannot be reached."""
    return InfrastructureError(
        "infrastructure.service",
        f"The service could not be reached ({type(error).__name__}).",
        hint=f"Look at the address after {option}, and whether the service runs. Nothing was handed in twice.",
    )
