"""GitHub's REST API for tests, as far as the App asks it: over HTTP, with its permissions, pages and odd ways.

Every request and every answer is of the shape that GitHub's published OpenAPI description tells, and every address and
its parameters are among those that it knows.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from github_shapes import filled, refuse_other_addresses, refuse_other_shapes
from joserfc import jwt
from joserfc.jwk import RSAKey
from listening import listening
from runs import OWNER, REPOSITORY

APP, SLUG = "123456", "acme-take-homes"
CHECK_RUN = ("ReposOwnerRepoCheckRunsPostBodyOneof0", "ReposOwnerRepoCheckRunsPostBodyOneof1")
CHECK_RUN_CHANGED = (
    "ReposOwnerRepoCheckRunsCheckRunIdPatchBodyAnyof0",
    "ReposOwnerRepoCheckRunsCheckRunIdPatchBodyAnyof1",
)
TOKEN = ("AppInstallationsInstallationIdAccessTokensPostBody",)
ISSUE = ("ReposOwnerRepoIssuesPostBody",)
COMMENT = ("ReposOwnerRepoIssuesIssueNumberCommentsPostBody",)
COMMENT_CHANGED = ("ReposOwnerRepoIssuesCommentsCommentIdPatchBody",)


class _RefusedError(Exception):
    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers


@dataclass
class Github:
    """What GitHub holds, and how it behaves. `failing` is answered in turn instead of doing what is asked, a status
    with headers; the answer to the writing request that `losing` counts down to is lost on the way. Commits that are
    `gone` are not found, comments that were `moved` with their issue are elsewhere, and its clock is `ahead_s`.
    """

    key: RSAKey
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failing: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    losing: int = 0
    name: str = "ada/churn"
    is_private: bool = True
    visibility: str = "private"
    has_issues: bool = True
    ahead_s: float = 0.0
    gone: set[str] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    owner_id: str = OWNER
    permissions: dict[str, str] = field(default_factory=lambda: {"checks": "write", "issues": "write"})
    installations: list[dict[str, Any]] = field(default_factory=list)
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    check_runs: dict[int, dict[str, Any]] = field(default_factory=dict)
    annotations: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: count(5_000_000_001))

    @property
    def bot(self) -> dict[str, Any]:
        return filled("SimpleUser", login=f"{SLUG}[bot]", type="Bot")

    def written(self) -> list[tuple[str, str]]:
        """Return what was asked for but what only reads, and tokens."""
        return [item for item in self.asked if item[0] != "GET" and "access_tokens" not in item[1]]

    def answer(self, method: str, path: str, query: dict[str, str], bearer: str, body: Any) -> tuple[int, Any]:
        """Do what is asked for and return the status and the answer."""
        for pattern, methods in ROUTES.items():
            found = re.fullmatch(pattern, path)
            if found and method in methods:
                return methods[method](self, bearer, query, body, *found.groups())
        raise _RefusedError(404, "Not Found")

    def as_app(self, bearer: str) -> None:
        try:
            claims = jwt.decode(bearer, self.key, algorithms=["RS256"]).claims
        except Exception as error:
            raise _RefusedError(401, "A JSON web token could not be decoded") from error
        now = time.time() + self.ahead_s
        if claims["iss"] != APP or not claims["iat"] <= now < claims["exp"] or claims["exp"] > now + 600:
            raise _RefusedError(401, "'Expiration time' claim ('exp') is too far in the future")

    def as_installation(self, bearer: str, owner: str, repository: str, permission: str) -> None:
        if bearer not in self.tokens:
            raise _RefusedError(401, "Bad credentials")
        if f"{owner}/{repository}" != self.name:
            raise _RefusedError(404, "Not Found")
        if self.tokens[bearer].get(permission) != "write":
            raise _RefusedError(403, "Resource not accessible by integration")

    def app(self, bearer: str, _query: dict[str, str], _body: Any) -> tuple[int, Any]:
        self.as_app(bearer)
        return 200, filled("Integration", id=int(APP), slug=SLUG, permissions=self.permissions)

    def installed(self, bearer: str, query: dict[str, str], _body: Any) -> tuple[int, Any]:
        self.as_app(bearer)
        return 200, page(self.installations, query)

    def token(self, bearer: str, _query: dict[str, str], body: Any, installation: str) -> tuple[int, Any]:
        self.as_app(bearer)
        refuse_other_shapes(TOKEN, body)
        if not any(str(row["id"]) == installation for row in self.installations):
            raise _RefusedError(404, "Not Found")
        if body["repository_ids"] != [int(REPOSITORY)]:
            raise _RefusedError(422, "There is at least one repository that does not exist or is not accessible")
        if not body["permissions"].items() <= self.permissions.items():
            raise _RefusedError(422, "The permissions requested are not granted to this installation.")
        token = f"ghs_{secrets.token_hex(16)}"
        self.tokens[token] = body["permissions"]
        owner = filled("SimpleUser", id=int(self.owner_id), login=self.name.partition("/")[0])
        seen_by = self.visibility if self.is_private else "public"
        known = {"full_name": self.name, "private": self.is_private, "visibility": seen_by, "owner": owner}
        found = filled("Repository", id=int(REPOSITORY), **known)
        return 201, filled("InstallationToken", token=token, permissions=body["permissions"], repositories=[found])

    def add_check_run(self, bearer: str, _q: dict[str, str], body: Any, owner: str, repo: str) -> tuple[int, Any]:
        self.as_installation(bearer, owner, repo, "checks")
        refuse_other_shapes(CHECK_RUN, body)
        refuse_long(body)
        self.refuse_gone(body["head_sha"])
        key = next(self.ids)
        self.check_runs[key] = {"status": "queued", "conclusion": None, **body}
        self.annotations[key] = list(body.get("output", {}).get("annotations", []))
        return 201, self.shown(key)

    def change_check_run(
        self, bearer: str, _q: dict[str, str], body: Any, owner: str, repo: str, key: str
    ) -> tuple[int, Any]:
        self.as_installation(bearer, owner, repo, "checks")
        refuse_other_shapes(CHECK_RUN_CHANGED, body)
        refuse_long(body)
        if int(key) not in self.check_runs:
            raise _RefusedError(404, "Not Found")
        self.annotations[int(key)] += body.get("output", {}).pop("annotations", [])  # as GitHub does
        self.check_runs[int(key)] |= body
        return 200, self.shown(int(key))

    def refuse_gone(self, sha: str) -> None:
        if sha in self.gone:
            raise _RefusedError(422, f"No commit found for SHA: {sha}")

    def shown(self, key: int) -> dict[str, Any]:
        held = self.check_runs[key]
        output = {
            "title": held["output"]["title"],
            "summary": held["output"]["summary"],
            "text": None,
            "annotations_count": len(self.annotations[key]),
            "annotations_url": "https://github.example.org/x",
        }
        app = filled("Integration", id=int(APP), slug=held.get("by", SLUG))
        known = {name: held.get(name) for name in ("name", "head_sha", "external_id", "status", "conclusion")}
        return filled("CheckRun", id=key, output=output, app=app, **known)

    def check_runs_of(
        self, bearer: str, query: dict[str, str], _b: Any, owner: str, repo: str, sha: str
    ) -> tuple[int, Any]:
        self.as_installation(bearer, owner, repo, "checks")
        self.refuse_gone(sha)
        found = [
            self.shown(key)
            for key, held in self.check_runs.items()
            if held["head_sha"] == sha and held["name"] == query["check_name"]
        ]
        return 200, filled(
            "ReposOwnerRepoCommitsRefCheckRunsGetResponse200", total_count=len(found), check_runs=page(found, query)
        )

    def notes(self, bearer: str, query: dict[str, str], _b: Any, owner: str, repo: str, key: str) -> tuple[int, Any]:
        self.as_installation(bearer, owner, repo, "checks")
        return 200, page([filled("CheckAnnotation", **row) for row in self.annotations[int(key)]], query)

    def add_issue(self, bearer: str, _q: dict[str, str], body: Any, owner: str, repo: str) -> tuple[int, Any]:
        self.as_installation(bearer, owner, repo, "issues")
        refuse_other_shapes(ISSUE, body)
        if not self.has_issues:
            raise _RefusedError(410, "Issues has been disabled in this repository.")
        number = len(self.issues) + 1
        self.issues[number] = filled("Issue", number=number, user=self.bot, **body)
        return 201, self.issues[number]

    def issues_by(self, bearer: str, query: dict[str, str], _b: Any, owner: str, repo: str) -> tuple[int, Any]:
        self.as_installation(bearer, owner, repo, "issues")
        assert query["state"] == "all"
        return 200, page([row for row in self.issues.values() if row["user"]["login"] == query["creator"]], query)

    def add_comment(
        self, bearer: str, _q: dict[str, str], body: Any, owner: str, repo: str, number: str
    ) -> tuple[int, Any]:
        self.as_installation(bearer, owner, repo, "issues")
        refuse_other_shapes(COMMENT, body)
        if int(number) not in self.issues:
            raise _RefusedError(404, "Not Found")
        key = next(self.ids)
        self.comments[key] = filled("IssueComment", id=key, user=self.bot, issue_url=f"{number}", **body)
        return 201, self.comments[key]

    def comments_on(
        self, bearer: str, query: dict[str, str], _b: Any, owner: str, repo: str, number: str
    ) -> tuple[int, Any]:
        self.as_installation(bearer, owner, repo, "issues")
        return 200, page(
            [row for key, row in self.comments.items() if row["issue_url"] == number and key not in self.moved], query
        )

    def change_comment(
        self, bearer: str, _q: dict[str, str], body: Any, owner: str, repo: str, key: str
    ) -> tuple[int, Any]:
        self.as_installation(bearer, owner, repo, "issues")
        refuse_other_shapes(COMMENT_CHANGED, body)
        if int(key) in self.moved:
            raise _RefusedError(301, "Moved Permanently")
        if int(key) not in self.comments:
            raise _RefusedError(404, "Not Found")
        if len(body["body"]) > 65_536:
            raise _RefusedError(422, "body is too long (maximum is 65536 characters)")
        self.comments[int(key)] |= body
        return 200, self.comments[int(key)]


def refuse_long(body: dict[str, Any]) -> None:
    """Refuse a check run whose summary has more bytes than GitHub takes: it counts them, and calls them characters."""
    if len(body.get("output", {}).get("summary", "").encode()) > 65_535:
        raise _RefusedError(422, "Validation Failed")


def page(rows: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
    """Return the page that was asked for: of 30 where nothing is said, of at most 100."""
    size, number = min(int(query.get("per_page", 30)), 100), int(query.get("page", 1))
    return rows[(number - 1) * size : number * size]


REPO = "/repos/([^/]+)/([^/]+)"
ROUTES: dict[str, dict[str, Callable[..., tuple[int, Any]]]] = {
    "/app": {"GET": Github.app},
    "/app/installations": {"GET": Github.installed},
    r"/app/installations/(\d+)/access_tokens": {"POST": Github.token},
    f"{REPO}/check-runs": {"POST": Github.add_check_run},
    rf"{REPO}/check-runs/(\d+)": {"PATCH": Github.change_check_run},
    rf"{REPO}/check-runs/(\d+)/annotations": {"GET": Github.notes},
    f"{REPO}/commits/([0-9a-f]+)/check-runs": {"GET": Github.check_runs_of},
    f"{REPO}/issues": {"POST": Github.add_issue, "GET": Github.issues_by},
    rf"{REPO}/issues/(\d+)/comments": {"POST": Github.add_comment, "GET": Github.comments_on},
    rf"{REPO}/issues/comments/(\d+)": {"PATCH": Github.change_comment},
}


def installation(owner_id: str, key: int = 77, **more: Any) -> dict[str, Any]:
    """Return an installation of the App at an owner."""
    account = filled("SimpleUser", id=int(owner_id))
    permissions = {"checks": "write", "issues": "write", "metadata": "read"}
    return filled("Installation", id=key, account=account, app_slug=SLUG, **({"permissions": permissions} | more))


@contextmanager
def github_api() -> Iterator[Github]:
    """Yield a GitHub at which the App is installed, at the owner of the tests' repository."""
    github = Github(RSAKey.generate_key(2048, private=True), installations=[installation(OWNER)])

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            place = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            github.asked.append((self.command, place.path))
            assert self.headers["X-GitHub-Api-Version"] == "2022-11-28"
            if github.failing:
                status, headers = github.failing.pop(0)
                wrong = [{"resource": "CheckRun", "field": "head_sha", "code": "invalid"}] if status == 422 else []
                said = headers.get("message", "an odd\nword")
                self._send(status, {"message": said, "errors": wrong}, headers)
                return
            bearer = self.headers["Authorization"].removeprefix("Bearer ")
            query = {name: values[0] for name, values in parse_qs(place.query).items()}
            try:
                refuse_other_addresses(self.command, place.path, query)
                status, told = github.answer(self.command, place.path, query, bearer, json.loads(body or b"null"))
            except _RefusedError as error:
                self._send(error.status, {"message": str(error)}, error.headers)
                return
            except ValueError as error:
                github.refused.append(str(error))
                self._send(422, {"message": "Invalid request."}, {})
                return
            if github.losing and self.command != "GET" and "access_tokens" not in place.path:
                github.losing -= 1
                if not github.losing:
                    self.close_connection = True
                    return
            self._send(status, told, {})

        do_GET = do_POST = do_PATCH = _do  # noqa: N815 - as http.server has it

        def _send(self, status: int, told: Any, headers: dict[str, str]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing on standard error."""

    with listening(Handler) as port:
        github.url = f"http://127.0.0.1:{port}"
        yield github
    assert github.refused == []


def key_file(github: Github, folder: Path) -> Path:
    """Write the App's private key, as GitHub gives it, and return the file."""
    path = folder / "app.pem"
    path.write_bytes(github.key.as_pem(private=True))
    return path
