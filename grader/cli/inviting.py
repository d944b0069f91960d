"""`grader assignment publish` and `grader invite`: an assignment for a service, and candidates for it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from grader.assignment import find_assignment
from grader.cli.people import ACTOR, stored_session
from grader.errors import UsageError
from grader.jobs.assignments import publish_assignment
from grader.settings import LOOPBACK, read_settings
from grader.store.audit import note
from grader.store.blobs import open_blobs
from grader.store.invitations import extend, invite, open_invitation, renew_token
from grader.store.people import ROLES, find_user
from grader.store.repositories import Repository, bind
from grader.wiring import packet_of


@dataclass(frozen=True)
class InviteOptions:
    """The options of `grader invite`; `by` is the e-mail address of whoever sees who the candidate is.

    With `again` what is None stays as it is.
    """

    name: str
    deadline: str | None
    attempts: int | None
    by: str | None
    again: bool
    repository: str | None


def publish_command(slug: str) -> int:
    """Publish an assignment to the service of this machine's settings; return the exit status."""
    settings = read_settings()
    assignment = find_assignment(slug, settings.assignment_roots)
    print("Proving that what candidates get holds nothing of the hidden part ...", file=sys.stderr)
    packet = packet_of(assignment)
    with stored_session() as session:
        row = publish_assignment(session, open_blobs(settings.service_blobs), assignment, packet)
        note(session, ACTOR, "assignment.publish", row.slug, version=row.version, digest=row.digest)
    print(f"Works for {assignment.slug} are graded by version {assignment.version} from now on.", file=sys.stderr)
    return 0


def invite_command(assignment: str, email: str, options: InviteOptions) -> int:
    """Invite a candidate and print the link that is theirs, this once; return the exit status."""
    deadline = _moment(options.deadline) if options.deadline else None
    with stored_session() as session:
        if options.again:
            token = _again(session, assignment, email, deadline, options)
        else:
            token = _made(session, assignment, email, deadline, options)
    address = read_settings().public_url.rstrip("/")
    print("The link is told this once: send it to the candidate alone.", file=sys.stderr)
    if urlsplit(address).hostname in LOOPBACK:
        print("It is good on this machine alone: GRADER_PUBLIC_URL says what others see.", file=sys.stderr)
    print(f"{address}/i/{token}")
    return 0


def _made(session: Session, assignment: str, email: str, deadline: datetime | None, options: InviteOptions) -> str:
    if not options.name.strip():
        raise UsageError("--name is missing: who is invited?", hint="Give the candidate's name.")
    by = _inviter(session, options.by) if options.by else None
    made = invite(session, assignment, options.name, email, deadline, options.attempts or 1, by)
    row = made.invitation
    if options.repository:
        bind(session, row, _repository(options.repository))
    note(session, ACTOR, "invitation.make", row.id, assignment=row.assignment, candidate=made.candidate.id)
    return made.token


def _again(session: Session, assignment: str, email: str, deadline: datetime | None, options: InviteOptions) -> str:
    """Extend the open invitation by what is given, and return a new token in place of its old one."""
    if options.name or options.by:
        raise UsageError("--name and --by are those of the first time: --again takes neither")
    row = open_invitation(session, assignment, email)
    if row is None:
        message = f"{email} has no open invitation to {assignment!r}"
        raise UsageError(message, hint="Invite them without --again.")
    if options.repository:
        bind(session, row, _repository(options.repository))
    if deadline or options.attempts:
        extend(session, row, deadline, options.attempts)
        note(session, ACTOR, "invitation.extend", row.id, **_told(deadline, options.attempts))
    note(session, ACTOR, "invitation.token", row.id)
    return renew_token(session, row)


def _told(deadline: datetime | None, attempts: int | None) -> dict[str, str | int]:
    told = {"deadline": deadline.isoformat() if deadline else None, "attempts": attempts}
    return {name: value for name, value in told.items() if value is not None}


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        found = datetime.min
    if found.tzinfo is None:
        raise UsageError(
            f"--deadline {text!r} is no time with its zone", hint="Write it so: 2030-01-31T18:00+01:00, or with a Z."
        )
    return found


def _repository(text: str) -> Repository:
    key, _, owner = text.partition(":")
    return Repository(key, owner)


def _inviter(session: Session, email: str) -> str:
    user = find_user(session, email)
    if user is None or "author" not in ROLES[user.role]:
        raise UsageError(f"--by {email}: there is no author or admin with this e-mail address")
    return user.id
