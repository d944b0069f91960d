"""Whose fault it is that a commit cannot be had: the address is the submission's, the way to its server is not."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from grader.cli.read import read_one
from grader.errors import GraderError
from grader.intake import IntakeLimits, take
from grader.intake.git import Repository
from grader.intake.git_verdict import verdict

OURS = "infrastructure.git_unreachable"


def code_of_name(error: int, store: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    def fails(*_: object, **__: object) -> None:
        raise socket.gaierror(error, "it is so")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with pytest.raises(GraderError) as caught:
        take("https://host.example/work", store)
    return caught.value.code


@pytest.mark.parametrize("error", [socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM, socket.EAI_MEMORY])
def test_a_name_server_that_gives_no_answer_is_not_the_works_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    assert code_of_name(error, tmp_path / "store", monkeypatch) == OURS


@pytest.mark.parametrize("error", [socket.EAI_NONAME, socket.EAI_NODATA])
def test_a_name_that_does_not_exist_is_a_wrong_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    assert code_of_name(error, tmp_path / "store", monkeypatch) == "git.failed"


def test_reading_a_work_whose_server_is_away_says_that_our_side_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    reading = read_one("https://host.example/work", (), tmp_path, allow_local_git=False)
    assert reading.outcome == "infrastructure_failed"
    assert reading.failure is not None
    assert reading.failure.code == OURS


AWAY = "fatal: unable to access 'https://host/o/w/': "
SAID = [
    (f"{AWAY}Failed to connect to host port 443 after 3 ms: Couldn't connect to server", OURS),
    (f"{AWAY}Could not resolve proxy: proxy.example", OURS),
    (f"{AWAY}OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to host:443", OURS),
    (f"{AWAY}server certificate verification failed. CAfile: none CRLfile: none", OURS),
    (f"{AWAY}The requested URL returned error: 503", OURS),
    (f"{AWAY}The requested URL returned error: 429", OURS),
    ("error: RPC failed; curl 56 Recv failure: Connection reset by peer\nfatal: early EOF", OURS),
    (f"{AWAY}The requested URL returned error: 404", "git.failed"),
    (f"{AWAY}The requested URL returned error: 403", "git.failed"),
    ("error: RPC failed; HTTP 403 curl 22 The requested URL returned error: 403\nfatal: bad", "git.failed"),
    (
        "fatal: unable to access 'https://host/SSL/Failed-to-connect/': The requested URL returned error: 404",
        "git.failed",
    ),
    ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", "git.failed"),
    ("fatal: couldn't find remote ref certificate", "git.failed"),
    ("fatal: remote error: upload-pack: not our ref 1234\nfatal: the remote end hung up unexpectedly", "git.failed"),
    ("remote: Connection reset by peer\nremote: No space left on device\nfatal: repository not found", "git.failed"),
    ("fatal: remote error: No space left on device", "git.failed"),
    (
        "fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output",
        "infrastructure.host",
    ),
    ("", "git.failed"),
]


@pytest.mark.parametrize(("said", "code"), SAID)
def test_what_git_says_tells_a_wrong_address_from_a_server_that_is_away(said: str, code: str) -> None:
    assert verdict(128, said).code == code


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("fatal: repository 'https://git.example/ada/churn/' not found", "fatal: repository the address not found"),
        (f"{AWAY}The requested URL returned error: 404", "unable to access the address: The requested URL returned"),
        ("fatal: couldn't find remote ref ada-lovelace", "couldn't find remote ref that was named"),
        ("fatal: Remote branch ada-lovelace not found", "Remote branch that was named not found"),
        ("error: RPC failed; https://git.example/ada: connection reset", "broke off: the address connection reset"),
    ],
)
def test_what_reviewers_read_of_it_names_neither_address_nor_branch(said: str, told: str) -> None:
    message = verdict(128, said).message
    assert told in message
    assert not [word for word in ("ada", "git.example", "host/o/w") if word in message]


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/work"
        server.shutdown()


def code_from(url: str, folder: Path, seconds: float = 30) -> str:
    fetching = Repository(folder, IntakeLimits(git_seconds=seconds), allow_local=False, options=())
    fetching._environment["GIT_ALLOW_PROTOCOL"] = "http"  # the rule is the same, and needs no certificate
    with pytest.raises(GraderError) as caught:
        fetching.fetch(url, "HEAD")
    return caught.value.code


@pytest.mark.parametrize(("status", "code"), [(401, "git.failed"), (404, "git.failed"), (500, OURS), (503, OURS)])
def test_a_servers_answer_tells_whether_the_address_is_wrong(tmp_path: Path, status: int, code: str) -> None:
    class Answering(Quiet):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with served(Answering) as url:
        assert code_from(url, tmp_path) == code


def test_a_port_where_nobody_listens_is_not_the_works_fault(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert code_from(f"http://127.0.0.1:{free.getsockname()[1]}/work", tmp_path) == OURS


def test_a_server_that_takes_the_call_and_says_nothing_is_not_the_works_fault(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert code_from(f"http://127.0.0.1:{silent.getsockname()[1]}/work", tmp_path, seconds=0.5) == OURS


def test_a_commit_that_is_still_on_its_way_when_time_is_up_is_late(tmp_path: Path) -> None:
    served_from, store = tmp_path / "served", tmp_path / "store"
    store.mkdir()
    git = ["git", "-C", str(served_from), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "init", "-q", "-b", "main", str(served_from)], check=True)
    (served_from / "noise.bin").write_bytes(os.urandom(2_000_000))
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "work"], check=True)
    over = threading.Event()

    class Trickling(Quiet):
        """Serves the repository, and stops in the middle of whatever is large."""

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            cgi = {
                "GIT_PROJECT_ROOT": str(tmp_path),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path.replace("/work", "/served/.git"),
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "CONTENT_LENGTH": self.headers.get("Content-Length", "0"),
            }
            asked = self.rfile.read(int(cgi["CONTENT_LENGTH"]))
            answer = subprocess.run(
                ["git", "-c", "safe.directory=*", "http-backend"],
                input=asked, env={**os.environ, **cgi}, capture_output=True, check=True,
            ).stdout  # fmt: skip
            self.wfile.write(b"HTTP/1.0 200 OK\r\n" + answer[: 500_000 if len(answer) > 500_000 else None])
            if len(answer) > 500_000:
                self.wfile.flush()
                over.wait(60)

        def do_POST(self) -> None:
            self.do_GET()

    with served(Trickling) as url:
        assert code_from(url, store, seconds=8) == "git.timeout"
        over.set()


class Quiet(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return
