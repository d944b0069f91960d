"""What every answer carries, what the log tells of a request, and that no secret gets there."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from serving import Serving, serving

from api.app import create_app
from grader.jobs.told import JsonLines
from grader.settings import Settings


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Serving]:
    with serving(f"sqlite:///{tmp_path / 'grader.db'}", tmp_path / "home") as running:
        yield running


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Yield what is logged meanwhile, as the service writes it."""
    kept, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(kept), root.level
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield kept
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def requests_in(kept: io.StringIO) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in kept.getvalue().splitlines()]
    return [line for line in lines if line["logger"] == "api.access" and line["message"] == "request"]


def test_no_secret_gets_into_the_log_and_each_request_is_told_once_by_its_route(api: Serving) -> None:
    token = api.token_of("reviewer")
    bearer = {"Authorization": f"Bearer {token}"}

    def fail() -> None:
        raise RuntimeError(f"on the way with {token} to postgresql://grader:hunter2@db/grader")

    getattr(api.client.app, "add_api_route")("/broken", fail)  # noqa: B009
    with logged() as kept:
        api.client.get("/api/v1/submissions/none", headers=bearer | {"X-Request-ID": "from-a-proxy-1"})
        api.client.get("/api/v1/session", params={"access_token": token})
        api.client.get(f"/{token}/nowhere")
        broken = api.client.get("/broken", headers=bearer)
        logging.getLogger("elsewhere").warning("sent with %r", bearer)
    assert (broken.status_code, broken.json()["code"]) == (500, "service.internal")
    told = kept.getvalue()
    assert token not in told
    assert "hunter2" not in told
    assert "on the way with thg_api_[redacted] to postgresql://[redacted]db" in told
    lines = requests_in(kept)
    assert [(line["method"], line["status"]) for line in lines] == [("GET", status) for status in (404, 401, 404, 500)]
    assert lines[0]["request"] == "from-a-proxy-1"
    assert lines[0]["path"] == "/api/v1/submissions/{submission_id}"
    assert str(lines[0]["asker"]).startswith("user:")
    assert lines[2]["path"] == "none"
    assert lines[3]["request"] == broken.headers["x-request-id"]
    assert str(broken.headers["x-request-id"]) in broken.json()["hint"]
    assert all(isinstance(line["duration_ms"], float) for line in lines)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/openapi.json", 200),
        ("GET", "/api/v1/submissions", 401),
        ("DELETE", "/api/v1/submissions", 405),
        ("GET", "/nowhere", 404),
    ],
)
def test_every_answer_has_the_headers_that_keep_a_browser_safe(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    settings = Settings(home=tmp_path, public_url="https://grader.example.org")
    with TestClient(create_app(settings)) as client:
        answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert len(answer.headers["x-request-id"]) == 24


def test_bursts_end_in_429_with_when_to_go_on_for_an_asker_and_for_an_address(api: Serving) -> None:
    slow = api.settings.model_copy(update={"requests_per_second": 1.0})
    ada, grace = api.as_("reviewer"), api.as_("author")
    with TestClient(create_app(slow, clock=lambda: 0.0)) as client:
        first = [client.get("/api/v1/session", headers=ada) for _ in range(5)]
        assert [answer.status_code for answer in first] == [200] * 4 + [429]
        assert first[-1].json()["code"] == "request.too_many"
        assert int(first[-1].headers["retry-after"]) >= 1
        assert client.get("/api/v1/session", headers=grace).status_code == 200
        anybody = [client.get("/api/v1/session") for _ in range(8)]
    assert {answer.status_code for answer in anybody} == {401, 429}
    assert anybody[-1].headers["x-content-type-options"] == "nosniff"
