"""The ranking of an assignment, best first, by the rules of the command line's; what has no score stands apart."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.orm import Session

from api.identity import Asker, Reader
from api.paging import Cursor, Limit, Page, newest_first, page_of
from api.problems import Problem, answers
from api.routes.assignments import readable
from api.routes.invitations import Person, persons_of
from api.services import Served
from grader.report.ranking import overlapping, ranked
from grader.store.database import reading
from grader.store.ranking import Place, RankedRow, best_first, group_of, unscored
from grader.store.reviews import overridden
from grader.store.tables import StoredSubmission

router = APIRouter(tags=["ranking"])
CODES = ("identity.missing", "identity.forbidden", "request.not_found", "request.invalid")


class RankedView(BaseModel):
    """One submission in its place. The score is the rubric's; `overrides` counts what reviewers judged otherwise."""

    rank: int = Field(description="Equal scores share one.", examples=[3])
    tied_with_above: bool = Field(
        description="Whether its interval overlaps with that of the one above: other unseen rows might have put the "
        "two in the other order."
    )
    submission: str
    name: str = Field(examples=["submission-7f0c1e5b"])
    candidate: Person | None = Field(description="Null while it is not to be seen who that is.")
    outcome: str = Field(examples=["completed"])
    score: float
    low: float | None
    high: float | None
    overrides: int


class UnscoredView(BaseModel):
    """One submission that is graded and has no score: nothing is said of how good it is."""

    submission: str
    name: str
    candidate: Person | None
    outcome: str | None
    failure_code: str | None
    finished_at: datetime | None


class RankingPlace(BaseModel):
    """What a cursor of the ranking holds."""

    group: int = Field(ge=0, le=1)
    score: float = Field(allow_inf_nan=False)
    id: str
    position: int = Field(ge=1)
    rank: int = Field(ge=1)


@router.get("/assignments/{slug}/ranking", responses=answers(*CODES))
def get_ranking(served: Served, asker: Reader, slug: str, cursor: Cursor = None, limit: Limit = 50) -> Page[RankedView]:
    """Return the ranking, best first: what completed, then what failed to run. A candidate's last attempt counts.

    It supports a human decision; it never makes one.
    """
    before = None if cursor is None else _decoded(cursor)
    with reading(served.engine) as session:
        readable(session, slug, asker)
        after = None if before is None else Place(before.group, before.score, before.id)
        rows = best_first(session, slug, after, limit + 1)
        above = None if before is None else session.get(StoredSubmission, before.id)
        items = _placed(session, asker, rows[:limit], before, above)
    more = None
    if len(rows) > limit:
        position = limit + (before.position if before else 0)
        more = _encoded(rows[limit - 1], position, items[-1].rank)
    return Page(items=items, next=more)


@router.get("/assignments/{slug}/unscored", responses=answers(*CODES))
def list_unscored(
    served: Served, asker: Reader, slug: str, cursor: Cursor = None, limit: Limit = 50
) -> Page[UnscoredView]:
    """List what has no score, newest first: our side failed, too little could be judged, or a person has to look."""
    query = newest_first(unscored(slug), StoredSubmission.created_at, StoredSubmission.id, cursor, limit)
    with reading(served.engine) as session:
        readable(session, slug, asker)
        rows = session.scalars(query).all()
        people = persons_of(session, rows, asker)
    return page_of(rows, limit, lambda row: _unscored(row, people), lambda row: (row.created_at, row.id))


def _placed(
    session: Session,
    asker: Asker,
    rows: Sequence[RankedRow],
    before: RankingPlace | None,
    above: StoredSubmission | None,
) -> list[RankedView]:
    people, overrides = persons_of(session, rows, asker), overridden(session, [row.id for row in rows])
    found: list[RankedView] = []
    last: StoredSubmission | RankedRow | None = above
    for item in ranked([(row.id, row) for row in rows]):
        row = item.report
        assert item.rank is not None  # only what has a score was asked for
        found.append(
            RankedView(
                rank=item.rank if before is None else _rank_behind(before, row, item.rank),
                tied_with_above=last is not None and overlapping(last, row),
                submission=row.id,
                name=row.name,
                candidate=people.get(row.id),
                outcome=row.outcome,
                score=row.score,
                low=row.low,
                high=row.high,
                overrides=overrides.get(row.id, 0),
            )
        )
        last = row
    return found


def _rank_behind(before: RankingPlace, row: RankedRow, rank_on_page: int) -> int:
    same = before.score == row.score and before.group == group_of(row)
    return before.rank if same else before.position + rank_on_page


def _unscored(row: StoredSubmission, people: dict[str, Person]) -> UnscoredView:
    return UnscoredView(
        submission=row.id,
        name=row.name,
        candidate=people.get(row.id),
        outcome=row.outcome,
        failure_code=row.failure_code,
        finished_at=row.finished_at,
    )


def _encoded(row: RankedRow, position: int, rank: int) -> str:
    place = RankingPlace(group=group_of(row), score=row.score, id=row.id, position=position, rank=rank)
    return base64.urlsafe_b64encode(place.model_dump_json().encode()).decode().rstrip("=")


def _decoded(cursor: str) -> RankingPlace:
    try:
        return RankingPlace.model_validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValidationError, ValueError) as error:
        raise Problem("request.invalid", "cursor: it is none that a page gave.") from error
