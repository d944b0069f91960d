"""The plain pages: a candidate hands in with the link of an invitation, a reviewer signs in and reads."""

from __future__ import annotations

from serving import PASSWORD, Serving
from test_handing_in import WORK

from grader.store.database import transaction
from grader.store.people import add_user
from grader.store.secrets_shown import new_token
from grader.store.tables import Candidate, Invitation

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
    assert api.client.post("/sign-in", data=form, headers=HERE).status_code == 401
    listed = api.client.post("/sign-in", data=form | {"password": PASSWORD}, headers=HERE)
    assert "Nothing has been handed in yet" in listed.text
    api.client.post("/sign-out", headers=HERE)
    assert str(api.client.get("/").url).endswith("/sign-in")
