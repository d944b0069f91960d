"""The endpoint of a language model: whatever it does costs no report, and the key shows nowhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from asked_works import KEY, asker, evidence, verdicts
from model_server import YES, ModelServer, completion, model_server, raw

from grader.asking import AnswerCache, Asker, ChatEndpoint
from grader.errors import UsageError
from grader.settings import read_settings
from grader.wiring import asker_of


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


@pytest.mark.parametrize(
    ("reply", "said", "tries"),
    [
        (raw(500, b"oops"), "status 500", 3),
        (raw(429, b"slow down"), "status 429", 3),
        (raw(401, b"who are you"), "status 401", 1),
        (raw(302, b"", Location="http://127.0.0.1:9/elsewhere"), "status 302", 1),
        (raw(200, b"no json"), "no known form", 1),
        (raw(200, b'{"choices": []}'), "no choice", 1),
        (raw(200, b'{"choices": [{"message": {"content": null}}]}'), "no known form", 1),
        (raw(200, b'{"choices": "' + b"x" * 400_000 + b'"}'), "larger than any", 1),
        (completion(f"your key is {KEY}"), "held the key", 1),
        (completion(YES, (-1, 10**12)), "no known form", 1),
    ],
    ids=["500", "429", "401", "redirect", "no JSON", "no choice", "no content", "huge", "key", "odd tokens"],
)
def test_whatever_an_endpoint_does_is_said_and_costs_no_report(
    server: ModelServer, tmp_path: Path, reply: Any, said: str, tries: int
) -> None:
    server.replies = [reply]
    found = asker(server, tmp_path).answered(evidence())
    assert {verdict for verdict, _ in verdicts(found).values()} == {"needs_human"}
    assert said in found.asked.answers[0].failure
    assert len(server.asked) == tries
    assert KEY not in found.model_dump_json()


def test_a_failure_that_passes_is_tried_again(server: ModelServer, tmp_path: Path) -> None:
    server.replies = [raw(503, b""), raw(500, b""), completion(YES)]
    assert {verdict for verdict, _ in verdicts(asker(server, tmp_path).answered(evidence())).values()} == {"met"}


def slow(_: BaseHTTPRequestHandler, over: threading.Event) -> None:
    over.wait(60)


def dripping(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(1200):  # a minute
        if not over.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()


@pytest.mark.parametrize("reply", [slow, dripping])
def test_an_endpoint_that_takes_its_time_is_not_waited_for(server: ModelServer, tmp_path: Path, reply: Any) -> None:
    over = threading.Event()
    server.replies = [lambda handler: reply(handler, over)]
    started = time.monotonic()
    found = asker(server, tmp_path, seconds=0.3).answered(evidence())
    assert time.monotonic() - started < 50, "it was waited for"
    over.set()
    assert "longer than 0.3 seconds" in found.asked.answers[0].failure


def test_an_endpoint_that_is_not_there_is_said(tmp_path: Path) -> None:
    endpoint = ChatEndpoint("http://127.0.0.1:9/v1", "m", KEY, 1.0, wait_s=0.01)
    found = Asker(endpoint, AnswerCache(tmp_path)).answered(evidence())
    said = "no answer in 3 tries: the connection was refused: nothing listens there (127.0.0.1:9)."
    assert said in found.asked.answers[0].failure


def test_a_host_that_nobody_knows_is_named_without_what_stands_behind_it(tmp_path: Path) -> None:
    endpoint = ChatEndpoint("https://nowhere.invalid/secret/v1", "m", KEY, 1.0, wait_s=0.01)
    said = Asker(endpoint, AnswerCache(tmp_path)).answered(evidence()).asked.answers[0].failure
    assert "(nowhere.invalid:443)" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("url", "model", "said"),
    [
        ("ftp://host/v1", "m", "GRADER_LM_URL"),
        ("https://user:pw@host/v1", "m", "must not hold a password"),
        ("https://host/v1", "", "GRADER_LM_MODEL"),
        ("http://host/v1", "m", "not sent in clear"),
    ],
)
def test_unsafe_settings_are_refused_without_the_key(
    monkeypatch: pytest.MonkeyPatch, url: str, model: str, said: str
) -> None:
    monkeypatch.setenv("GRADER_LM_URL", url)
    monkeypatch.setenv("GRADER_LM_MODEL", model)
    monkeypatch.setenv("GRADER_LM_API_KEY", KEY)
    with pytest.raises(UsageError, match=said) as caught:
        read_settings()
    assert KEY not in str(caught.value)
    assert "user:pw" not in str(caught.value)


def test_the_key_shows_in_no_printed_form(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRADER_LM_URL", "https://host/v1")
    monkeypatch.setenv("GRADER_LM_MODEL", "m")
    monkeypatch.setenv("GRADER_LM_API_KEY", KEY)
    settings = read_settings()
    assert KEY not in f"{settings} {settings!r} {settings.model_dump_json()} {asker_of(settings)!r}"
