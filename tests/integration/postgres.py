"""PostgreSQL servers of the tests' own: begun, restarted, and gone with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ports import free_port
from sqlalchemy import text

from grader.store.database import open_engine

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@dataclass(frozen=True)
class Server:
    """A running server; `address` names no database, `environment` is what it is begun with."""

    folder: Path
    port: int
    host: str = "127.0.0.1"
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Its address, to which a database's name is added."""
        return f"postgresql+psycopg://grader@{self.host}:{self.port}"

    @classmethod
    @contextmanager
    def started(cls, host: str = "127.0.0.1", environment: Mapping[str, str] | None = None) -> Iterator[Server]:
        """Begin a server with nothing in it, which takes connections at `host` alone."""
        port = free_port()
        folder = Path("/tmp") / f"grader-pg-{port}"  # as another user it may not walk pytest's own folders
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        if _user():
            shutil.chown(folder, _user(), pwd.getpwnam("postgres").pw_gid)
        server = cls(folder, port, host, environment or {})
        server._run("initdb", "-D", folder / "data", "-U", "grader", "-A", "trust", "-E", "UTF8")
        with (folder / "data" / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 0.0.0.0/0 trust\n")
        try:
            server._control("start")
            yield server
        finally:
            server._control("stop", check=False)
            shutil.rmtree(folder, ignore_errors=True)

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"test_{os.urandom(6).hex()}"
        self._ask(f"CREATE DATABASE {name}")
        return f"{self.address}/{name}"

    def drop(self, address: str) -> None:
        """Drop a database, whoever is connected."""
        self._ask(f"DROP DATABASE {address.rpartition('/')[2]} WITH (FORCE)")

    def restart(self) -> None:
        """End the server at once, as a crash does, and begin it again."""
        self._control("restart")

    def stop(self) -> None:
        """End the server at once; `start` begins it again with what it had kept."""
        self._control("stop")

    def start(self) -> None:
        """Begin the server."""
        self._control("start")

    def _ask(self, words: str) -> None:
        engine = open_engine(f"{self.address}/postgres")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(words))
        engine.dispose()

    def _control(self, verb: str, *, check: bool = True) -> None:
        options = f"-c listen_addresses={self.host} -c port={self.port} -c unix_socket_directories= -c fsync=off"
        words = ["-D", self.folder / "data", "-w", "-t", "300", "-l", self.folder / "log", "-m", "immediate"]
        self._run("pg_ctl", *words, *(() if verb == "stop" else ("-o", options)), verb, check=check)

    def _run(self, program: str, *words: str | Path, check: bool = True) -> None:
        command = [PROGRAMS[-1].parent / program, *words]
        environment = {"LC_ALL": "C", **self.environment}
        subprocess.run(command, check=check, user=_user(), cwd=self.folder, stdout=subprocess.DEVNULL, env=environment)


def _user() -> str | None:
    return "postgres" if os.geteuid() == 0 else None  # it refuses to be root
