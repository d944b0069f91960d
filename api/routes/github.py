"""Sign-in of runs of GitHub Actions: a token of GitHub's for a token of ours, good for one commit."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, SecretStr, StringConstraints
from sqlalchemy.exc import IntegrityError

from api.github import RunClaims
from api.problems import Problem, answers
from api.services import Served, Services
from grader.store.audit import note
from grader.store.database import transaction
from grader.store.repositories import Repository, invitations_of, invited, is_replayed, let_in, name_of
from grader.store.tables import GithubRun

router = APIRouter(tags=["session"])


class RunSignIn(BaseModel):
    """What a run shows: GitHub's token, with this service as its audience."""

    token: SecretStr = Field(max_length=16_000)
    assignment: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="Where the repository is invited to several.", examples=["churn"]
    )


class RunLetIn(BaseModel):
    """A token for the run, told this once: it hands in the commit `sha`, and reads what became of it."""

    token: str = Field(examples=["thg_run_2b5kq…"])
    expires_at: datetime
    invitation: str
    assignment: str = Field(examples=["churn"])
    sha: str = Field(examples=["8f6e1c0d3b5a79e2f4c6d8a0b1c3e5f7a9d2b4c6"])


@router.post(
    "/session/github",
    status_code=201,
    responses=answers(
        "identity.refused",
        "identity.provider",
        "github.replayed",
        "github.event",
        "github.not_invited",
        "github.which",
        "request.invalid",
    ),
)
def begin(served: Served, given: RunSignIn) -> RunLetIn:
    """Let a run of GitHub Actions in, by the ids of its repository and owner. GitHub's token is good once."""
    claims = served.github.run_of(given.token.get_secret_value())
    try:
        return _let_in(served, claims, given.assignment)
    except IntegrityError as error:  # shown twice at once
        raise Problem("github.replayed") from error


def _let_in(served: Services, claims: RunClaims, assignment: str | None) -> RunLetIn:
    with transaction(served.engine) as session:
        jti = name_of(claims.iss, claims.jti)
        if is_replayed(session, jti):
            raise Problem("github.replayed")
        found = invitations_of(session, Repository(claims.repository_id, claims.repository_owner_id), locked=True)
        try:
            invitation = invited(found, assignment)
        except LookupError as error:
            raise Problem("github.which") from error
        if invitation is None or invitation.revoked_at is not None:
            raise Problem("github.not_invited")
        run = GithubRun(
            jti=jti,
            invitation_id=invitation.id,
            repository_id=claims.repository_id,
            owner_id=claims.repository_owner_id,
            repository=claims.repository,
            sha=claims.sha,
            ref=claims.ref,
            event=claims.event_name,
            run_id=claims.run_id,
            run_attempt=claims.run_attempt,
            workflow_ref=claims.workflow_ref,
            actor=claims.actor,
            actor_id=claims.actor_id,
            runner=claims.runner_environment,
            visibility=claims.repository_visibility,
        )
        secret, expires_at = let_in(session, run)
        note(session, f"invitation:{invitation.id}", "run.sign_in", run.id)  # a commit's hash can be looked up
        return RunLetIn(
            token=secret,
            expires_at=expires_at,
            invitation=invitation.id,
            assignment=invitation.assignment,
            sha=run.sha,
        )
