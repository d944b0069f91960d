"""A candidate's repository with a runner of jobs, invited to a live service, for tests of how the Action hands in."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
from action_runner import ROOT, Command, Ran, Runner
from github_runner import door
from grading import Service
from issuer import Issuer
from ports import free_port
from runs import OWNER, REPOSITORY, repository
from served import served

from grader.store.database import transaction
from grader.store.invitations import invite
from grader.store.people import add_user
from grader.store.repositories import Repository, bind
from grader.store.secrets_shown import new_token

AUDIENCE = "the service"


@dataclass(frozen=True)
class Job:
    """A candidate's repository with a runner, and the service that it hands in to."""

    ready: Service
    github: Issuer
    runner: Runner
    server: str
    author: str

    def push(self, **files: str) -> str:
        return repository(self.runner.repository, **files)

    def run(self, sha: str, claims: dict[str, object] | None = None, **inputs: str) -> Ran:
        with door(self.github, sha, **(claims or {})) as variables:
            return replace(self.runner, more=self.runner.more | variables).run(**self._given(inputs))

    @contextmanager
    def started(
        self, sha: str, log: Path, more: Mapping[str, str] | None = None, **inputs: str
    ) -> Iterator[tuple[subprocess.Popen[str], Callable[[], Ran]]]:
        """Start to hand in, with more variables, and yield the process and what tells how it ended once it has."""
        given = {"audience": AUDIENCE} | self._given(inputs)
        with door(self.github, sha) as variables:
            runner = replace(self.runner, more=variables | dict(more or {}))
            with runner.started("submit", log, **given) as process:
                try:
                    yield process, lambda: runner.left("submit", process.returncode, log.read_text(), **given)
                finally:
                    process.kill()  # one that has ended is left alone

    def release(self, submission: str) -> None:
        """Let the candidate read the result, as a reviewer does."""
        with self._asked_by_the_author() as asked:
            tag = asked.get(f"/submissions/{submission}/report").headers["ETag"]
            given = {"kind": "decision", "verdict": "advance", "text": "A good one."}
            answer = asked.post(f"/submissions/{submission}/reviews", json=given, headers={"If-Match": tag})
            assert answer.status_code == 201, answer.text

    def report(self, submission: str) -> dict[str, Any]:
        """Return the whole report, as reviewers read it."""
        with self._asked_by_the_author() as asked:
            told: dict[str, Any] = asked.get(f"/submissions/{submission}/report").json()
            return told

    def _asked_by_the_author(self) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {self.author}"}
        return httpx2.Client(base_url=f"{self.server}/api/v1", headers=headers)

    def _given(self, inputs: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in inputs.items()}
        return {"mode": "submit", "server": self.server, "patience": "3"} | named


def job_of(ready: Service, github: Issuer, server: str, folder: Path, assignment: str = "small") -> Job:
    """Return the job of a repository in `folder` that is invited to the assignment."""
    with transaction(ready.engine) as session:
        user = add_user(session, "author@example.org", "author")
        token, _ = new_token(session, "api", user_id=user.id, scopes=("read", "review", "author"))
        invited = invite(session, assignment, "Ada Lovelace", "ada@example.org", None, 5)
        bind(session, invited.invitation, Repository(REPOSITORY, OWNER))
    (folder / "temp").mkdir()
    return Job(ready, github, Runner(ROOT, folder / "a répository", folder / "temp"), server, token)


@contextmanager
def serving_runs(github: Issuer, port: int = 0, more: Mapping[str, str] | None = None, slots: int = 1) -> Iterator[str]:
    """Run a service that trusts the issuer's tokens for its own address, and for AUDIENCE."""
    port = port or free_port()
    trusted = {"GRADER_GITHUB_ISSUER": github.url, "GRADER_GITHUB_AUDIENCE": AUDIENCE}
    trusted["GRADER_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    with served(slots, more={**trusted, **(more or {})}, port=port) as address:
        yield address


def one(ran: Ran, name: str = "error") -> Command:
    """Return the only command of that name."""
    (command,) = (command for command in ran.commands if command.name == name)
    return command
