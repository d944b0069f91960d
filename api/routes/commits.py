"""Commits that runs of GitHub Actions hand in: the files are proven to be those of the run's own commit."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile
from sqlalchemy.orm import Session

from api.identity import Asker, Known, nobody_known
from api.problems import Problem, answers
from api.receiving import (
    keeping_nothing_refused,
    put_in_line,
    refuse_large_archive,
    refuse_where_not_allowed,
    say_where,
    stored,
)
from api.routes.submissions import SubmissionView, shown
from api.services import Served, Services
from grader.intake.commit import LARGEST_PROOF, prove, read_proof
from grader.intake.limits import IntakeLimits
from grader.intake.snapshot import common_folder
from grader.store.database import reading, transaction
from grader.store.github_answers import answer
from grader.store.repositories import handed_in_before, run_of
from grader.store.submissions import Received
from grader.store.tables import GithubRun, Invitation, StoredSubmission

router = APIRouter(tags=["submissions"])


@router.post(
    "/commits",
    status_code=201,
    responses=answers(
        "identity.missing",
        "identity.forbidden",
        "invitation.over",
        "invitation.attempts",
        "invitation.closed",
        "invitation.released",
        "submission.assignment_closed",
        "request.too_large",
        "request.too_slow",
        "request.cut_short",
        "request.invalid",
        "github.commit",
        "github.folder",
        "storage.full",
        "service.unavailable",
        "request.too_many",
    ),
)
def hand_in_commit(
    served: Served,
    asker: Known,
    response: Response,
    file: Annotated[UploadFile, File(description="A .zip of the files of the commit's folder, as git keeps them.")],
    commit: Annotated[str, Form(max_length=LARGEST_PROOF, description="What proves it, as JSON: see the docs.")],
) -> SubmissionView:
    """Hand in the commit of a run. The same commit once more is the same submission, unless our side had lost it."""
    if not asker.is_run:
        raise Problem("identity.forbidden", "This is for runs of GitHub Actions.", hint="Hand in at /submissions.")
    handing = _Handing(served, asker, response, file, _folder_of(served, asker, file, commit))
    with transaction(served.engine) as session:
        before = handing.before(session)
        if before is not None:
            return before
    key, size = stored(served, file)
    with keeping_nothing_refused(served, key), transaction(served.engine) as session:
        return handing.before(session) or handing.add(session, Received("archive", bytes=size, blob=key))


@dataclass(frozen=True)
class _Handing:
    served: Services
    asker: Asker
    response: Response
    file: UploadFile
    folder: str

    def before(self, session: Session) -> SubmissionView | None:
        """Return the submission that the commit came to before. Raises Problem where none may come now."""
        run, invitation = self._run(session), self._invitation(session)
        if run.submission_id is not None and run.folder != self.folder:
            raise Problem("github.folder")
        row = handed_in_before(session, run, self.folder)
        if row is not None:
            self.response.status_code = 200
            return self._of_run(run, row)
        refuse_where_not_allowed(session, self.asker, invitation, invitation.assignment)
        return None

    def add(self, session: Session, received: Received) -> SubmissionView:
        """Store the submission and put it in line."""
        run, invitation = self._run(session), self._invitation(session)
        row = put_in_line(
            session,
            self.served,
            self.asker,
            invitation.assignment,
            received,
            file=self.file,
            invitation=invitation,
        )
        if self.served.settings.github_app:
            answer(session, invitation.id, row.id, _place_in_repository(self.file, self.folder))
        return self._of_run(run, row)

    def _of_run(self, run: GithubRun, row: StoredSubmission) -> SubmissionView:
        run.submission_id, run.folder = row.id, self.folder
        say_where(self.response, row.id)
        return shown(row, self.asker)

    def _run(self, session: Session) -> GithubRun:
        run = run_of(session, self.asker.token_id)
        if run is None:
            raise nobody_known()  # erased in the meantime
        return run

    def _invitation(self, session: Session) -> Invitation:
        return session.get_one(Invitation, self.asker.invitation_id, with_for_update=True)


def _folder_of(served: Services, asker: Asker, file: UploadFile, commit: str) -> str:
    """Return the folder of the commit that the archive is proven to hold. Raises Problem or SubmissionError."""
    with reading(served.engine) as session:
        run = run_of(session, asker.token_id)
    if run is None:
        raise nobody_known()
    if not (file.filename or "").lower().endswith(".zip"):
        raise Problem("github.commit")
    refuse_large_archive(file, "archive")
    proof = read_proof(commit)
    file.file.seek(0)
    with served.proving.let_in(asker.label):
        prove(file.file, proof, run.sha, IntakeLimits())
    return "/".join(part for part in proof.folder.split("/") if part)


def _place_in_repository(file: UploadFile, folder: str) -> str:
    """Return where in the repository a report's paths begin: in the one folder that holds the work, if one does."""
    file.file.seek(0)
    with zipfile.ZipFile(file.file) as archive:
        inner = common_folder(name for name in archive.namelist() if not name.endswith("/"))
    return "/".join(part for part in (folder, inner) if part)
