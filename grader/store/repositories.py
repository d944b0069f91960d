"""Repositories whose runs may hand in: bound to an invitation by GitHub's ids, and the runs that signed in."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from grader.errors import UsageError
from grader.store.base import utc_now
from grader.store.github_answers import note_change
from grader.store.invitations import state_of
from grader.store.secrets_shown import new_token
from grader.store.tables import BoundRepository, GithubRun, Invitation, StoredSubmission, Token

RUN = "run"
GOOD_FOR = timedelta(hours=6)  # a run waits for its report, and a hosted job ends after as long
ID = re.compile(r"[1-9][0-9]{0,19}")


@dataclass(frozen=True)
class Repository:
    """A repository, as GitHub counts it and its owner: names can be given to somebody else, ids cannot."""

    id: str
    owner_id: str


def bind(session: Session, invitation: Invitation, repository: Repository) -> None:
    """Let runs of the repository hand in for the invitation, in place of the one before. Raises UsageError."""
    for name, value in (("repository", repository.id), ("owner", repository.owner_id)):
        if not ID.fullmatch(value):
            raise UsageError(
                f"the {name}'s id is no number: `gh api repos/OWNER/NAME --jq '.id, .owner.id'` tells both"
            )
    for row in invitations_of(session, repository):
        if row.id != invitation.id and row.assignment == invitation.assignment and state_of(row) == "open":
            raise UsageError(f"the repository is bound to another invitation to {row.assignment} already")
    bound = session.get(BoundRepository, invitation.id) or BoundRepository(invitation_id=invitation.id)
    bound.repository_id, bound.owner_id, bound.bound_at = repository.id, repository.owner_id, utc_now()
    session.add(bound)
    session.flush()
    _sign_out_others(session, invitation, repository)
    note_change(session, invitation.id)


def unbind(session: Session, invitation: Invitation) -> None:
    """Let no run hand in for the invitation any more."""
    session.execute(delete(BoundRepository).where(BoundRepository.invitation_id == invitation.id))
    _sign_out_others(session, invitation, None)


def _sign_out_others(session: Session, invitation: Invitation, repository: Repository | None) -> None:
    """End the runs of the repository that was bound before: it may have been somebody else's."""
    theirs = select(GithubRun.token_id).where(GithubRun.invitation_id == invitation.id)
    if repository is not None:
        others = or_(GithubRun.repository_id != repository.id, GithubRun.owner_id != repository.owner_id)
        theirs = theirs.where(others)
    session.execute(update(Token).where(Token.id.in_(theirs), Token.revoked_at.is_(None)).values(revoked_at=utc_now()))


def repository_of(session: Session, invitation: Invitation) -> Repository | None:
    """Return the repository that is bound to the invitation."""
    bound = session.get(BoundRepository, invitation.id)
    return Repository(bound.repository_id, bound.owner_id) if bound else None


def invitations_of(session: Session, repository: Repository, *, locked: bool = False) -> list[Invitation]:
    """Return the invitations that this repository is bound to, the newest first; with `locked` they stay as they are
    until the transaction ends, and whoever is changing one just now is waited for.
    """
    query = (
        select(Invitation)
        .join(BoundRepository)
        .where(BoundRepository.repository_id == repository.id, BoundRepository.owner_id == repository.owner_id)
        .order_by(Invitation.created_at.desc(), Invitation.id)
    )
    return list(session.scalars(query.with_for_update() if locked else query))


def invited(found: list[Invitation], assignment: str | None) -> Invitation | None:
    """Return for which of these invitations a run hands in: one that is open where there is one. Raises LookupError
    where there are several.
    """
    meant = [row for row in found if assignment in (None, row.assignment)]
    still_open = [row for row in meant if state_of(row) == "open"]
    if len({row.assignment for row in still_open}) > 1:
        raise LookupError
    return next(iter(still_open or meant), None)


def let_in(session: Session, run: GithubRun) -> tuple[str, datetime]:
    """Note the run and return a token for it, with when that is over. The database refuses a `jti` that was here."""
    expires_at = utc_now() + GOOD_FOR
    secret, row = new_token(session, RUN, invitation_id=run.invitation_id, expires_at=expires_at)
    run.token_id = row.id
    session.add(run)
    session.flush()
    return secret, expires_at


def is_replayed(session: Session, jti: str) -> bool:
    """Return whether a token of this name was shown before."""
    return session.scalar(select(GithubRun.id).where(GithubRun.jti == jti)) is not None


def name_of(issuer: str, jti: str) -> str:
    """Return what is kept of a token's name."""
    return hashlib.sha256(f"{issuer}\n{jti}".encode()).hexdigest()


def run_of(session: Session, token_id: str) -> GithubRun | None:
    """Return the run that a token was made for; None for what is no run's token."""
    return session.scalar(select(GithubRun).where(GithubRun.token_id == token_id))


def handed_in_before(session: Session, run: GithubRun, folder: str) -> StoredSubmission | None:
    """Return the submission that the same commit came to before, unless our side lost it."""
    query = (
        select(StoredSubmission)
        .join(GithubRun, GithubRun.submission_id == StoredSubmission.id)
        .where(
            GithubRun.invitation_id == run.invitation_id,
            GithubRun.sha == run.sha,
            GithubRun.folder == folder,
            StoredSubmission.attempt.is_not(None),
        )
    )
    return session.scalars(query.order_by(StoredSubmission.created_at.desc()).limit(1)).first()
