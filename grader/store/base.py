"""What every table shares: names of constraints that are the same on both databases, ids, and times in UTC."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
ID_BYTES = 12


class UtcDateTime(TypeDecorator[datetime]):
    """A time with its zone, which is UTC: SQLite keeps none, so it is put on again. Refuses times without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class gives it
        """Return the time in UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value.isoformat()}")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class gives it
        """Return the time with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: dict[Any, Any] = {datetime: UtcDateTime(), str: Text()}


def new_id() -> str:
    """Return an id that nobody can guess and that says nothing: 24 hexadecimal digits."""
    return secrets.token_hex(ID_BYTES)


def utc_now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)
