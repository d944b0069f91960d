"""The plain pages: a candidate hands in with the link of an invitation, a reviewer signs in and reads."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

from graded import bearer, grade, hand_in
from serving import CHURN, PASSWORD, Serving
from sqlalchemy import select
from test_handing_in import WORK
from test_reviewing import say

from grader.assignment import load_assignment
from grader.store.base import utc_now
from grader.store.blobs import open_blobs
from grader.store.database import transaction
from grader.store.people import add_user
from grader.store.secrets_shown import new_token
from grader.store.tables import Candidate, Invitation, StoredAssignment, StoredSubmission
from grader.wiring import packet_of

HERE = {"Origin": "http://127.0.0.1:8000"}


def invite(api: Serving, attempts: int = 2) -> str:
    """Return the token of a candidate's invitation."""
    with transaction(api.engine) as session:
        candidate = Candidate(name="Ada <script>", email="ada@example.org")
        session.add(candidate)
        session.flush()
        invitation = Invitation(assignment="churn", candidate_id=candidate.id, attempts=attempts)
        session.add(invitation)
        session.flush()
        return new_token(session, "invitation", invitation_id=invitation.id)[0]


def test_an_invitations_link_opens_the_brief_the_form_and_the_status(api: Serving) -> None:
    opened = api.client.get(f"/i/{invite(api)}")
    assert opened.status_code == 200
    assert str(opened.url).endswith("/hand-in"), "the token stands in the address of no page"
    assert "squeezing the last thousandth" in opened.text
    assert "0 of 2 attempts used" in opened.text
    sent = api.client.post("/hand-in", files={"file": ("work.zip", WORK)}, headers=HERE)
    assert "waiting in line" in sent.text
    assert "1 of 2 attempts used" in sent.text


def test_a_form_that_is_being_filled_in_is_not_loaded_anew_while_a_work_is_graded(api: Serving) -> None:
    api.client.get(f"/i/{invite(api)}")
    assert 'http-equiv="refresh"' not in api.client.get("/hand-in").text
    followed = api.client.post("/hand-in", files={"file": ("work.zip", WORK)}, headers=HERE).text
    assert 'http-equiv="refresh"' in followed
    assert "<form" not in followed
    assert 'href="/hand-in?form=1"' in followed
    filled_in = api.client.get("/hand-in?form=1").text
    assert 'http-equiv="refresh"' not in filled_in
    assert "<form" in filled_in
    assert "waiting in line" in filled_in


def test_the_packet_can_be_had_from_the_page(api: Serving) -> None:
    api.client.get(f"/i/{invite(api)}")
    assert "Download the packet" not in api.client.get("/hand-in").text, "there is none yet"
    blob = open_blobs(api.settings.service_blobs).put(packet_of(load_assignment(CHURN)))
    with transaction(api.engine) as session:
        session.get_one(StoredAssignment, "churn").packet = blob
    assert 'href="/api/v1/assignments/churn/packet"' in api.client.get("/hand-in").text
    packet = api.client.get("/api/v1/assignments/churn/packet")
    assert "churn/data/train.csv" in zipfile.ZipFile(io.BytesIO(packet.content)).namelist()


def test_a_page_that_takes_nothing_more_says_why_and_what_to_do(api: Serving) -> None:
    token = invite(api, attempts=1)
    api.client.get(f"/i/{token}")
    used = api.client.post("/hand-in", files={"file": ("work.zip", WORK)}, headers=HERE).text
    asked = "All attempts of the invitation are used. Ask whoever invited you whether there is another attempt."
    assert asked in used
    assert "<form" not in used
    late = api.client.post("/hand-in", files={"file": ("work.zip", WORK)}, headers=HERE)
    assert late.status_code == 403
    with transaction(api.engine) as session:
        session.scalars(select(Invitation)).one().deadline = utc_now() - timedelta(minutes=1)
    assert "The invitation&#39;s deadline has passed. Ask whoever" in api.client.get("/hand-in").text
    told = api.client.post("/api/v1/submissions", data={"git": "https://example.org/a"}, headers=bearer(token)).json()
    assert told["hint"] == "Ask whoever invited you whether there is another deadline."


def test_a_work_that_failed_says_so_in_words(api: Serving) -> None:
    token = invite(api)
    submission = hand_in(api, bearer(token))
    grade(api, submission)
    with transaction(api.engine) as session:
        row = session.get_one(StoredSubmission, submission)
        row.outcome, row.failure_code = "submission_failed", "notebook.cell_error"
    assert "It did not run to its end." in api.client.get(f"/i/{token}").text
    assert "A cell raised an exception." in api.client.get("/hand-in").text


def test_a_candidate_reads_their_result_on_a_page_once_it_is_decided_and_nobody_elses(api: Serving) -> None:
    token, reviewer = invite(api), api.as_("reviewer")
    submission = hand_in(api, bearer(token))
    report = grade(api, submission)
    page = f"/hand-in/results/{submission}"
    assert "Read the result" not in api.client.get(f"/i/{token}").text
    assert "You can read the result here once they have decided." in api.client.get("/hand-in").text
    early = api.client.get(page)
    assert early.status_code == 409
    assert "You can read it once the reviewers have decided." in early.text
    decided = say(api, submission, reviewer, "*", kind="decision", verdict="decline", text="For us alone.")
    assert decided.status_code == 201
    assert f'href="{page}"' in api.client.get("/hand-in").text
    result = api.client.get(f"/submissions/{submission}")  # where the App's check run leads to
    assert str(result.url).endswith(page)
    assert result.status_code == 200
    assert f"<strong>{report.score:.1f}</strong> of 100" in result.text
    assert report.dimensions[0].title in result.text
    for secret in ("For us alone.", "decline"):
        assert secret not in result.text
    api.client.cookies.clear()
    assert api.client.get(page).status_code == 404
    other = invite(api)
    api.client.get(f"/i/{other}")
    assert api.client.get(page).status_code == 404


def test_a_form_that_is_sent_twice_hands_in_once_and_with_another_work_is_said(api: Serving) -> None:
    opened = api.client.get(f"/i/{invite(api, attempts=3)}").text
    key = opened.partition('name="key" type="hidden" value="')[2].partition('"')[0]
    assert len(key) == 32
    for _ in range(2):
        sent = api.client.post("/hand-in", data={"key": key}, files={"file": ("work.zip", WORK)}, headers=HERE)
        assert "1 of 3 attempts used" in sent.text
    other = api.client.post("/hand-in", data={"key": key}, files={"file": ("work.py", b"1")}, headers=HERE)
    assert (other.status_code, "Choose this one again" in other.text) == (409, True)
    assert f'value="{key}"' not in other.text
    assert "1 of 3 attempts used" in other.text


def test_what_is_wrong_with_a_work_is_said_on_the_page(api: Serving) -> None:
    api.client.get(f"/i/{invite(api)}")
    wrong = api.client.post("/hand-in", files={"file": ("work.exe", WORK)}, headers=HERE)
    assert wrong.status_code == 422
    assert "its name must end in .zip" in wrong.text


def test_another_sites_form_hands_nothing_in(api: Serving) -> None:
    api.client.get(f"/i/{invite(api)}")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        refused = api.client.post("/hand-in", files={"file": ("work.zip", WORK)}, headers=headers)
        assert refused.status_code == 403
    assert "0 of 2 attempts used" in api.client.get("/hand-in").text


def test_a_wrong_link_opens_nothing(api: Serving) -> None:
    assert api.client.get("/i/thg_invitation_wrong").status_code == 404
    assert api.client.get("/hand-in").status_code == 404


def test_a_reviewer_signs_in_sees_the_list_and_signs_out(api: Serving) -> None:
    with transaction(api.engine) as session:
        add_user(session, "grace@example.org", "reviewer", PASSWORD)
    asked = api.client.get("/")
    assert str(asked.url).endswith("/sign-in")
    form = {"email": "grace@example.org", "password": "wrong"}
    refused = api.client.post("/sign-in", data=form, headers=HERE)
    assert (refused.status_code, 'value="grace@example.org"' in refused.text) == (401, True)
    assert "wrong" not in refused.text.replace("is wrong", ""), "the password is sent to nobody"
    listed = api.client.post("/sign-in", data=form | {"password": PASSWORD}, headers=HERE)
    assert "Nothing has been handed in yet" in listed.text
    api.client.post("/sign-out", headers=HERE)
    assert str(api.client.get("/").url).endswith("/sign-in")


def test_a_browser_is_told_on_a_page_what_a_program_is_told_in_json(api: Serving) -> None:
    shows = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    api.client.get(f"/i/{invite(api)}")
    foreign = api.client.post("/hand-in", data={"git": "x"}, headers=shows | {"Origin": "https://evil.example"})
    assert (foreign.status_code, foreign.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "<h1>A page of another site asked in your browser&#39;s name.</h1>" in foreign.text
    large = api.client.post("/sign-in", content=b"x" * 2_000_000, headers=HERE | shows)
    assert (large.status_code, "larger than" in large.text) == (413, True)
    assert "<h1>" in large.text
    missing = api.client.get("/nowhere<b>", headers=shows)
    assert (missing.status_code, "<h1>There is nothing here" in missing.text) == (404, True)
    assert api.client.get("/nowhere").json()["code"] == "request.not_found"
    assert api.client.get("/api/v1/submissions/nothing", headers=shows).json()["status"] == 404
