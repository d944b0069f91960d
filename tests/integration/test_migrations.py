"""The service's tables brought up from each earlier revision, with rows in them: none is lost, and new columns hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, insert, select

from grader.store.base import Base
from grader.store.database import _settings, is_current, upgrade

EARLIER = [
    script.revision for script in ScriptDirectory.from_config(_settings()).walk_revisions() if script.nextrev
]  # all but the last
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
KINDS: dict[type, Any] = {str: "x", int: 1, float: 0.5, bool: False, datetime: NOON, dict: {}}


def row_for(table: Table, **given: object) -> dict[str, Any]:
    """Return a row with something in each column that must not be empty."""
    needed = {
        column.name: KINDS[column.type.python_type]
        for column in table.columns
        if not column.nullable and column.server_default is None
    }
    return needed | given


def fill(engine: Engine) -> None:
    """Put a candidate of two attempts, somebody uninvited, a posted report, and what hangs on them in the tables."""
    tables = MetaData()
    tables.reflect(engine)
    rows: Sequence[tuple[str, dict[str, Any]]] = (
        ("users", {"id": "u"}),
        ("assignments", {"slug": "churn"}),
        ("candidates", {"id": "c"}),
        ("invitations", {"id": "i", "assignment": "churn", "candidate_id": "c"}),
        *(("submissions", attempt(key, hour, **more)) for key, hour, more in ATTEMPTS),
        ("reports", {"id": "r", "submission_id": "second"}),
        ("jobs", {"id": "second-1", "submission_id": "second", "assignment": "churn"}),
        ("events", {"submission_id": "second"}),
        ("reviews", {"id": "v", "submission_id": "second", "author_id": "u"}),
    )
    with engine.begin() as connection:
        for name, given in rows:
            connection.execute(insert(tables.tables[name]), row_for(tables.tables[name], **given))


ATTEMPTS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("first", 13, {"invitation_id": "i", "attempt": 1}),
    ("second", 14, {"invitation_id": "i", "attempt": 2}),
    ("lost", 15, {"invitation_id": "i", "attempt": None, "outcome": "infrastructure_failed"}),
    ("waits", 16, {"invitation_id": "i", "attempt": 3, "state": "queued"}),
    ("uninvited", 17, {}),
    ("elsewhere", 18, {"kind": "posted"}),
)


def attempt(key: str, hour: int, **more: Any) -> dict[str, Any]:
    told = {"id": key, "assignment": "churn", "state": "published", "outcome": "completed", "score": 50.0}
    return told | {"created_at": NOON.replace(hour=hour)} | more


@pytest.mark.parametrize("revision", EARLIER)
def test_tables_of_every_earlier_revision_are_brought_up_and_keep_their_rows(
    empty_engine: Engine, revision: str
) -> None:
    upgrade(empty_engine, revision)
    fill(empty_engine)
    before = counted(empty_engine)
    upgrade(empty_engine)
    assert is_current(empty_engine)
    after = counted(empty_engine)
    assert {name: after[name] for name in before} == before
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        found = Base.metadata.tables["submissions"]
        stands = set(connection.scalars(select(found.c.id).where(found.c.stands)))
    assert stands == ({"second", "lost", "uninvited"} if revision == "0001" else set())


def test_tables_can_be_brought_back_to_the_first_revision_and_keep_their_rows(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    fill(empty_engine)
    before = counted(empty_engine)
    with empty_engine.begin() as connection:
        settings = _settings()
        settings.attributes["connection"] = connection
        command.downgrade(settings, EARLIER[-1])
    assert counted(empty_engine)["events"] == before["events"] == 1
    upgrade(empty_engine)
    assert counted(empty_engine) == before


def counted(engine: Engine) -> dict[str, int]:
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            name: len(connection.execute(select(table)).all())
            for name, table in tables.tables.items()
            if name != "alembic_version"
        }
