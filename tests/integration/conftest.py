"""Real databases: a PostgreSQL server of the tests' own is started here, for the run alone."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from ports import free_port
from sqlalchemy import Engine, text

from grader.store.database import open_engine, upgrade

REQUIRED = bool(os.environ.get("GRADER_REQUIRE_ALL"))
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a PostgreSQL server of the tests' own, without a database name."""
    if not PROGRAMS:
        if REQUIRED:
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    programs, port = PROGRAMS[-1].parent, free_port()
    folder = Path("/tmp") / f"grader-pg-{port}"  # as another user it may not walk pytest's own folders
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    user = None
    if os.geteuid() == 0:  # it refuses to be root
        user = "postgres"
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off"
    run = [programs / "initdb", "-D", folder / "data", "-U", "grader", "-A", "trust", "-E", "UTF8"]
    subprocess.run(run, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, env={"LC_ALL": "C"})
    control = [programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        yield f"postgresql+psycopg://grader@127.0.0.1:{port}"
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"], check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL
        )
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'grader.db'}"
        return
    server, name = request.getfixturevalue("postgres"), f"test_{os.urandom(6).hex()}"
    engine = open_engine(f"{server}/postgres")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield f"{server}/{name}"
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


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
