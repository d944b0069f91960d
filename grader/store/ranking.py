"""The ranking of an assignment by the figures in the database: each candidate by their last submission that counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from grader.store.tables import StoredSubmission

GROUPS = (("completed",), ("submission_failed", "limit_exceeded"))


@dataclass(frozen=True)
class Place:
    """Where a page of a ranking ended: the group of outcomes, and the score and id of its last row."""

    group: int
    score: float
    id: str


def group_of(row: StoredSubmission) -> int:
    """Return the group of outcomes that a ranked row stands in: those that completed come first."""
    return next(number for number, outcomes in enumerate(GROUPS) if row.outcome in outcomes)


def best_first(session: Session, assignment: str, after: Place | None, most: int) -> list[StoredSubmission]:
    """Return up to `most` rows that have a score, best first; of equal ones the lower id first."""
    found: list[StoredSubmission] = []
    for group in range(after.group if after else 0, len(GROUPS)):
        query = _ranked(assignment, group)
        if after is not None and group == after.group:
            behind = and_(StoredSubmission.score == after.score, StoredSubmission.id > after.id)
            query = query.where(or_(StoredSubmission.score < after.score, behind))
        found += session.scalars(query.limit(most - len(found)))
        if len(found) == most:
            break
    return found


def unscored(assignment: str) -> Select[Any]:
    """Return the query of what is graded and has no score, each candidate's last submission alone."""
    return select(StoredSubmission).where(_counts(assignment), StoredSubmission.score.is_(None))


def _ranked(assignment: str, group: int) -> Select[Any]:
    return (
        select(StoredSubmission)
        .where(
            _counts(assignment),
            StoredSubmission.outcome.in_(GROUPS[group]),
            StoredSubmission.score.is_not(None),
        )
        .order_by(StoredSubmission.score.desc(), StoredSubmission.id)
    )


def _counts(assignment: str) -> ColumnElement[bool]:
    """Return the condition of being graded, and not followed by a graded attempt of the same candidate."""
    later = aliased(StoredSubmission)
    followed = exists().where(
        later.invitation_id == StoredSubmission.invitation_id,
        later.state == "published",
        later.attempt.is_not(None),  # what our side lost takes no one's place
        later.created_at > StoredSubmission.created_at,
    )
    return and_(StoredSubmission.assignment == assignment, StoredSubmission.state == "published", ~followed)
