"""Runs migrations on the connection it is given, in the transaction that is open there."""

from __future__ import annotations

from typing import Any

from alembic import context

import grader.store.tables
import grader.store.tables_of_operation  # noqa: F401 - both tell their tables to the metadata
from grader.store.base import Base, UtcDateTime


def render_item(kind: str, item: Any, _context: Any) -> Any:
    """Write plain types into a new migration: ours may change, what has been migrated may not."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
