"""Invitations: who may hand in for what, until when and how often. Who they are is hidden until there is a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from api.identity import Asker, Author, Known
from api.moments import Moment
from api.paging import Cursor, Limit, Page, newest_first, page_of
from api.problems import Problem, answers
from api.services import Served, Services
from grader.store.audit import note
from grader.store.base import utc_now
from grader.store.database import reading, transaction
from grader.store.invitations import (
    LONGEST_NAME,
    MOST_ATTEMPTS,
    State,
    extend,
    invite,
    names_are_shown,
    renew_token,
    state_of,
    take_back,
    whose_names_are_shown,
)
from grader.store.repositories import ID, Repository, bind, repository_of, unbind
from grader.store.submissions import attempts_used
from grader.store.tables import Candidate, Invitation

router = APIRouter(tags=["invitations"])
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]
Attempts = Annotated[int, Field(ge=1, le=MOST_ATTEMPTS)]


class Person(BaseModel):
    """Who was invited."""

    id: str = Field(examples=["1c9a4be07d2f4f0b9e3a5d61"])
    name: str = Field(examples=["Ada Lovelace"])
    email: str = Field(examples=["ada@example.org"])


class RepositoryIds(BaseModel):
    """A repository on GitHub, by the ids that nobody else can get: `gh api repos/OWNER/NAME --jq '.id, .owner.id'`."""

    id: Annotated[str, StringConstraints(pattern=ID.pattern, max_length=20)] = Field(examples=["1296269"])
    owner_id: Annotated[str, StringConstraints(pattern=ID.pattern, max_length=20)] = Field(examples=["583231"])


class InvitationView(BaseModel):
    """An invitation as it stands now. `candidate` and `repository` are null while it is not to be seen who that is."""

    id: str = Field(examples=["5e0d7c1b2a3f4e5d6c7b8a90"])
    assignment: str = Field(examples=["churn"])
    candidate: Person | None
    repository: RepositoryIds | None = Field(description="Whose runs may hand in.")
    state: State
    deadline: datetime | None
    attempts: int
    used: int = Field(description="Attempts that count; what failed on our side does not.")
    created_at: datetime
    decided_at: datetime | None
    revoked_at: datetime | None


class InvitationTold(InvitationView):
    """An invitation with its token, which is told this once."""

    token: str = Field(examples=["thg_invitation_2b5kq…"])
    link: str = Field(description="For the candidate's browser.", examples=["http://127.0.0.1:8000/i/thg_invitation_…"])


class NewInvitation(BaseModel):
    """Who is invited to what."""

    assignment: Annotated[str, StringConstraints(max_length=64)] = Field(examples=["churn"])
    name: Text = Field(examples=["Ada Lovelace"])
    email: Text = Field(examples=["ada@example.org"])
    deadline: Moment | None = Field(default=None, examples=["2030-01-31T18:00:00+01:00"])
    attempts: Attempts = 1
    repository: RepositoryIds | None = None


class Extension(BaseModel):
    """What is to be another; what is left out stays. A null `repository` unbinds the one that is bound."""

    deadline: Moment | None = None
    attempts: Attempts | None = None
    repository: RepositoryIds | None = None


class TokenTold(BaseModel):
    """A new token, told this once."""

    token: str = Field(examples=["thg_invitation_2b5kq…"])
    link: str = Field(description="For the candidate's browser.", examples=["http://127.0.0.1:8000/i/thg_invitation_…"])


def person_of(session: Session, invitation: Invitation | None, asker: Asker) -> Person | None:
    """Return who was invited; None where the asker may not see it, or the candidate was erased."""
    if invitation is None:
        return None
    if not is_seen(invitation, asker):
        return None
    candidate = session.get(Candidate, invitation.candidate_id)
    if candidate is None or candidate.erased_at is not None:
        return None
    return Person.model_validate(candidate, from_attributes=True)


def is_seen(invitation: Invitation, asker: Asker) -> bool:
    """Return whether the asker may see whose invitation it is."""
    own = asker.invitation_id == invitation.id
    return own or asker.sees_names or names_are_shown(invitation, asker.user_id, may_invite=asker.may("author"))


class FromInvitation(Protocol):
    """What may have been handed in by somebody who was invited."""

    @property
    def id(self) -> str:
        """Of the submission."""

    @property
    def invitation_id(self) -> str | None:
        """None where nobody was invited."""


def persons_of(session: Session, rows: Sequence[FromInvitation], asker: Asker) -> dict[str, Person]:
    """Return who handed in each of these submissions, as far as the asker may see it."""
    wanted = {row.invitation_id for row in rows if row.invitation_id}
    query = (
        select(Invitation.id, Candidate.id, Candidate.name, Candidate.email)
        .join(Candidate)
        .where(
            Invitation.id.in_(wanted),
            Candidate.erased_at.is_(None),
            true() if asker.sees_names else whose_names_are_shown(asker.user_id, may_invite=asker.may("author")),
        )
    )
    told = session.execute(query) if wanted else ()
    seen = {invitation: Person(id=key, name=name, email=email) for invitation, key, name, email in told}
    return {row.id: seen[row.invitation_id] for row in rows if row.invitation_id in seen}


def shown(session: Session, row: Invitation, asker: Asker) -> InvitationView:
    """Return what the asker may see of an invitation."""
    bound = repository_of(session, row) if is_seen(row, asker) else None
    return InvitationView(
        id=row.id,
        assignment=row.assignment,
        candidate=person_of(session, row, asker),
        repository=None if bound is None else RepositoryIds(id=bound.id, owner_id=bound.owner_id),
        state=state_of(row),
        deadline=row.deadline,
        attempts=row.attempts,
        used=attempts_used(session, row.id),
        created_at=row.created_at,
        decided_at=row.decided_at,
        revoked_at=row.revoked_at,
    )


@router.post(
    "/invitations",
    status_code=201,
    responses=answers("identity.missing", "identity.forbidden", "request.cross_site", "request.invalid"),
)
def make_invitation(served: Served, asker: Author, given: NewInvitation, response: Response) -> InvitationTold:
    """Invite a candidate. The token is theirs alone and told this once: send it to them."""
    with transaction(served.engine) as session:
        made = invite(session, given.assignment, given.name, given.email, given.deadline, given.attempts, asker.user_id)
        row = made.invitation
        if given.repository is not None:
            bind(session, row, Repository(given.repository.id, given.repository.owner_id))
        note(session, asker.label, "invitation.make", row.id, assignment=row.assignment, candidate=made.candidate.id)
        response.headers["Location"] = f"/api/v1/invitations/{row.id}"
        return InvitationTold(
            **shown(session, row, asker).model_dump(), token=made.token, link=_link(served, made.token)
        )


@router.get("/invitations", responses=answers("identity.missing", "identity.forbidden", "request.invalid"))
def list_invitations(
    served: Served,
    asker: Known,
    assignment: str | None = None,
    state: State | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[InvitationView]:
    """List invitations, newest first; a candidate sees their own."""
    query = select(Invitation)
    if assignment is not None:
        query = query.where(Invitation.assignment == assignment)
    if state is not None:
        query = query.where(*_stands(state))
    if not asker.may("read"):
        if asker.invitation_id is None:
            raise Problem("identity.forbidden", "This needs the scope 'read'.")
        query = query.where(Invitation.id == asker.invitation_id)
    query = newest_first(query, Invitation.created_at, Invitation.id, cursor, limit)
    with reading(served.engine) as session:
        rows = session.scalars(query).all()
        return page_of(rows, limit, lambda row: shown(session, row, asker), lambda row: (row.created_at, row.id))


@router.get("/invitations/{invitation_id}", responses=answers("identity.missing", "request.not_found"))
def get_invitation(served: Served, asker: Known, invitation_id: str) -> InvitationView:
    """Return one invitation; a candidate's own, or any with the scope `read`."""
    with reading(served.engine) as session:
        row = session.get(Invitation, invitation_id)
        if row is None or not (asker.may("read") or row.id == asker.invitation_id):
            raise Problem("request.not_found", "There is no such invitation.")
        return shown(session, row, asker)


@router.patch(
    "/invitations/{invitation_id}",
    responses=answers(
        "identity.missing", "identity.forbidden", "request.cross_site", "request.not_found", "request.invalid"
    ),
)
def extend_invitation(served: Served, asker: Author, invitation_id: str, given: Extension) -> InvitationView:
    """Give a candidate another deadline, or another number of attempts in all."""
    with transaction(served.engine) as session:
        row = _wanted(session, invitation_id)
        extend(session, row, given.deadline, given.attempts)
        if given.repository is not None:
            bind(session, row, Repository(given.repository.id, given.repository.owner_id))
        elif "repository" in given.model_fields_set:
            unbind(session, row)
        told = given.model_dump(mode="json", exclude_none=True, exclude={"repository"})
        note(session, asker.label, "invitation.extend", row.id, **told)
        return shown(session, row, asker)


@router.delete(
    "/invitations/{invitation_id}",
    responses=answers("identity.missing", "identity.forbidden", "request.cross_site", "request.not_found"),
)
def take_back_invitation(served: Served, asker: Author, invitation_id: str) -> InvitationView:
    """Take an invitation back: its token is good for nothing from now on. What was handed in stays."""
    with transaction(served.engine) as session:
        row = _wanted(session, invitation_id)
        if row.revoked_at is None:
            take_back(session, row)
            note(session, asker.label, "invitation.revoke", row.id)
        return shown(session, row, asker)


@router.post(
    "/invitations/{invitation_id}/token",
    status_code=201,
    responses=answers(
        "identity.missing", "identity.forbidden", "request.cross_site", "request.not_found", "request.invalid"
    ),
)
def renew_invitation_token(served: Served, asker: Author, invitation_id: str) -> TokenTold:
    """Return a new token for a candidate who lost theirs; the old one is good no more."""
    with transaction(served.engine) as session:
        row = _wanted(session, invitation_id)
        token = renew_token(session, row)
        note(session, asker.label, "invitation.token", row.id)
        return TokenTold(token=token, link=_link(served, token))


def _link(served: Services, token: str) -> str:
    return f"{served.settings.public_url.rstrip('/')}/i/{token}"


def _wanted(session: Session, invitation_id: str) -> Invitation:
    row = session.get(Invitation, invitation_id, with_for_update=True)
    if row is None:
        raise Problem("request.not_found", "There is no such invitation.")
    return row


def _stands(state: State) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which an invitation is in `state`, as `state_of` tells it."""
    kept, undecided = Invitation.revoked_at.is_(None), Invitation.decided_at.is_(None)
    over = Invitation.deadline.is_not(None) & (Invitation.deadline <= utc_now())
    return {
        "revoked": (~kept,),
        "decided": (kept, ~undecided),
        "over": (kept, undecided, over),
        "open": (kept, undecided, ~over),
    }[state]
