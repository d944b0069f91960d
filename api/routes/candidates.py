"""Candidates, for admins: found by their e-mail address, and erased."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from api.identity import Admin
from api.problems import Problem, answers
from api.services import Served
from grader.jobs.erasing import erase
from grader.store.database import reading
from grader.store.invitations import LONGEST_NAME
from grader.store.tables import Candidate, Invitation

router = APIRouter(tags=["candidates"])


class CandidateView(BaseModel):
    """A candidate who was asked for by their e-mail address, and what they are invited by."""

    id: str = Field(examples=["1c9a4be07d2f4f0b9e3a5d61"])
    invitations: list[str]


class ErasedView(BaseModel):
    """What was erased of a candidate."""

    submissions: int = Field(description="Submissions of which nothing but figures is left.", examples=[2])
    files: int = Field(description="Files that are gone: what was handed in, reports, evidence.", examples=[6])
    under_way: int = Field(description="Gradings that were at work. Where there were some, erase again a minute later.")


@router.get("/candidates", responses=answers("identity.missing", "identity.forbidden", "request.invalid"))
def find_candidates(
    served: Served, _asker: Admin, email: Annotated[str, Query(max_length=LONGEST_NAME, examples=["ada@example.org"])]
) -> list[CandidateView]:
    """Find who has exactly this e-mail address."""
    query = select(Candidate.id).where(Candidate.email == email.strip().lower(), Candidate.erased_at.is_(None))
    with reading(served.engine) as session:
        return [
            CandidateView(
                id=candidate,
                invitations=list(session.scalars(select(Invitation.id).where(Invitation.candidate_id == candidate))),
            )
            for candidate in session.scalars(query).all()
        ]


@router.delete(
    "/candidates/{candidate_id}",
    responses=answers(
        "identity.missing", "identity.forbidden", "request.cross_site", "request.not_found", "service.unavailable"
    ),
)
def erase_candidate(served: Served, asker: Admin, candidate_id: str) -> ErasedView:
    """Erase a candidate for good: name, e-mail address, tokens, what they handed in, and what was written of them.

    Scores, outcomes and times stay, without a name. To erase again does no harm.
    """
    done = erase(served.engine, served.blobs, served.line, candidate_id, asker.label)
    if done is None:
        raise Problem("request.not_found", "There is no such candidate.")
    return ErasedView.model_validate(done, from_attributes=True)
