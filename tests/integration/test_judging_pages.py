"""Reviewers judge in a browser alone: the ranking, overrides, comments, the decision, and what is refused there."""

from __future__ import annotations

import html
import re

import httpx2
import pytest
from graded import bearer, grade, hand_in, invite
from serving import PASSWORD, Serving
from test_reviewing import faulted

from grader.model import Report
from grader.report.reviewed import criteria_by_id
from grader.store.database import transaction
from grader.store.people import add_user

HERE = {"Origin": "http://127.0.0.1:8000"}


@pytest.fixture
def graded(api: Serving) -> tuple[str, Report, str]:
    """Return a candidate's submission, its report and the candidate's token; a reviewer is signed in."""
    made = invite(api, api.as_("author"), attempts=2)
    submission = hand_in(api, bearer(made["token"]))
    report = grade(api, submission)
    with transaction(api.engine) as session:
        add_user(session, "grace@example.org", "reviewer", PASSWORD, "Grace Hopper")
    api.client.post("/sign-in", data={"email": "grace@example.org", "password": PASSWORD}, headers=HERE)
    return submission, report, str(made["token"])


def page_of(api: Serving, submission: str) -> str:
    return html.unescape(api.client.get(f"/submissions/{submission}/review").text)


def send(api: Serving, submission: str, page: str, kind: str, **fields: str) -> httpx2.Response:
    """Send a form of the page as a browser does."""
    (version,) = set(re.findall(r'name="version" value="([^"]+)"', page))
    form = {"kind": kind, "version": version, **fields}
    return api.client.post(f"/submissions/{submission}/review", data=form, headers=HERE)


def test_a_verdict_is_changed_by_a_form_and_taken_back(api: Serving, graded: tuple[str, Report, str]) -> None:
    submission, report, _ = graded
    criterion = faulted(report)
    title, first = criteria_by_id(report)[criterion].title, page_of(api, submission)
    assert f"{title}: Not met" in first
    reason = "<b>It is fitted</b> in the pipeline."
    said = send(api, submission, first, "override", criterion=criterion, verdict="met", text=reason)
    assert said.status_code == 200
    assert "<b>" not in said.text
    page = page_of(api, submission)
    assert reason in page
    assert f"{title}: Met (a reviewer)" in page
    assert "With what reviewers judged otherwise it is" in page
    assert "What reviewers judged otherwise" in api.client.get(f"/submissions/{submission}").text
    send(api, submission, page, "override", criterion=criterion, verdict="", text="I erred.")
    assert f"{title}: as the rubric judged it" in page_of(api, submission)
    assert "With what reviewers judged otherwise" not in page_of(api, submission)


def test_a_decision_names_the_candidate_and_lets_them_read(api: Serving, graded: tuple[str, Report, str]) -> None:
    submission, _, token = graded
    page = page_of(api, submission)
    assert "Ada Lovelace" not in page
    early = send(api, submission, page, "release")
    assert early.status_code == 409
    assert "The candidate may still hand in, so their result is not released. Decide, wait" in early.text
    send(api, submission, page, "comment", text="Let us talk\r\nfirst.")
    send(api, submission, page_of(api, submission), "decision", verdict="advance", text="A sound work.")
    page = page_of(api, submission)
    for told in (
        "Ada Lovelace, ada@example.org. <strong>The decision is to advance.",
        "A sound work.",
        "Let us talk\nfirst.",
    ):
        assert told in page
    assert "without a decision" not in page
    result = api.client.get(f"/api/v1/submissions/{submission}/result", headers=bearer(token))
    assert result.status_code == 200
    assert "Ada Lovelace" in api.client.get("/ranking/churn").text


def test_what_is_wrong_is_said_on_the_page_and_no_word_is_lost(api: Serving, graded: tuple[str, Report, str]) -> None:
    submission, report, _ = graded
    page, given = page_of(api, submission), {"criterion": faulted(report), "verdict": "met"}
    send(api, submission, page, "comment", text="I was faster.")
    late = send(api, submission, page, "override", **given, text="A long thought.")
    assert late.status_code == 412
    assert "Look at it as it is now" in late.text
    assert ">A long thought.</textarea>" in late.text
    assert send(api, submission, page_of(api, submission), "override", **given, text=" ").status_code == 422
    wrong = send(api, submission, page_of(api, submission), "override", criterion="no.such", verdict="met", text="x")
    assert "the report judges none of this name" in wrong.text
    assert send(api, submission, page_of(api, submission), "praise", text="x").status_code == 422
    address = f"/submissions/{submission}/review"
    for headers in ({"Origin": "https://evil.example"}, {}):
        refused = api.client.post(address, data={"kind": "comment", "version": "x", "text": "x"}, headers=headers)
        assert refused.status_code == 403
    assert "I was faster." in page_of(api, submission)
    assert api.client.get("/submissions/nothing/review").status_code == 404


def test_neither_candidates_nor_nobody_reach_the_reviewers_pages(api: Serving, graded: tuple[str, Report, str]) -> None:
    submission, _, token = graded
    api.client.cookies.clear()
    api.client.get(f"/i/{token}")
    for address in (f"/submissions/{submission}/review", "/ranking/churn", "/"):
        assert str(api.client.get(address).url).endswith("/sign-in")
    form = {"kind": "decision", "version": "x", "verdict": "advance", "text": "Me!"}
    assert str(api.client.post(f"/submissions/{submission}/review", data=form, headers=HERE).url).endswith("/sign-in")
    assert api.client.get(f"/api/v1/submissions/{submission}/result", headers=bearer(token)).status_code == 409


def test_the_ranking_shows_places_and_the_way_to_the_exports(api: Serving, graded: tuple[str, Report, str]) -> None:
    submission, report, _ = graded
    better = hand_in(api, api.as_("author"), "print('another')\n")
    mark = grade(api, better, 0.9)
    assert mark.score is not None
    assert report.score is not None
    page = api.client.get("/ranking/churn").text
    assert 0 < page.index(f"{mark.score:.1f}") < page.index(f"{report.score:.1f}")
    assert f'href="/submissions/{submission}/review"' in page
    assert "Ada" not in page
    assert 'href="/ranking/churn"' in api.client.get("/").text
    export = api.client.get("/api/v1/assignments/churn/export.csv")
    assert export.text.count("\r\n") == 3
    assert api.client.get("/ranking/nothing").status_code == 404
