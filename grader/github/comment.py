"""The comment: one for an invitation, in an issue of the repository, and updated as its submissions change.

An issue's comments can be written with the permission Issues alone; to update a comment on a commit the App would have
to be allowed to push.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from grader.github.app import Repository
from grader.github.facts import Commit, Facts
from grader.github.rest import GithubError, RestError
from grader.report.candidate import CandidateReport
from grader.report.candidate_markdown import candidate_markdown, standing
from grader.report.markdown import escaped

ISSUE_TITLE = "Grading"
ISSUE_MARK = "<!-- takehome-grader -->"
ISSUE_BODY = (
    f"{ISSUE_MARK}\nWhat becomes of each commit that is handed in stands in the comments below, which are kept up to "
    "date. Nobody reads answers here."
)
MOST_COMMITS = 50
GONE = (301, 404, 410)  # 301: its issue was moved to another repository


@dataclass(frozen=True)
class Place:
    """Where the comment stands."""

    issue: int
    comment_id: int


def comment(facts: Facts, results: Mapping[str, CandidateReport | None]) -> str:
    """Return the comment's text: all commits, the newest first, and what may be read of the newest."""
    newest = facts.commits[-1]
    rows = [_row(commit, results.get(commit.handed.id)) for commit in reversed(facts.commits)][:MOST_COMMITS]
    table = ["| Attempt | Commit | How it stands |", "| :-- | :-- | :-- |", *rows]
    last = candidate_markdown(newest.handed, results.get(newest.handed.id))
    return "\n".join([_mark(facts), f"## {escaped(facts.title)}", "", *table, "", "### The newest", "", last])


def bring_up(repository: Repository, facts: Facts, login: str, body: str, keep: Callable[[int], None]) -> Place:
    """Have the comment say this and return where it stands; what was lost is found again, and what was deleted made
    anew. `keep` is told the issue as soon as it is known. Raises GithubError.
    """
    if facts.issue is not None and facts.comment_id is not None:
        try:
            repository.asked.patch(f"{repository.path}/issues/comments/{facts.comment_id}", {"body": body})
            return Place(facts.issue, facts.comment_id)
        except RestError as refused:
            if refused.status not in GONE:
                raise
    issue = _issue(repository, login)
    keep(issue)
    path = f"{repository.path}/issues/{issue}/comments"
    for row in repository.asked.pages(path):
        if _is_by(row, login) and str(row.get("body") or "").startswith(_mark(facts)):
            repository.asked.patch(f"{repository.path}/issues/comments/{row['id']}", {"body": body})
            return Place(issue, int(row["id"]))
    return Place(issue, int(repository.asked.post(path, {"body": body})["id"]))


def _issue(repository: Repository, login: str) -> int:
    path = f"{repository.path}/issues"
    found = [
        int(row["number"])
        for row in repository.asked.pages(path, creator=login, state="all")
        if _is_by(row, login) and str(row.get("body") or "").startswith(ISSUE_MARK)
    ]
    if found:
        return min(found)
    try:
        return int(repository.asked.post(path, {"title": ISSUE_TITLE, "body": ISSUE_BODY})["number"])
    except RestError as refused:
        if refused.status in GONE:
            raise GithubError("Issues are switched off in the repository, so there is no comment.") from refused
        raise


def _is_by(row: dict[str, Any], login: str) -> bool:
    return (row.get("user") or {}).get("login") == login


def _mark(facts: Facts) -> str:
    return f"<!-- takehome-grader: {facts.invitation_id} -->"


def _row(commit: Commit, result: CandidateReport | None) -> str:
    attempt = "–" if commit.handed.attempt is None else str(commit.handed.attempt)
    return f"| {attempt} | {commit.sha} | {escaped(standing(commit.handed, result))} |"
