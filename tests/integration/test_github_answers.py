"""The App tells GitHub what became of commits: a check run on each and one comment, whatever happens on the way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from github_api import APP, SLUG, Github, github_api, installation, key_file
from graded import bearer, fail, fail_work, grade, invite
from grading import wait_for
from issuer import Issuer, issuer
from runs import OWNER, REPOSITORY, repository, sent, token_of
from serving import CHURN, PASSWORD, Serving, publish, serving
from sqlalchemy import Engine, select, text, update

from api.app import create_app
from api.routes.runs import address_of
from grader.github.answers import Answers
from grader.github.app import GithubApp, read_key
from grader.jobs.turns import begin
from grader.model import Failure, Span
from grader.store.base import utc_now
from grader.store.blobs import open_blobs
from grader.store.database import reading, transaction
from grader.store.github_answers import Claim, claim, held, settle, state_of
from grader.store.people import add_user
from grader.store.tables import BoundRepository, GithubAnswer, GithubCheck, GithubRun
from grader.store.tables_of_operation import Job

INVITED = {"repository": {"id": REPOSITORY, "owner_id": OWNER}}
DECIDED = {"kind": "decision", "verdict": "advance", "text": "A good one."}
TRAIN = "import pandas as pd\nrows = pd.read_csv('train.csv')\n"


@dataclass(frozen=True)
class Told:
    """A service with the App set up, its candidate's repository, and what GitHub holds."""

    api: Serving
    github: Github
    issuer: Issuer
    answers: Answers
    folder: Path
    author: dict[str, str]
    invitation: str
    clock: list[float]

    def push(self, below: str = "", assignment: str = "churn", **files: str) -> str:
        """Commit and hand in, as a run does, and return the submission."""
        sha = repository(self.folder, **(files or {"work__train_py": f"{TRAIN}# {utc_now()}\n"}))
        shown = {"token": token_of(self.issuer, sha), "assignment": assignment}
        signed = self.api.client.post("/api/v1/session/github", json=shown)
        assert signed.status_code == 201, signed.text
        archive, proof = sent(self.folder, sha, below)
        answer = self.api.client.post(
            "/api/v1/commits",
            data={"commit": proof},
            files={"file": ("commit.zip", archive, "application/zip")},
            headers=bearer(signed.json()["token"]),
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def judge(self, submission: str, **given: object) -> None:
        tag = self.api.client.get(f"/api/v1/submissions/{submission}/report", headers=self.author).headers["ETag"]
        answer = self.api.client.post(
            f"/api/v1/submissions/{submission}/reviews", json=given, headers={**self.author, "If-Match": tag}
        )
        assert answer.status_code == 201, answer.text

    def tell(self) -> int:
        """Tell what is due, also what waits to be tried again."""
        with transaction(self.api.engine) as session:
            waiting = update(GithubAnswer).where(GithubAnswer.next_at.is_not(None))
            session.execute(waiting.values(next_at=utc_now()))
        return self.answers.tell_due()

    def row(self) -> GithubAnswer:
        with reading(self.api.engine) as session:
            return session.scalars(select(GithubAnswer)).one()

    def check_run(self) -> dict[str, Any]:
        (held,) = self.github.check_runs.values()
        return held

    def comment(self) -> str:
        (held,) = self.github.comments.values()
        return str(held["body"])


@pytest.fixture
def told(database_url: str, tmp_path: Path) -> Iterator[Told]:
    with issuer() as signing, github_api() as github, serving(database_url, tmp_path / "home") as running:
        publish(running, CHURN)
        key = key_file(github, tmp_path)
        more = {"github_issuer": signing.url, "github_api": github.url, "github_app": APP, "github_app_key": key}
        settings = running.settings.model_copy(update=more)
        with TestClient(create_app(settings), base_url=settings.public_url) as client:
            api = Serving(client, running.engine, settings)
            author = api.as_("author")
            made = invite(api, author, attempts=5, **INVITED)
            clock = [0.0]
            app = GithubApp(github.url, APP, read_key(key), lambda: clock[0], pace_s=0)
            answers = Answers(api.engine, open_blobs(settings.service_blobs), app, "https://grading.example.org")
            yield Told(api, github, signing, answers, tmp_path / "repository", author, made["id"], clock)


def test_each_commit_has_one_check_run_and_the_repository_one_comment(told: Told) -> None:
    first = told.push()
    assert told.tell() == 1
    assert told.check_run()["status"] == "queued"
    assert told.check_run()["details_url"] == f"https://grading.example.org/submissions/{first}"
    assert "In line to be graded" in told.comment()
    grade(told.api, first)
    assert told.tell() == 1
    held = told.check_run()
    assert (held["status"], held["conclusion"], held["name"]) == ("completed", "success", "take-home / churn")
    assert held["external_id"] == first
    assert held["output"]["title"] == "It ran to its end"
    assert "once the reviewers have released it" in held["output"]["summary"]
    assert "Score" not in held["output"]["summary"]
    second = told.push()
    assert told.tell() == 1
    assert sorted(row["external_id"] for row in told.github.check_runs.values()) == sorted((first, second))
    assert [row["title"] for row in told.github.issues.values()] == ["Grading"]
    rows = [line for line in told.comment().splitlines() if line.startswith(("| 1 |", "| 2 |"))]
    assert [row.split("|")[1].strip() for row in rows] == ["2", "1"], "the newest first"
    assert state_of(told.row()) == "told"


def test_a_commit_that_a_worker_is_at_is_told_as_that_until_it_is_graded(told: Told) -> None:
    submission = told.push()
    told.tell()
    with transaction(told.api.engine) as session:
        job = session.scalars(select(Job).where(Job.submission_id == submission)).one()
        assert begin(session, job.id, "a-worker")
    assert told.tell() == 1
    held = told.check_run()
    assert (held["status"], held["conclusion"]) == ("in_progress", None)
    assert "Being graded" in told.comment()
    began = held["started_at"]
    grade(told.api, submission)
    told.tell()
    held = told.check_run()
    assert (held["status"], held["started_at"]) == ("completed", began)
    assert held["completed_at"] >= began


def test_what_is_told_already_is_not_told_again(told: Told) -> None:
    grade(told.api, told.push())
    told.tell()
    before = list(told.github.asked)
    assert told.tell() == 0
    told.answers.app.forget()
    with transaction(told.api.engine) as session:
        session.execute(update(GithubAnswer).values(next_at=utc_now()))
    assert told.tell() == 1
    assert told.github.asked == before, "not even a token is asked for: a bulk regrade mostly changes nothing"


def test_a_released_result_is_told_with_annotations_at_the_lines_of_the_repository(told: Told) -> None:
    submission = told.push("work", work__train_py=TRAIN, README_md="# Churn\n")
    grade(told.api, submission)
    told.judge(submission, **DECIDED)
    told.tell()
    held = told.check_run()
    assert held["output"]["title"].startswith("Score ")
    assert "| Criterion | Verdict | Why" in held["output"]["summary"]
    assert "| Criterion | Verdict | Why" in told.comment()
    ((_, notes),) = told.github.annotations.items()
    assert notes, "something was judged short of met"
    assert {row["path"] for row in notes} == {"work/train.py"}
    assert {row["annotation_level"] for row in notes} <= {"warning", "notice"}
    judged = next(iter(notes))["title"]
    told.judge(submission, kind="comment", text="For us alone: do not tell.")
    told.tell()
    assert told.github.annotations[next(iter(told.github.annotations))] == notes, "GitHub adds, and nothing was new"
    assert "For us alone" not in json_of(told.github)
    assert judged


def test_a_work_that_failed_is_annotated_at_its_line_and_a_criterion_at_each_of_its_places(told: Told) -> None:
    submission = told.push("work", work__train_py=TRAIN)
    failure = Failure(code="run.failed", message="KeyError: 'tenur'", path="train.py", line=2, hint="Name it right.")
    places = tuple(Span(path="train.py", line=line, end_line=line + 1) for line in range(1, 121))
    title = fail_work(told.api, submission, failure, places)
    told.tell()
    held = told.check_run()
    assert (held["conclusion"], held["output"]["title"]) == ("failure", "The work failed")
    assert "`run.failed`" in held["output"]["summary"]
    assert "tenur" not in json_of(told.github), "it is not released"
    told.judge(submission, **DECIDED)
    told.tell()
    ((key, notes),) = told.github.annotations.items()
    as_told = list(notes)
    why = {"title": "run.failed", "message": "KeyError: 'tenur' Name it right.", "annotation_level": "failure"}
    assert [row for row in notes if row["title"] == "run.failed"] == [
        {"path": "work/train.py", "start_line": 2, "end_line": 2, **why}
    ]
    judged = [(row["path"], row["start_line"], row["end_line"]) for row in notes if row["title"] == title]
    assert judged == [("work/train.py", line, line + 1) for line in range(1, 121)], "in requests of 50 at most"
    with transaction(told.api.engine) as session:  # as where a worker was lost after GitHub heard it
        session.execute(update(GithubCheck).values(check_run_id=None, digest=""))
    let_be_due(told, told.invitation, utc_now())
    assert told.answers.tell_due() == 1
    assert told.github.annotations == {key: as_told}, "found again on several pages, and nothing added"


def json_of(github: Github) -> str:
    return repr((github.check_runs, github.annotations, github.issues, github.comments))


def test_a_decision_is_told_of_all_attempts_and_what_a_reviewer_judged_otherwise(told: Told) -> None:
    first, second = told.push(), told.push()
    for submission in (first, second):
        grade(told.api, submission)
    told.tell()
    report = told.api.client.get(f"/api/v1/submissions/{second}/report", headers=told.author).json()
    item = next(
        item
        for part in report["report"]["dimensions"]
        for item in part["criteria"]
        if item["verdict"] in ("not_met", "partly")
    )
    told.judge(second, kind="override", criterion=item["id"], verdict="met", text="It is, in the notes.")
    told.judge(second, kind="decision", verdict="decline", text="A secret reason.")
    told.tell()
    titles = [row["output"]["title"] for row in told.github.check_runs.values()]
    assert all(title.startswith("Score ") for title in titles), titles
    assert "(a reviewer)" in told.comment()
    for kept in ("A secret reason", "in the notes", "decline"):
        assert kept not in json_of(told.github)


def test_a_failure_on_our_side_is_neutral_and_says_so(told: Told) -> None:
    fail(told.api, told.push())
    told.tell()
    held = told.check_run()
    assert (held["conclusion"], held["output"]["title"]) == ("neutral", "Our side failed")
    assert "says nothing of the work" in held["output"]["summary"]


@pytest.mark.parametrize("known", [{"is_private": False}, {"visibility": "internal"}], ids=["public", "internal"])
def test_a_result_is_not_told_where_others_read_it(told: Told, known: dict[str, Any]) -> None:
    vars(told.github).update(known)
    submission = told.push()
    grade(told.api, submission)
    told.judge(submission, **DECIDED)
    told.tell()
    assert told.check_run()["output"]["title"] == "It ran to its end"
    assert "for this repository is not private" in told.comment()
    assert "Score" not in json_of(told.github)
    assert told.github.annotations[next(iter(told.github.annotations))] == []


def test_an_answer_that_is_lost_on_the_way_makes_nothing_twice(told: Told) -> None:
    """The check run, the issue or the comment was made, and nobody heard of it."""
    told.push()
    for lost in range(4):
        begin_anew(told)
        lose_once_after(told.github, lost)
        told.tell()
        told.tell()
        assert state_of(told.row()) == "told"
        assert (len(told.github.check_runs), len(told.github.issues), len(told.github.comments)) == (1, 1, 1)
    assert len(told.github.written()) == lost == 3, "each of them was lost once"


def test_whichever_request_fails_all_is_told_once_in_the_end(told: Told) -> None:
    grade(told.api, told.push())
    for well in range(12):
        begin_anew(told)
        fail_once_after(told.github, well)
        told.tell()
        told.tell()
        assert state_of(told.row()) == "told"
        assert (len(told.github.check_runs), len(told.github.issues), len(told.github.comments)) == (1, 1, 1)
        assert told.check_run()["conclusion"] == "success"
    assert well > len(told.github.asked), "each of them failed once"


def begin_anew(told: Told) -> None:
    """Let nobody know of anything that was told."""
    github = told.github
    for each in (github.asked, github.check_runs, github.annotations, github.issues, github.comments, github.tokens):
        each.clear()
    told.answers.app.forget()
    with transaction(told.api.engine) as session:
        session.execute(update(GithubCheck).values(check_run_id=None, digest=""))
        session.execute(
            update(GithubAnswer).values(
                issue=None, comment_id=None, comment_digest="", claimed_until=None, next_at=utc_now()
            )
        )


def lose_once_after(github: Github, written: int) -> None:
    """Have GitHub do what is asked for once without an answer, after so many requests that wrote something."""
    github.losing = written + 1


def fail_once_after(github: Github, requests: int) -> None:
    """Have GitHub fail once, after so many requests that went well."""
    answer = github.answer

    def once(*given: Any) -> tuple[int, Any]:
        if len(github.asked) > requests:
            github.answer = answer  # type: ignore[method-assign]
            return 502, {"message": "Server Error"}
        return answer(*given)

    github.answer = once  # type: ignore[method-assign]


def test_whatever_is_answered_is_a_problem_in_one_sentence_and_tried_again(told: Told) -> None:
    told.push()
    for status in (301, 400, 401, 403, 404, 422, 500, 503):
        begin_anew(told)
        told.github.failing = [(status, {"Location": f"{told.github.url}/elsewhere"})]
        told.tell()
        assert not any("elsewhere" in path for _, path in told.github.asked), "what is sent holds a token"
        more = ": head_sha is invalid" if status == 422 else ""
        assert told.row().problem == f"GitHub answered {status}: an odd word{more}."
        told.tell()
        assert state_of(told.row()) == "told"


def test_an_answer_of_another_shape_is_no_defect_of_ours(told: Told) -> None:
    told.push()
    told.github.failing = [(200, {})]
    told.tell()
    assert told.row().problem.startswith("GitHub could not be reached, or did not answer as it does")


def test_who_is_asked_to_wait_waits(told: Told) -> None:
    told.push()
    limits: tuple[tuple[int, dict[str, str], int], ...] = (
        (429, {"Retry-After": "90"}, 80),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "4000000000"}, 7000),
        (403, {"Retry-After": "1000000"}, 7000),
        (500, {}, 5),
        (429, {"Retry-After": "soon"}, 50),
        (403, {"message": "You have exceeded a secondary rate limit."}, 50),
    )
    for status, headers, least in limits:
        begin_anew(told)
        told.github.failing = [(status, headers)]
        assert told.answers.tell_due() == 1
        row = told.row()
        assert row.next_at is not None
        assert least < (row.next_at - utc_now()).total_seconds() < 7300
        assert row.problem
        before = list(told.github.asked)
        if status != 500:
            for _ in range(10):
                assert told.tell() == 0, "nothing is asked meanwhile, whatever is due"
        assert told.github.asked == before
        told.clock[0] += 7300
        told.tell()
        assert (state_of(told.row()), told.row().problem) == ("told", "")


def test_to_wait_as_long_as_asked_uses_up_no_try(told: Told) -> None:
    told.push()
    for _ in range(9):
        told.github.failing = [(429, {"Retry-After": "60"})]
        assert told.tell() == 1
        told.clock[0] += 61
    assert state_of(told.row()) == "waiting"
    told.tell()
    assert state_of(told.row()) == "told"


def test_a_commit_that_is_gone_keeps_nothing_else_from_being_told(told: Told) -> None:
    """The candidate forced a push, and GitHub has cleaned up."""
    gone = told.push()
    with reading(told.api.engine) as session:
        told.github.gone = set(session.scalars(select(GithubRun.sha).where(GithubRun.submission_id == gone)))
    left = told.push()
    told.tell()
    assert [row["external_id"] for row in told.github.check_runs.values()] == [left]
    assert "| 2 |" in told.comment()
    assert "No commit found for SHA" in told.row().problem


def test_a_claim_holds_for_as_long_as_its_worker_is_at_it(told: Told) -> None:
    for _ in range(2):
        told.push()
    answer, left_s = told.github.answer, []

    def slowly(*given: Any) -> tuple[int, Any]:
        if given[0] != "GET" and "access_tokens" not in given[1]:
            until = told.row().claimed_until
            assert until is not None
            left_s.append((until - utc_now()).total_seconds())
            with transaction(told.api.engine) as session:
                session.execute(update(GithubAnswer).values(claimed_until=utc_now()))
        return answer(*given)

    told.github.answer = slowly  # type: ignore[method-assign]
    told.tell()
    assert len(left_s) == 4, "two check runs, an issue and a comment"
    assert min(left_s) > 500


def test_who_was_given_up_for_dead_tells_nothing_more(told: Told) -> None:
    told.push()
    with transaction(told.api.engine) as session:
        (late,) = claim(session, 1)
        session.execute(update(GithubAnswer).values(claimed_until=utc_now()))
    assert told.answers.tell_due() == 1
    before = list(told.github.asked)
    told.answers.try_to_tell(late)
    assert told.github.asked == before
    assert state_of(told.row()) == "told"


def test_an_annotation_that_holds_no_more_is_not_shown_any_longer(told: Told) -> None:
    """GitHub takes none away, but shows the newest check run of a name alone."""
    submission = told.push("work", work__train_py=TRAIN)
    report = grade(told.api, submission)
    told.judge(submission, **DECIDED)
    told.tell()
    ((first, before),) = [(key, list(rows)) for key, rows in told.github.annotations.items()]
    judged = next(item.id for part in report.dimensions for item in part.criteria if item.title == before[0]["title"])
    told.judge(submission, kind="override", criterion=judged, verdict="met", text="It is.")
    for lost in range(2):
        lose_once_after(told.github, lost)
        told.tell()
    told.tell()
    assert state_of(told.row()) == "told"
    second = max(told.github.check_runs)
    assert sorted(told.github.check_runs) == [first, second], "one more, whatever was lost on the way"
    assert before[0] not in told.github.annotations[second]
    assert told.github.annotations[second] == [row for row in before if row["title"] != before[0]["title"]]
    told.judge(submission, kind="comment", text="For us.")
    told.tell()
    assert len(told.github.check_runs) == 2


def test_a_comment_whose_issue_was_moved_away_is_made_anew(told: Told) -> None:
    submission = told.push()
    told.tell()
    told.github.moved = set(told.github.comments)
    told.github.issues.clear()
    grade(told.api, submission)
    told.tell()
    assert (len(told.github.issues), len(told.github.comments)) == (1, 2)
    assert state_of(told.row()) == "told"


def test_a_clock_that_is_wrong_by_minutes_keeps_nothing_back(told: Told) -> None:
    told.push()
    for ahead_s in (-240.0, 240.0):
        told.github.ahead_s = ahead_s
        begin_anew(told)
        told.tell()
        assert (state_of(told.row()), told.row().problem) == ("told", "")


def test_it_is_given_up_after_a_time_and_begun_anew_once_something_changes(told: Told) -> None:
    submission = told.push()
    told.github.installations = []
    for _ in range(9):
        told.tell()
    assert state_of(told.row()) == "given_up"
    assert told.row().problem == "The App is not installed at the repository's owner."
    assert told.tell() == 0
    told.github.installations = [installation(OWNER)]
    grade(told.api, submission)
    assert told.tell() == 1
    assert told.check_run()["conclusion"] == "success"


def test_what_was_given_up_is_told_by_a_worker_that_begins_anew(told: Told) -> None:
    told.push()
    told.github.installations = []
    for _ in range(9):
        told.tell()
    told.github.installations = [installation(OWNER)]
    leaving = threading.Event()
    worker = threading.Thread(target=told.answers.run, args=(leaving,))
    worker.start()
    wait_for(lambda: state_of(told.row()) == "told")
    leaving.set()
    worker.join()
    assert told.check_run()["status"] == "queued"


def test_what_the_app_may_not_do_is_said_in_a_sentence(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    told.push()
    others = [installation(str(number), number) for number in range(1, 150)]
    for installed, said in (
        (others, "not installed at the repository's owner"),
        ([*others, installation(OWNER, suspended_at="2026-11-01T12:00:00Z")], "suspended"),
        ([installation(OWNER, permissions={"issues": "write"})], "give it the permission Checks"),
    ):
        told.github.installations = installed
        told.answers.app.forget()
        told.tell()
        assert said in told.row().problem
    told.github.installations, told.github.owner_id = [*others, installation(OWNER)], "4711"
    told.answers.app.forget()
    told.tell()
    assert "belongs to another owner now" in told.row().problem
    assert told.github.written() == []
    assert "ghs_" not in caplog.text
    assert "BEGIN" not in caplog.text


def test_without_the_permission_for_issues_there_is_a_check_run_and_no_comment(told: Told) -> None:
    told.github.permissions = {"checks": "write"}
    told.github.installations = [installation(OWNER, permissions={"checks": "write", "metadata": "read"})]
    told.push()
    told.tell()
    assert state_of(told.row()) == "told"
    assert told.check_run()["status"] == "queued"
    assert not told.github.issues


def test_where_issues_are_switched_off_the_check_run_is_told_all_the_same(told: Told) -> None:
    told.github.has_issues = False
    told.push()
    told.tell()
    assert told.check_run()["status"] == "queued"
    assert "Issues are switched off" in told.row().problem


def test_a_comment_that_was_deleted_is_made_anew_and_anothers_is_left_alone(told: Told) -> None:
    submission = told.push()
    told.tell()
    ((key, ours),) = list(told.github.comments.items())
    user = {**ours["user"], "login": "ada"}
    told.github.comments = {1: {**ours, "id": 1, "user": user}}
    grade(told.api, submission)
    told.tell()
    assert len(told.github.comments) == 2
    assert told.github.comments[1]["body"] == ours["body"]
    assert key not in told.github.comments
    assert len(told.github.issues) == 1
    told.github.comments.clear()
    told.github.issues.clear()
    told.judge(submission, **DECIDED)
    told.tell()
    assert (len(told.github.issues), len(told.github.comments)) == (1, 1)


def test_a_check_run_of_somebody_else_with_our_name_is_left_alone(told: Told) -> None:
    submission = told.push()
    sha = repository(told.folder)
    with reading(told.api.engine) as session:
        assert session.get_one(GithubCheck, submission).check_run_id is None
    forged = {"name": "take-home / churn", "external_id": submission, "head_sha": sha, "status": "completed"}
    told.github.check_runs[1] = {**forged, "conclusion": "success", "output": {"title": "", "summary": ""}, "by": "x"}
    told.github.annotations[1] = []
    told.tell()
    assert told.github.check_runs[1]["conclusion"] == "success"
    assert len(told.github.check_runs) == 2


def test_a_repository_that_has_another_name_now_is_found_by_its_id(told: Told) -> None:
    submission = told.push()
    told.tell()
    told.github.name = "ada/renamed"
    grade(told.api, submission)
    told.tell()
    told.tell()
    assert told.check_run()["conclusion"] == "success"
    assert state_of(told.row()) == "told"


def test_a_repository_that_was_transferred_is_told_once_its_new_owner_is_named(told: Told) -> None:
    submission = told.push()
    told.tell()
    told.github.owner_id, told.github.installations = "4711", [installation("4711")]
    told.answers.app.forget()
    grade(told.api, submission)
    told.tell()
    assert told.row().problem == "The App is not installed at the repository's owner."
    named = {"repository": {"id": REPOSITORY, "owner_id": "4711"}}
    changed = told.api.client.patch(f"/api/v1/invitations/{told.invitation}", json=named, headers=told.author)
    assert changed.status_code == 200, changed.text
    assert told.answers.tell_due() == 1, "at once"
    assert told.check_run()["conclusion"] == "success"
    assert state_of(told.row()) == "told"


def test_nothing_is_told_of_a_repository_that_is_no_longer_bound(told: Told) -> None:
    told.push()
    with transaction(told.api.engine) as session:
        session.execute(update(BoundRepository).values(repository_id="99"))
    told.tell()
    assert told.github.written() == []
    assert state_of(told.row()) == "told"


def test_of_who_is_erased_nothing_is_kept_or_told(told: Told) -> None:
    submission = told.push()
    told.tell()
    grade(told.api, submission)
    candidate = told.api.client.get(f"/api/v1/invitations/{told.invitation}", headers=told.author).json()["candidate"]
    erased = told.api.client.delete(f"/api/v1/candidates/{candidate['id']}", headers=told.api.as_("admin"))
    assert erased.status_code in (200, 204), erased.text
    before = told.github.written()
    assert told.tell() == 0
    assert told.github.written() == before
    with reading(told.api.engine) as session:
        assert session.scalars(select(GithubAnswer)).all() == []
        assert session.scalars(select(GithubCheck)).all() == []


def test_whoever_is_erased_while_it_is_told_is_erased(told: Told) -> None:
    """The worker has the answer, and goes on to the check run, as the erasing waits for the answer."""
    submission = told.push()
    candidate = told.api.client.get(f"/api/v1/invitations/{told.invitation}", headers=told.author).json()["candidate"]
    erasing, admin = f"/api/v1/candidates/{candidate['id']}", told.api.as_("admin")
    with transaction(told.api.engine) as session:
        (claimed,) = claim(session, 1)
    with ThreadPoolExecutor(1) as thread:
        with transaction(told.api.engine) as session:
            assert held(session, claimed)
            erased = thread.submit(told.api.client.delete, erasing, headers=admin)
            wait_for(lambda: is_waited_for(told.api.engine))
            session.get_one(GithubCheck, submission, with_for_update=True).check_run_id = 1
        assert erased.result().status_code == 200, erased.result().text


def is_waited_for(engine: Engine) -> bool:
    """Return whether somebody waits for a lock; always, where one lock is all there is."""
    if engine.dialect.name == "sqlite":
        return True
    with reading(engine) as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_workers_that_look_at_once_tell_it_once(told: Told) -> None:
    for _ in range(3):
        told.push()
    threads = [threading.Thread(target=told.answers.tell_due) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.tell()
    assert (len(told.github.check_runs), len(told.github.issues), len(told.github.comments)) == (3, 1, 1)


def push_for_another_assignment(told: Told) -> str:
    """Hand in from the same repository for another assignment, and return its invitation."""
    publish(told.api, CHURN.parent / "sms-triage")
    made = invite(told.api, told.author, assignment="sms-triage", **INVITED)
    told.push(assignment="sms-triage")
    return str(made["id"])


def test_two_invitations_of_a_repository_that_are_told_at_once_share_one_issue(told: Told) -> None:
    """The second one comes to be due as the first one has looked for an issue, and found none."""
    told.push()
    second, answer = push_for_another_assignment(told), told.github.answer
    key = told.api.settings.github_app_key
    assert key is not None
    beside = replace(told.answers, app=GithubApp(told.github.url, APP, read_key(key), pace_s=0))

    def meanwhile(*given: Any) -> tuple[int, Any]:
        found = answer(*given)
        if given[:2] == ("GET", "/repos/ada/churn/issues"):
            told.github.answer = answer  # type: ignore[method-assign]
            let_be_due(told, second, utc_now())
            beside.tell_due()
        return found

    let_be_due(told, second, None)
    told.github.answer = meanwhile  # type: ignore[method-assign]
    assert told.answers.tell_due() == 1
    assert told.github.answer == answer, "the first one has looked"
    assert beside.tell_due() == 1
    assert (len(told.github.issues), len(told.github.comments), len(told.github.check_runs)) == (1, 2, 2)
    with reading(told.api.engine) as session:
        assert {state_of(row) for row in session.scalars(select(GithubAnswer))} == {"told"}


def let_be_due(told: Told, invitation: str, at: datetime | None) -> None:
    with transaction(told.api.engine) as session:
        session.execute(update(GithubAnswer).where(GithubAnswer.invitation_id == invitation).values(next_at=at))


def test_who_claims_as_another_does_claims_nothing_of_its_repository(told: Told) -> None:
    told.push()
    push_for_another_assignment(told)

    def claimed() -> list[Claim]:
        with transaction(told.api.engine) as session:
            return claim(session, 1)

    with ThreadPoolExecutor(1) as thread:
        with transaction(told.api.engine) as session:
            (first,) = claim(session, 1)
            late = thread.submit(claimed)
            wait_for(lambda: late.done() or is_waited_for(told.api.engine))
        assert late.result() == []
    with transaction(told.api.engine) as session:
        settle(session, first, "")
    assert [one.invitation_id != first.invitation_id for one in claimed()] == [True]


def test_a_worker_that_lost_its_claim_writes_nothing_down(told: Told) -> None:
    submission = told.push()
    answer = told.github.answer

    def meanwhile(*given: Any) -> tuple[int, Any]:
        if given[0] == "POST" and given[1].endswith("/check-runs"):
            with transaction(told.api.engine) as session:
                session.execute(update(GithubAnswer).values(claim="another's"))
        return answer(*given)

    told.github.answer = meanwhile  # type: ignore[method-assign]
    told.tell()
    with reading(told.api.engine) as session:
        assert session.get_one(GithubCheck, submission).check_run_id is None
    assert told.row().claim == "another's"
    told.github.answer = answer  # type: ignore[method-assign]
    with transaction(told.api.engine) as session:
        session.execute(update(GithubAnswer).values(claimed_until=utc_now()))
    told.tell()
    assert len(told.github.check_runs) == 1, "it was found again"


def test_without_an_app_nothing_is_noted_to_be_told(told: Told) -> None:
    settings = told.api.settings.model_copy(update={"github_app": "", "github_app_key": None})
    with TestClient(create_app(settings), base_url=settings.public_url) as client:
        Told(
            Serving(client, told.api.engine, settings),
            told.github,
            told.issuer,
            told.answers,
            told.folder,
            told.author,
            told.invitation,
            told.clock,
        ).push()
    with reading(told.api.engine) as session:
        assert session.scalars(select(GithubAnswer)).all() == []


def test_the_log_of_a_try_that_failed_names_neither_candidate_nor_repository(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    told.push()
    told.github.failing = [(500, {})]
    with caplog.at_level(logging.INFO):
        told.tell()
    assert told.invitation in caplog.text
    for name in ("ada", "Ada", "churn", SLUG):
        assert name not in caplog.text


def test_which_run_it_was_is_told_once_names_are_and_on_the_review_page(told: Told) -> None:
    submission = told.push("work", work__train_py=TRAIN)
    grade(told.api, submission)
    reviewer, client = told.api.as_("reviewer"), told.api.client
    with transaction(told.api.engine) as session:
        add_user(session, "grace@example.org", "reviewer", PASSWORD)
    here = {"Origin": "http://127.0.0.1:8000"}
    client.post("/sign-in", data={"email": "grace@example.org", "password": PASSWORD}, headers=here)
    address, page = f"/api/v1/submissions/{submission}/runs", f"/submissions/{submission}/review"
    assert client.get(address, headers=reviewer).json() == []
    assert "ada/churn" not in client.get(page).text
    told.judge(submission, **DECIDED)
    (run,) = client.get(address, headers=reviewer).json()
    known = {"repository": "ada/churn", "run_id": "9700000001", "actor": "ada", "event": "push", "folder": "work"}
    assert run.items() >= known.items()
    assert f"<code>{run['sha'][:12]}</code>" in client.get(page).text
    assert "run 9700000001" in client.get(page).text


def test_a_run_is_linked_to_where_its_issuer_is() -> None:
    run = GithubRun(repository="ada/churn")
    assert address_of(run, "https://token.actions.githubusercontent.com") == "https://github.com/ada/churn"
    assert address_of(run, "https://git.acme.example/_services/token") == "https://git.acme.example/ada/churn"
    assert address_of(run, "http://127.0.0.1:5000") == ""


def test_a_summary_is_what_a_candidate_may_read_by_now_whoever_asks(told: Told) -> None:
    submission = told.push()
    address = f"/api/v1/submissions/{submission}/summary"
    queued = told.api.client.get(address, headers=told.author)
    assert queued.headers["content-type"].startswith("text/markdown")
    assert "In line to be graded" in queued.text
    grade(told.api, submission)
    reviewer = told.api.as_("reviewer")
    for asker in (told.author, reviewer):
        assert "once the reviewers have released it" in told.api.client.get(address, headers=asker).text
    told.judge(submission, **DECIDED)
    told.tell()
    for asker in (told.author, reviewer):
        assert told.api.client.get(address, headers=asker).text == told.check_run()["output"]["summary"]
    assert "| **Score** |" in told.check_run()["output"]["summary"]
    other = invite(told.api, told.author, "Bea Other")
    assert told.api.client.get(address, headers=bearer(other["token"])).status_code == 404
    assert told.api.client.get(address).status_code == 401
