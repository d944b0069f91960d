"""Tells GitHub what is to be told: as submissions stand now, until it is so there, beside the grading."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from grader.errors import GraderError
from grader.github import checks, comment
from grader.github.app import GithubApp, Repository
from grader.github.facts import Commit, Facts, facts_of, result_of
from grader.github.rest import GithubError, RestError
from grader.report.candidate import CandidateReport
from grader.rounds import in_rounds
from grader.store.blobs import Blobs
from grader.store.database import reading, transaction
from grader.store.github_answers import Claim, begin_anew, claim, held, is_any_due, settle
from grader.store.tables import GithubAnswer, GithubCheck

LOOK_EVERY_S = 2.0
MOST_AT_ONCE = 5
OF_ONE_COMMIT = (404, 410, 422)  # it is gone, as after a forced push: that says nothing of the others
STALE = (301, 307, 308, 401, 403, 404)  # the token may be no good any more, or the repository have another name

log = logging.getLogger(__name__)


class _LostError(Exception):
    """The claim is another's by now, or its invitation was erased."""


@dataclass(frozen=True)
class _Said:
    """What a check run is to say, its annotations, and the digest of both."""

    told: dict[str, Any]
    notes: list[dict[str, Any]]
    digest: str


@dataclass(frozen=True)
class Answers:
    """Tells GitHub as `app` what is due in `engine`'s database; `public_url` is where the service is reached."""

    engine: Engine
    blobs: Blobs
    app: GithubApp
    public_url: str

    def run(self, leaving: threading.Event) -> None:
        """Tell what is due until `leaving` is set; at first also what was given up before."""
        has_begun = False

        def tell() -> bool:
            nonlocal has_begun
            if not has_begun:
                with transaction(self.engine) as session:
                    begin_anew(session)
                has_begun = True
            return self.tell_due() == MOST_AT_ONCE

        in_rounds(leaving, LOOK_EVERY_S, tell, "GitHub could not be told")

    def tell_due(self) -> int:
        """Tell what is due now, at most MOST_AT_ONCE invitations, and return of how many that was tried: of none while
        GitHub asks to wait.
        """
        if self.app.quiet.left_s():
            return 0
        with reading(self.engine) as session:  # looking is free, and claiming keeps other writers waiting
            if not is_any_due(session):
                return 0
        with transaction(self.engine) as session:
            claimed = claim(session, MOST_AT_ONCE)
        for one in claimed:
            self.try_to_tell(one)
        return len(claimed)

    def try_to_tell(self, claimed: Claim) -> None:
        """Tell what was claimed, and note how that went."""
        problem, after_s = "", None
        try:
            self._tell(claimed)
        except _LostError:
            return
        except GithubError as error:
            problem, after_s = str(error), error.after_s
            if isinstance(error, RestError) and error.status in STALE and after_s is None:
                self.app.forget()
        except GraderError as error:
            problem = error.message
        except Exception as error:  # of this invitation alone: the others are told all the same
            log.exception("GitHub could not be told of invitation %s, on a defect of the grader", claimed.invitation_id)
            problem = f"The grader has a defect ({type(error).__name__})."
        if problem:
            log.warning("invitation %s, try %d to tell GitHub: %s", claimed.invitation_id, claimed.tries, problem)
        with transaction(self.engine) as session:
            settle(session, claimed, problem, after_s)

    def _tell(self, claimed: Claim) -> None:
        self._keep(claimed)  # those before it may have taken so long that another worker tells it
        with reading(self.engine) as session:
            facts = facts_of(session, claimed.invitation_id)
        if facts is None or not facts.commits:
            return
        results, refused = self._results(facts), list[RestError]()
        for commit in facts.commits:
            said = self._said(facts, commit, results[commit.handed.id])
            if said.digest == commit.digest:
                continue
            repository = self._repository(facts)
            try:
                self._check(claimed, repository, commit, said)
            except RestError as error:
                if error.status not in OF_ONE_COMMIT:
                    raise
                refused.append(error)
        self._comment(claimed, facts, results)
        if refused:
            raise refused[0]

    def _repository(self, facts: Facts) -> Repository:
        """Return the repository; asked for where there is something to tell: a bulk regrade changes little."""
        return self.app.repository(facts.repository_id, facts.owner_id)

    def _results(self, facts: Facts) -> dict[str, CandidateReport | None]:
        """Return what may be told of each commit's result: a released one is its candidate's, and not the world's."""
        is_told = any(commit.handed.is_released for commit in facts.commits) and self._repository(facts).is_private
        return {commit.handed.id: result_of(commit, self.blobs) if is_told else None for commit in facts.commits}

    def _said(self, facts: Facts, commit: Commit, result: CandidateReport | None) -> _Said:
        details = f"{self.public_url}/submissions/{commit.handed.id}"
        told, notes = checks.check_run(commit, facts.assignment, details, result), checks.notes_on(commit, result)
        return _Said(told, notes, _digest([told, notes]))

    def _check(self, claimed: Claim, repository: Repository, commit: Commit, said: _Said) -> None:
        self._keep(claimed)
        slug = self.app.slug()
        run = checks.bring_up(repository, commit, slug, said.told)
        self._keep_check(claimed, commit, check_run_id=run.id)
        while (missing := checks.missing_notes(repository, run, said.notes)) is None:
            run = checks.replaced(repository, commit, slug, said.told, run)
            self._keep_check(claimed, commit, check_run_id=run.id)
        checks.annotate(repository, run, said.told, missing)
        self._keep_check(claimed, commit, digest=said.digest)

    def _comment(self, claimed: Claim, facts: Facts, results: dict[str, CandidateReport | None]) -> None:
        body = comment.comment(facts, results)
        digest = _digest(body)
        if digest == facts.comment_digest:
            return
        repository = self._repository(facts)
        if not repository.may_comment:
            return
        self._keep(claimed)
        place = comment.bring_up(
            repository, facts, self.app.login(), body, lambda issue: self._keep(claimed, issue=issue)
        )
        self._keep(claimed, issue=place.issue, comment_id=place.comment_id, comment_digest=digest)

    def _keep(self, claimed: Claim, **values: Any) -> None:
        """Write down where it has come to, and keep the claim. Raises _LostError where it is another's."""
        with transaction(self.engine) as session:
            _set(held(session, claimed), values)

    def _keep_check(self, claimed: Claim, commit: Commit, **values: Any) -> None:
        with transaction(self.engine) as session:
            row = held(session, claimed) and session.get(GithubCheck, commit.handed.id, with_for_update=True)
            _set(row, values)


def _set(row: GithubAnswer | GithubCheck | None, values: dict[str, Any]) -> None:
    if row is None:
        raise _LostError
    for name, value in values.items():
        setattr(row, name, value)


def _digest(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
