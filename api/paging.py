"""Lists page by page: a cursor says where the last page ended, so that what comes in meanwhile moves nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy import Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from api.moments import in_utc
from api.problems import Problem

LARGEST_KEY = 2**63 - 1  # of what databases count up
T = TypeVar("T")
R = TypeVar("R")
Cursor = Annotated[
    str | None, Query(max_length=400, description="`next` of the page before; leave it out for the first page.")
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many a page has at most.")]


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(default=None, description="The cursor of the next page; null on the last one.")


def newest_first(
    query: Select[*tuple[Any, ...]],
    created: InstrumentedAttribute[datetime],
    key: InstrumentedAttribute[Any],
    cursor: str | None,
    limit: int,
) -> Select[*tuple[Any, ...]]:
    """Return the query of one page, newest first, with one row more than it has. Raises Problem for a bad cursor."""
    if cursor is not None:
        at, last = _decoded(cursor)
        query = query.where(or_(created < at, and_(created == at, key < last)))
    return query.order_by(created.desc(), key.desc()).limit(limit + 1)


def page_of(
    rows: Sequence[R], limit: int, shown: Callable[[R], T], place: Callable[[R], tuple[datetime, Any]]
) -> Page[T]:
    """Return the page that `rows` are, of which there may be one too many."""
    kept = rows[:limit]
    more = _encoded(*place(kept[-1])) if len(rows) > limit else None
    return Page(items=[shown(row) for row in kept], next=more)


def _encoded(at: datetime, key: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), key]).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[datetime, Any]:
    try:
        at, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found = datetime.fromisoformat(at)
        is_key = isinstance(key, str) or (type(key) is int and 0 <= key <= LARGEST_KEY)
        if found.tzinfo is None or not is_key:
            raise ValueError("no place in a list")
        found = in_utc(found)
    except (ValueError, TypeError) as error:
        raise Problem("request.invalid", "cursor: it is none that a page gave.") from error
    return found, key
