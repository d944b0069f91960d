"""What the Action does with servers that answer otherwise than one: it never takes that for a failure of the work."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from action_runner import obeyed
from server import Server, ServerError, refuse_unsafe


@contextmanager
def answering(answer: bytes, patience: float = 0) -> Iterator[Server]:
    """Yield a server that sends these bytes to whoever asks."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                asked, _ = listener.accept()
                with asked:
                    asked.recv(65_536)
                    asked.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield Server(f"http://127.0.0.1:{listener.getsockname()[1]}", patience)
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def http(body: str, status: str = "200 OK", head: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body.encode())}\r\n{head}\r\n{body}".encode()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n{}",
        b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"id"',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n500\r\n{"id"',
        b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n500\r\n{",
        http("<html>Welcome</html>"),
        http("[" * 100_000),
        http("[]"),
        http("{}"),
        http('{"id": "1"}'),
        http("\udcff".encode("utf-8", "surrogateescape").decode("latin-1")),
    ],
)
def test_what_is_no_answer_of_a_grader_is_our_failure_in_one_sentence(answer: bytes) -> None:
    with answering(answer) as server, pytest.raises(ServerError) as caught:
        server.submission("1")
    assert caught.value.ours
    assert server.url in str(caught.value)


@pytest.mark.parametrize("status", ["404 Not Found", "302 Found", "403 Forbidden"])
def test_what_refuses_is_no_failure_of_ours_and_is_followed_nowhere(status: str) -> None:
    answer = http("<html>No</html>", status, "Location: http://127.0.0.1:1/\r\n")
    with answering(answer) as server, pytest.raises(ServerError) as caught:
        server.submission("1")
    assert not caught.value.ours
    assert status[:3] in str(caught.value)


def test_what_a_server_says_is_no_command_to_the_runner(capsys: pytest.CaptureFixture[str]) -> None:
    detail = "\n::add-mask::x\n##[warning]x"
    with (
        answering(http(json.dumps({"detail": detail}), "503 Busy"), patience=1.5) as server,
        pytest.raises(ServerError),
    ):
        server.submission("1")
    said = capsys.readouterr().out
    assert "Trying again" in said
    assert obeyed(said) == []


@pytest.mark.parametrize(
    "url",
    ["https://[", "https://host:port", "https://host:99999", "https://a b", "https://ho\tst", "https://x/\n::error::",
     "https://:secret@host", "https://user@host", "https://", "http://host", "ftp://127.0.0.1", "host", ""],
)  # fmt: skip
def test_what_is_no_address_of_a_server_is_none(url: str) -> None:
    assert refuse_unsafe(url) == ""


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://grading.example.org/", "https://grading.example.org"),
        ("https://grading.example.org:8443/team/", "https://grading.example.org:8443/team"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_is_taken_without_its_last_slash(url: str, address: str) -> None:
    assert refuse_unsafe(url) == address
