"""An OpenAI-compatible endpoint, asked within bounds of time and size; the key goes into one header only."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, Any

from pydantic import BaseModel, ValidationError

from grader.model.answers import Count
from grader.ports import AskingError, Completion

MAX_ANSWER_BYTES = 256 * 1024
MAX_TOKENS = 1500
TRIES = 3
WAIT_S = 1.0
_FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    (ConnectionRefusedError, "the connection was refused: nothing listens there"),
    (socket.gaierror, "the name of the host is not known"),
    (ssl.SSLError, "no safe connection could be made"),
    (ConnectionError, "the connection was broken off"),
    (http.client.HTTPException, "the connection ended before the answer"),
    (OSError, "the host cannot be reached"),
)
WORTH_ANOTHER_TRY = frozenset({408, 409, 429, 500, 502, 503, 504})


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Usage(BaseModel):
    prompt_tokens: Count = 0
    completion_tokens: Count = 0


class _Reply(BaseModel):
    """The parts of a chat completion that are looked at."""

    choices: list[_Choice]
    usage: _Usage = _Usage()


@dataclass(frozen=True)
class ChatEndpoint:
    """Implements `grader.ports.LanguageModel`: one POST to `url`/chat/completions, at most `seconds` for each try."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 60.0
    wait_s: float = WAIT_S
    sleep: Callable[[float], None] = time.sleep

    def complete(self, messages: Sequence[dict[str, str]], schema: dict[str, Any]) -> Completion:
        """Return the answer; our side's and the endpoint's failures are tried again. Raises AskingError."""
        body = json.dumps(
            {
                "model": self.model,
                "messages": list(messages),
                "temperature": 0,
                "seed": 0,
                "max_tokens": MAX_TOKENS,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answers", "strict": True, "schema": schema},
                },
            }
        ).encode()
        for number in range(1, TRIES + 1):
            try:
                return self._reply(self._post(body))
            except _AgainError as error:
                if number == TRIES:
                    raise AskingError(f"The language model gave no answer in {TRIES} tries: {error}.") from None
                self.sleep(self.wait_s * 2 ** (number - 1))
        raise AssertionError("unreachable: the last try returns or raises")

    def _post(self, body: bytes) -> bytes:
        request = urllib.request.Request(f"{self.url.rstrip('/')}/chat/completions", data=body, method="POST")
        request.add_header("Content-Type", "application/json")
        if self.key:
            request.add_unredirected_header("Authorization", f"Bearer {self.key}")
        deadline = time.monotonic() + self.seconds
        try:
            with _OPENER.open(request, timeout=self.seconds) as answer:
                return _read(answer, deadline)
        except urllib.error.HTTPError as error:
            with error:
                status = error.code
            if status in WORTH_ANOTHER_TRY:
                raise _AgainError(f"the endpoint answered with status {status}") from None
            raise AskingError(f"The language model's endpoint refused the request with status {status}.") from None
        except (OSError, http.client.HTTPException) as error:
            raise _AgainError(self._what_failed(error)) from None

    def _what_failed(self, error: Exception) -> str:
        """Return in words why there was no answer: our own words and the address alone, nothing that was sent."""
        reason = getattr(error, "reason", None) or error
        where = urllib.parse.urlsplit(self.url)
        place = where.netloc.rpartition("@")[2]
        place += "" if ":" in place else {"https": ":443"}.get(where.scheme, ":80")
        if isinstance(error, TimeoutError) or isinstance(reason, TimeoutError):
            return f"it took longer than {self.seconds:g} seconds"
        return (
            f"{next((said for kind, said in _FAILURES if isinstance(reason, kind)), type(reason).__name__)} ({place})"
        )

    def _reply(self, data: bytes) -> Completion:
        try:
            reply = _Reply.model_validate_json(data)
        except ValidationError:
            raise AskingError("The language model's endpoint answered in no known form.") from None
        if not reply.choices:
            raise AskingError("The language model's endpoint gave no choice.")
        text = reply.choices[0].message.content
        if self.key and self.key in text:
            raise AskingError("The answer of the language model held the key, and was thrown away.")
        return Completion(text, reply.usage.prompt_tokens, reply.usage.completion_tokens)


class _AgainError(Exception):
    """This try failed in a way that another may not."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the text and the key go where the operator said, and nowhere else."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Return that there is no further request, so that the redirect itself is the answer."""


_OPENER = urllib.request.build_opener(_NoRedirect)


def _read(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    """Return the body, bounded in size and, for an endpoint that sends a byte now and then, in time."""
    data = b""
    while part := answer.read1(64 * 1024):
        data += part
        if len(data) > MAX_ANSWER_BYTES:
            raise AskingError("The answer of the language model is larger than any that is asked for.")
        if time.monotonic() > deadline:
            raise TimeoutError
    return data
