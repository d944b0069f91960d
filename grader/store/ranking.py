"""The ranking of an assignment by the figures in the database: each candidate by their last submission that counts."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple, get_args

from sqlalchemy import Select, and_, bindparam, or_, select, true
from sqlalchemy.orm import Session

from grader.model import Outcome
from grader.store.tables import StoredSubmission

GROUPS = (("completed",), ("submission_failed", "limit_exceeded"))


# made once: to make it takes longer than to ask it. Of one outcome alone: so its index has all that has a score
_RANKED = (
    select(
        StoredSubmission.id,
        StoredSubmission.name,
        StoredSubmission.invitation_id,
        StoredSubmission.outcome,
        StoredSubmission.score,
        StoredSubmission.low,
        StoredSubmission.high,
    )
    .where(
        StoredSubmission.assignment == bindparam("assignment"),
        StoredSubmission.outcome == bindparam("outcome"),
        StoredSubmission.stands == true(),
        StoredSubmission.score.is_not(None),
    )
    .order_by(StoredSubmission.score.desc(), StoredSubmission.id)
)


@dataclass(frozen=True)
class Place:
    """Where a page of a ranking ended: the group of outcomes, and the score and id of its last row."""

    group: int
    score: float
    id: str


class RankedRow(NamedTuple):
    """What a ranking shows of a submission, in the order of the query's columns."""

    id: str
    name: str
    invitation_id: str | None
    outcome: str
    score: float
    low: float | None
    high: float | None


def group_of(row: RankedRow) -> int:
    """Return the group of outcomes that a ranked row stands in: those that completed come first."""
    return next(number for number, outcomes in enumerate(GROUPS) if row.outcome in outcomes)


def best_first(session: Session, assignment: str, after: Place | None, most: int) -> list[RankedRow]:
    """Return up to `most` rows that have a score, best first; of equal ones the lower id first."""
    found: list[RankedRow] = []
    for group in range(after.group if after else 0, len(GROUPS)):
        place = after if after and after.group == group else None
        found += _of_group(session, assignment, group, place, most - len(found))
        if len(found) == most:
            break
    return found


def unscored(assignment: str) -> Select[Any]:
    """Return the query of what is graded and has no score, each candidate's last submission alone."""
    graded = StoredSubmission.outcome.in_(get_args(Outcome))  # the ranking's index finds them by it
    stands = and_(StoredSubmission.assignment == assignment, StoredSubmission.stands == true())
    return select(StoredSubmission).where(stands, graded, StoredSubmission.score.is_(None))


def _of_group(session: Session, assignment: str, group: int, after: Place | None, most: int) -> list[RankedRow]:
    query = _behind(_RANKED, after).limit(most)
    asked = ({"assignment": assignment, "outcome": outcome} for outcome in GROUPS[group])
    found = [[RankedRow(*row) for row in session.execute(query, what)] for what in asked]
    return list(islice(merge(*found, key=lambda row: (-row.score, row.id)), most))


def _behind(query: Select[*tuple[Any, ...]], after: Place | None) -> Select[*tuple[Any, ...]]:
    if after is None:
        return query
    score, behind = StoredSubmission.score, StoredSubmission.id > after.id
    return query.where(score <= after.score, or_(score < after.score, and_(score == after.score, behind)))
