"""Real databases: a PostgreSQL server of the tests' own is started here, for the run alone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from ports import free_port
from postgres import PROGRAMS, Server
from serving import CHURN, Serving, publish, serving
from sqlalchemy import Engine

from grader.store.database import open_engine, upgrade

REQUIRED = bool(os.environ.get("GRADER_REQUIRE_ALL"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Yield a PostgreSQL server of the tests' own."""
    if not PROGRAMS:
        if REQUIRED:
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    with Server.started() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'grader.db'}"
        return
    server = request.getfixturevalue("postgres")
    address = server.new_database()
    yield address
    server.drop(address)


@pytest.fixture
def empty_engine(database_url: str) -> Iterator[Engine]:
    """Yield an engine for a database without a table."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """Return an engine for a database with the service's tables."""
    upgrade(empty_engine)
    return empty_engine


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of an S3 server of the tests' own."""
    port = free_port()
    log = (tmp_path_factory.mktemp("s3") / "log").open("wb")
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert server.poll() is None, "the S3 server ended as it started"
            time.sleep(0.1)
        else:
            return


@pytest.fixture(params=["folder", "s3"])
def blobs_address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of an empty store of blobs, once of each kind."""
    if request.param == "folder":
        return str(tmp_path / "blobs")
    server, bucket = request.getfixturevalue("s3"), f"b{os.urandom(6).hex()}"
    urllib.request.urlopen(urllib.request.Request(f"{server}/{bucket}", method="PUT")).close()
    given = {"ENDPOINT": server, "REGION": "us-east-1", "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}
    for name, value in (*given.items(), ("ALLOW_HTTP", "true")):
        monkeypatch.setenv(f"AWS_{name}", value)
    return f"s3://{bucket}"


@pytest.fixture
def api(database_url: str, tmp_path: Path) -> Iterator[Serving]:
    """Yield a running API to which the assignment churn is published."""
    with serving(database_url, tmp_path / "home") as running:
        publish(running, CHURN)
        yield running
