"""The runs of GitHub Actions that handed a submission in: what GitHub proved of them, for whoever may see names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlsplit

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import Asker, Known
from api.problems import answers
from api.routes.invitations import is_seen
from api.routes.submissions import visible
from api.services import Served
from grader.store.database import reading
from grader.store.tables import GithubRun, Invitation, StoredSubmission

router = APIRouter(tags=["submissions"])
GITHUB, ITS_ISSUER = "https://github.com", "token.actions.githubusercontent.com"
ENTERPRISE_ISSUER = "/_services/token"


class RunView(BaseModel):
    """A run, as GitHub told of it. Names are those of that day."""

    repository: str = Field(examples=["ada/churn"])
    repository_id: str = Field(examples=["1296269"])
    owner_id: str = Field(examples=["583231"])
    sha: str = Field(examples=["8f6e1c0d3b5a79e2f4c6d8a0b1c3e5f7a9d2b4c6"])
    folder: str = Field(description="The folder of the commit that was handed in; empty for all of it.")
    ref: str = Field(examples=["refs/heads/main"])
    event: str = Field(examples=["push"])
    run_id: str = Field(examples=["9700000001"])
    run_attempt: str = Field(examples=["1"])
    workflow_ref: str = Field(examples=["ada/churn/.github/workflows/hand-in.yml@refs/heads/main"])
    actor: str = Field(description="Who pushed, or started the run.", examples=["ada"])
    actor_id: str = Field(examples=["583231"])
    created_at: datetime


@router.get("/submissions/{submission_id}/runs", responses=answers("identity.missing", "request.not_found"))
def list_runs(served: Served, asker: Known, submission_id: str) -> list[RunView]:
    """List the runs that handed the submission in, the newest first; none while it is not to be seen who that is."""
    with reading(served.engine) as session:
        rows = runs_of(session, visible(session, submission_id, asker), asker)
    return [RunView.model_validate(row, from_attributes=True) for row in rows]


def runs_of(session: Session, row: StoredSubmission, asker: Asker) -> Sequence[GithubRun]:
    """Return the runs that handed a submission in, the newest first, as far as the asker may see them."""
    invitation = session.get(Invitation, row.invitation_id) if row.invitation_id else None
    if invitation is None or not is_seen(invitation, asker):
        return ()
    query = select(GithubRun).where(GithubRun.submission_id == row.id)
    return session.scalars(query.order_by(GithubRun.created_at.desc(), GithubRun.id)).all()


def address_of(run: GithubRun, issuer: str) -> str:
    """Return where the run's repository is seen in a browser; empty where the issuer does not tell."""
    if urlsplit(issuer).hostname == ITS_ISSUER:
        return f"{GITHUB}/{quote(run.repository)}"
    if issuer.rstrip("/").endswith(ENTERPRISE_ISSUER):
        return f"{issuer.rstrip('/').removesuffix(ENTERPRISE_ISSUER)}/{quote(run.repository)}"
    return ""
