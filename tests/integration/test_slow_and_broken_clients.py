"""Clients that are slow, endless or gone: over real connections, to the server and the HTTP that the service uses."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator

import httpx2
import pytest
import uvicorn
from serving import Serving
from sqlalchemy import func, select

from api import heads, uploads
from grader.store.database import reading
from grader.store.tables import StoredSubmission

FORM = (
    b'--x\r\nContent-Disposition: form-data; name="assignment"\r\n\r\nchurn\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="work.py"\r\n\r\n'
)


@pytest.fixture
def port(api: Serving) -> Iterator[int]:
    """Listen with the application of `api`, and yield the port."""
    config = uvicorn.Config(api.client.app, http=heads.PatientHttp, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield int(listener.getsockname()[1])
        server.should_exit = True
        thread.join()


def begin(port: int, token: str, *headers: str, path: str = "/api/v1/submissions") -> socket.socket:
    """Begin to hand in, and return the connection: the head is sent, the body is not."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    head = (f"POST {path} HTTP/1.1", "Host: a", f"Authorization: Bearer {token}", *headers)
    connection.sendall("\r\n".join((*head, "Content-Type: multipart/form-data; boundary=x", "", "")).encode())
    return connection


def answer(connection: socket.socket) -> tuple[int, dict[str, str]]:
    """Return the status and the problem that are answered before the connection is closed."""
    told = b""
    while part := connection.recv(65536):
        told += part
    head, _, body = told.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def stored(api: Serving) -> int:
    with reading(api.engine) as session:
        return session.scalar(select(func.count()).select_from(StoredSubmission)) or 0


def lying_there(api: Serving) -> list[str]:
    """Return the files of uploads, and of the store of files but for the assignment."""
    return [path.name for path in (api.settings.home / "service").rglob("*") if path.is_file()]


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def test_an_upload_without_an_end_is_cut_off_and_nothing_of_it_is_left(
    api: Serving, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 4 << 20)
    with begin(port, api.token_of("author"), "Transfer-Encoding: chunked") as connection:
        connection.sendall(chunk(FORM))
        with contextlib.suppress(ConnectionError):  # the other side closes, which ends it
            while True:
                connection.sendall(chunk(b"#" * 65536))
    assert (stored(api), lying_there(api)) == (0, [])


@pytest.mark.parametrize("length", ["Content-Length: 50000000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("path", ["/api/v1/submissions", "/api/v1/assignments", "/hand-in"])
def test_who_shows_no_good_token_is_refused_by_the_head_alone(api: Serving, port: int, path: str, length: str) -> None:
    for token in ("wrong", ""):
        with begin(port, token, length, path=path) as connection:
            status, problem = answer(connection)
        assert (status, problem["code"]) == (401, "identity.missing")


@pytest.mark.parametrize(
    "path", ["/api/v1/submissions/0/reviews", "/api/v1/submissions/", "/api/v1/assignments/a/close"]
)
def test_below_the_addresses_of_uploads_no_body_is_large(api: Serving, port: int, path: str) -> None:
    with begin(port, api.token_of("author"), "Content-Length: 2000000", path=path) as connection:
        status, problem = answer(connection)
    assert (status, problem["code"]) == (413, "request.too_large")


def test_a_body_that_does_not_go_on_is_408(api: Serving, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "CHUNK_WITHIN_S", 0.5)
    with begin(port, api.token_of("author"), "Content-Length: 5000") as connection:
        connection.sendall(FORM)
        status, problem = answer(connection)
    assert (status, problem["code"]) == (408, "request.too_slow")
    assert (stored(api), lying_there(api)) == (0, [])


def test_a_body_that_goes_on_a_little_at_a_time_is_408_too(
    api: Serving, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "WHOLE_WITHIN_S", 1.0)
    with begin(port, api.token_of("author"), "Content-Length: 5000") as connection:
        connection.sendall(FORM)
        connection.settimeout(0.1)
        told = b""
        while not told:
            try:
                connection.sendall(b"#")
                told = connection.recv(65536)
            except TimeoutError:
                continue
    assert told.split()[1] == b"408"
    assert stored(api) == 0


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: "], ids=["none", "half"])
def test_a_head_that_never_ends_is_hung_up_on(
    api: Serving, port: int, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    with monkeypatch.context() as patched:  # who asks afterwards has their time
        patched.setattr(heads, "HEAD_WITHIN_S", 0.5)
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(sent)
            assert connection.recv(65536) == b""
    assert httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == 200


def test_a_second_head_on_a_connection_has_its_end_too(
    api: Serving, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        told = b""
        while not told.endswith(b"}"):
            told += connection.recv(65536)
        assert told.startswith(b"HTTP/1.1 200")
        monkeypatch.setattr(heads, "HEAD_WITHIN_S", 0.5)
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert connection.recv(65536) == b""


def test_an_upload_that_is_cut_short_is_no_submission_and_the_same_key_hands_in_the_whole(
    api: Serving, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "api.access")
    token, key = api.token_of("author"), "the-same-key"
    with begin(port, token, "Content-Length: 50000", f"Idempotency-Key: {key}") as connection:
        connection.sendall(FORM + b"print()")
    while not (told := [record for record in caplog.records if record.name == "api.access"]):
        time.sleep(0.01)
    assert told[0].__dict__["status"] == 400
    assert (stored(api), lying_there(api)) == (0, [])
    whole = httpx2.post(
        f"http://127.0.0.1:{port}/api/v1/submissions",
        data={"assignment": "churn"},
        files={"file": ("work.py", b"print()")},
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )
    assert whole.status_code == 201
    assert stored(api) == 1
