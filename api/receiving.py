"""What is handed in: refused where it may not come, stored, and put in line with its row, both or neither."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from fastapi import Response, UploadFile
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.identity import Asker
from api.problems import Problem
from api.services import Services
from grader.errors import host_shortage
from grader.intake.limits import IntakeLimits
from grader.store.audit import note
from grader.store.blobs import key_of_file
from grader.store.database import transaction
from grader.store.holding import delete_unneeded, expect_blob, hold_blob
from grader.store.submissions import Received, add_submission, why_not
from grader.store.tables import Invitation, StoredAssignment, StoredSubmission

T = TypeVar("T")


def refuse_where_not_allowed(session: Session, asker: Asker, invitation: Invitation | None, slug: str | None) -> None:
    """Raise Problem where the asker may hand nothing in for the assignment now."""
    if invitation is None and not asker.may("submit"):
        raise Problem("identity.forbidden", "This needs an invitation, or the scope 'submit'.")
    if slug is None:
        raise Problem("request.invalid", "assignment: say what the submission is for.")
    assignment = session.get(StoredAssignment, slug)
    if assignment is None:
        raise Problem("request.not_found", "There is no such assignment.")
    if assignment.closed_at is not None:
        raise Problem("submission.assignment_closed")
    reason = why_not(session, invitation) if invitation else None
    if reason is not None:
        raise Problem(reason)


def refuse_large_archive(file: UploadFile, kind: str) -> None:
    """Raise Problem where an archive is larger than any is taken in: to grade it would fail, and cost an attempt."""
    most = IntakeLimits().packed_bytes
    if kind in ("archive", "tar") and (file.size or 0) > most:
        told = f"The archive is larger than {most / 1e6:.0f} MB."
        raise Problem("request.too_large", told, hint="Leave out data, models and environments, and send it again.")


def stored(served: Services, file: UploadFile, *, is_noted: bool = False) -> tuple[str, int]:
    """Store what was sent, which is noted to be coming before, and return its key and size."""
    with host_shortage(), tempfile.NamedTemporaryFile(dir=served.uploads) as copy:
        file.file.seek(0)
        # in pieces that are given back at once: of larger ones each thread's heap keeps several
        shutil.copyfileobj(file.file, copy, 1 << 16)
        copy.flush()
        if not is_noted:
            with transaction(served.engine) as session:
                expect_blob(session, key_of_file(Path(copy.name)))
        return served.blobs.put_file(Path(copy.name)), copy.tell()


@contextmanager
def keeping_nothing_refused(served: Services, key: str | None) -> Iterator[None]:
    """Delete the file of this key, which nothing else needs, where the block raises Problem."""
    try:
        yield
    except Problem:
        if key is not None:
            delete_unneeded(served.engine, served.blobs, {key})
        raise


def put_in_line(
    session: Session,
    served: Services,
    asker: Asker,
    slug: str,
    received: Received,
    *,
    file: UploadFile | None,
    invitation: Invitation | None,
) -> StoredSubmission:
    """Add the submission and its place in line to the caller's transaction."""
    if received.blob is not None and file is not None:
        hold_blob(session, served.blobs, received.blob, lambda: stored(served, file, is_noted=True))
    submission = add_submission(session, slug, received, invitation)
    served.line.join(session, submission)
    note(session, asker.label, "submission.hand_in", submission.id, assignment=slug, kind=received.kind)
    served.spans.current().tell({"grader.submission": submission.id})
    return submission


def kept_once(act: Callable[[], T]) -> T:
    """Do what looks under a key and else keeps something there; where another did so meanwhile, look once more."""
    try:
        return act()
    except IntegrityError:
        return act()


def say_where(response: Response, submission_id: str) -> None:
    """Say in the answer's head where the submission is found."""
    response.headers["Location"] = f"/api/v1/submissions/{submission_id}"
