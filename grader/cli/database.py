"""The service's database as commands find it: brought up to date, or told to be not."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from grader.errors import InfrastructureError
from grader.jobs.line import has_tables
from grader.jobs.workflow import migrate
from grader.settings import Settings, read_settings
from grader.store.database import is_current, open_engine, upgrade


def upgrade_command() -> int:
    """Bring the tables to those of this version, from whatever earlier one they are at; return the exit status."""
    settings = read_settings()
    engine = _opened(settings)
    try:
        _upgrade(settings, engine)
    finally:
        engine.dispose()
    print("The database has the tables of this version.", file=sys.stderr)
    return 0


def prepare_database(settings: Settings) -> None:
    """Make an SQLite database ready. Raises InfrastructureError where a server's is not: many may use that one."""
    engine = _opened(settings)
    try:
        if engine.dialect.name == "sqlite":
            _upgrade(settings, engine)
        elif not (is_current(engine) and has_tables(engine)):
            raise InfrastructureError(
                "infrastructure.database",
                "The database has not the tables of this version.",
                hint="Run: grader db upgrade",
            )
    finally:
        engine.dispose()


def _opened(settings: Settings) -> Engine:
    engine = open_engine(settings.service_database)
    database = make_url(settings.service_database).database
    if engine.dialect.name == "sqlite" and database:
        file = Path(database)
        if not file.exists():  # whoever forgot to say where the database is learns it here
            print(f"A new database is made: {file}", file=sys.stderr)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)  # a new one is nobody else's to read: names and hashes lie in it
    return engine


def _upgrade(settings: Settings, engine: Engine) -> None:
    upgrade(engine)
    migrate(settings.service_database)
