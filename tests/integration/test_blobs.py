"""What is stored comes back as it was, from a folder and from S3 over HTTP alike."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from grader.errors import InfrastructureError, UsageError
from grader.store.blobs import key_of, open_blobs


def test_what_is_stored_comes_back_under_a_key_of_its_content(blobs_address: str) -> None:
    blobs = open_blobs(blobs_address)
    data = bytes(range(256)) * 5000
    assert blobs.put(data) == key_of(data)
    assert blobs.get(key_of(data)) == data


def test_the_same_bytes_twice_are_one_blob_and_forgetting_them_twice_is_no_error(blobs_address: str) -> None:
    blobs = open_blobs(blobs_address)
    assert blobs.put(b"work") == blobs.put(b"work")
    blobs.delete(key_of(b"work"))
    blobs.delete(key_of(b"work"))
    with pytest.raises(InfrastructureError, match="could not be read"):
        blobs.get(key_of(b"work"))


def test_two_who_open_the_same_store_see_the_same_blobs(blobs_address: str) -> None:
    open_blobs(blobs_address).put(b"from one machine")
    assert open_blobs(blobs_address).get(key_of(b"from one machine")) == b"from one machine"


def test_bytes_that_were_changed_in_the_store_are_our_failure(tmp_path: Path) -> None:
    blobs = open_blobs(str(tmp_path))
    key = blobs.put(b"as it was")
    stored = next(path for path in tmp_path.rglob(key) if path.is_file())
    stored.write_bytes(b"as it is not")
    with pytest.raises(InfrastructureError, match="is not what was stored"):
        blobs.get(key)


def test_a_store_that_is_away_is_our_failure_and_tells_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ENDPOINT", "http://127.0.0.1:1"), ("SECRET_ACCESS_KEY", "hunter2"), ("ACCESS_KEY_ID", "a")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    blobs = open_blobs("s3://bucket?max_retries=0")
    with pytest.raises(InfrastructureError) as caught:
        blobs.get("0" * 64)
    assert "hunter2" not in str(caught.value)


class Busy(BaseHTTPRequestHandler):
    """A store that is there and cannot serve."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Answer 503."""
        self.asked.append(self.path)
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_store_that_answers_503_is_asked_a_few_times_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        given = {"ENDPOINT": f"http://127.0.0.1:{server.server_port}", "ALLOW_HTTP": "true", "REGION": "us-east-1"}
        for name, value in (given | {"SECRET_ACCESS_KEY": "test", "ACCESS_KEY_ID": "test"}).items():
            monkeypatch.setenv(f"AWS_{name}", value)
        with pytest.raises(InfrastructureError, match="could not be read"):
            open_blobs("s3://bucket").get("0" * 64)
        server.shutdown()
    assert 1 < len(Busy.asked) <= 4  # who has time to wait for longer asks again


@pytest.mark.parametrize("address", ["", "ftp://host/folder", "http://host/bucket"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="GRADER_BLOBS"):
        open_blobs(address)
