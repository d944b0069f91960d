"""The database: SQLite in one file by default, PostgreSQL for many machines; one address, the same tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.orm import Session

from grader.errors import InfrastructureError, UsageError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 10_000
KNOWN = ("sqlite", "postgresql")


def open_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Return an engine for `url`. Raises UsageError where it is no address of SQLite or PostgreSQL."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError("GRADER_DATABASE_URL is no address of a database") from None  # it may hold a password
    if address.get_backend_name() not in KNOWN:
        raise UsageError(f"GRADER_DATABASE_URL names {address.get_backend_name()!r}: SQLite and PostgreSQL are known")
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, connect_args={"timeout": BUSY_MS / 1000}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    pool: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size}
    # planned for its values each time: a plan for any value reads a whole table where an index has the answer
    by_value = {"options": "-c plan_cache_mode=force_custom_plan"}
    pool |= {"pool_pre_ping": True, "connect_args": by_value}
    return create_engine(address, **pool, hide_parameters=True)  # values may be personal


@contextmanager
def answering() -> Iterator[None]:
    """Turn the driver's word that the database cannot be reached into InfrastructureError, without its address; and the
    pool's that all connections were in use for too long.
    """
    try:
        yield
    except (OperationalError, NoneFree) as error:
        raise InfrastructureError(
            "infrastructure.database",
            "The database could not be reached or did not answer in time.",
            hint="Look whether it runs, and whether GRADER_DATABASE_URL is its address.",
        ) from error


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Yield a session whose changes are kept together when the block ends well, and not at all otherwise.

    Raises InfrastructureError where the database cannot be reached.
    """
    with answering(), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Yield a session that only reads, and waits for no writer. Raises InfrastructureError as `transaction` does."""
    with transaction(engine.execution_options(reads=True)) as session:
        yield session


def empty_log(engine: Engine) -> None:
    """Write SQLite's log into its file and empty it, where nobody reads just now: it holds what was there before."""
    if engine.dialect.name == "sqlite":
        # who is in its way for long lets it be done later, as SQLite does by itself
        with suppress(sqlite3.OperationalError), answering(), closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to `revision`, from whatever earlier one they are at. Raises InfrastructureError."""
    from alembic import command  # loaded where it is needed: a worker that begins need not wait for it

    with answering(), engine.begin() as connection:
        settings = _settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


def is_current(engine: Engine) -> bool:
    """Tell whether the tables are those that this version works with. Raises InfrastructureError."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with answering(), engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_settings()).get_current_head()


def _settings() -> Config:
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    return settings


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers do not wait for the writer (WAL), references hold, who has to wait waits instead of failing, and what is
    deleted is written over.
    """
    connection.isolation_level = None  # transactions are begun below, and not guessed by the driver
    kept = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")
    for pragma in (f"busy_timeout = {BUSY_MS}", *kept):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # a transaction that reads first and writes later could not wait for the writer before it: it would fail at once
    reads = connection.get_execution_options().get("reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
