"""The ranking of an assignment by the figures in the database: each candidate by their last submission that counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any, get_args

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from grader.model import Outcome
from grader.store.posting import POSTED
from grader.store.tables import StoredSubmission

GROUPS = (("completed",), ("submission_failed", "limit_exceeded"))


def _followed() -> ColumnElement[bool]:
    """Return the condition of being followed by a graded attempt of the same candidate."""
    later = aliased(StoredSubmission)
    return exists().where(
        later.invitation_id == StoredSubmission.invitation_id,
        later.state == "published",
        later.attempt.is_not(None),  # what our side lost takes no one's place
        later.created_at > StoredSubmission.created_at,
    )


# made once: to make them takes longer than to ask them
_FOLLOWED = _followed()
_LATE = select(StoredSubmission.id).where(StoredSubmission.id.in_(bindparam("ids", expanding=True)), _FOLLOWED)
# what was graded elsewhere, by whatever rubric and limits, is no match for what was graded here
_GRADED_HERE = StoredSubmission.kind != POSTED
# of one outcome alone: so the ranking's index has all that has a score in order
_RANKED = (
    select(StoredSubmission)
    .where(
        StoredSubmission.assignment == bindparam("assignment"),
        StoredSubmission.outcome == bindparam("outcome"),
        StoredSubmission.score.is_not(None),
        StoredSubmission.state == "published",
        _GRADED_HERE,
    )
    .order_by(StoredSubmission.score.desc(), StoredSubmission.id)
)


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
        place = after if after and after.group == group else None
        found += _of_group(session, assignment, group, place, most - len(found))
        if len(found) == most:
            break
    return found


def unscored(assignment: str) -> Select[Any]:
    """Return the query of what is graded and has no score, each candidate's last submission alone."""
    graded = StoredSubmission.outcome.in_(get_args(Outcome))  # the ranking's index finds them by it
    published = and_(StoredSubmission.assignment == assignment, StoredSubmission.state == "published")
    return select(StoredSubmission).where(published, graded, _GRADED_HERE, StoredSubmission.score.is_(None), ~_FOLLOWED)


def _of_group(session: Session, assignment: str, group: int, after: Place | None, most: int) -> list[StoredSubmission]:
    asked = ({"assignment": assignment, "outcome": outcome} for outcome in GROUPS[group])
    walks = [_walk(session, what, after, most) for what in asked]
    return list(islice(merge(*walks, key=lambda row: (-(row.score or 0), row.id)), most))


def _walk(session: Session, asked: dict[str, str], after: Place | None, at_once: int) -> Iterator[StoredSubmission]:
    """Yield the rows that count, in order. Whether one does is asked of a few at a time: asked of all, a database
    works through everything before it gives the first.
    """
    while True:
        rows = session.scalars(_behind(_RANKED, after).limit(at_once), asked).all()
        invited = [row.id for row in rows if row.invitation_id]  # the others have no later attempt
        late = set(session.scalars(_LATE, {"ids": invited})) if invited else set()
        yield from (row for row in rows if row.id not in late)
        if len(rows) < at_once:
            return
        after = Place(0, rows[-1].score or 0.0, rows[-1].id)


def _behind(query: Select[Any], after: Place | None) -> Select[Any]:
    if after is None:
        return query
    score, behind = StoredSubmission.score, StoredSubmission.id > after.id
    return query.where(score <= after.score, or_(score < after.score, and_(score == after.score, behind)))
