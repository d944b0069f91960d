"""What does not fit is refused in one shape, with a code that says which of many things it was."""

from __future__ import annotations

import pytest
from graded import bearer, grade, hand_in, invite
from serving import Serving
from test_handing_in import WORK

JSON_TAKEN = ("/api/v1/invitations", "/api/v1/batches", "/api/v1/session", "/api/v1/reports")
FORMS_TAKEN = ("/api/v1/submissions", "/api/v1/assignments")
SIGNED = {"X-Grader-Key": "a", "X-Grader-Timestamp": "1", "X-Grader-Signature": "v1=0"}


@pytest.mark.parametrize("path", [*JSON_TAKEN, *FORMS_TAKEN])
def test_a_body_of_another_type_is_415_and_the_right_one_is_named(api: Serving, path: str) -> None:
    other, right = ("text/plain", "application/json") if path in JSON_TAKEN else ("application/json", "form-data")
    headers = api.as_("author") | SIGNED | {"Content-Type": other}
    refused = api.client.post(path, content=b"{}", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (415, "request.media_type")
    assert right in refused.json()["hint"]
    assert refused.headers["content-type"] == "application/problem+json"


def test_every_address_that_takes_a_body_says_so_in_its_description(api: Serving) -> None:
    paths = api.client.get("/api/v1/openapi.json").json()["paths"]
    taking = [operation for methods in paths.values() for operation in methods.values() if "requestBody" in operation]
    assert len(taking) >= 10
    assert all("request.media_type" in operation["responses"]["415"]["description"] for operation in taking)


def test_json_with_a_character_set_and_json_of_a_kind_are_taken(api: Serving) -> None:
    author = api.as_("author")
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json", "Application/JSON"):
        answer = api.client.post("/api/v1/invitations", content=b"{}", headers=author | {"Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


def test_405_names_all_methods_of_the_address(api: Serving) -> None:
    for path, allowed in (
        ("/api/v1/submissions", "GET, POST"),
        ("/api/v1/invitations/0", "DELETE, GET, PATCH"),
        ("/api/v1/session", "DELETE, GET, POST"),
    ):
        refused = api.client.put(path)
        assert (refused.status_code, refused.json()["code"]) == (405, "request.method")
        assert refused.headers["allow"] == allowed


def test_what_does_not_fit_is_told_of_the_request_and_not_of_a_command(api: Serving) -> None:
    author = api.as_("author")
    invite(api, author)
    given = {"assignment": "churn", "name": "Ada", "email": "ada@example.org"}
    twice = api.client.post("/api/v1/invitations", json=given, headers=author)
    assert (twice.status_code, twice.json()["code"]) == (422, "request.invalid")
    assert twice.json()["detail"] == "They are invited to churn already."
    assert "command" not in twice.text


def test_an_empty_file_and_one_for_another_assignment_cost_no_attempt(api: Serving) -> None:
    made = invite(api, api.as_("author"))
    candidate, address = bearer(made["token"]), "/api/v1/submissions"
    empty = api.client.post(address, files={"file": ("work.py", b"")}, headers=candidate)
    assert (empty.status_code, empty.json()["detail"]) == (422, "file: it is empty.")
    other = api.client.post(address, data={"assignment": "x"}, files={"file": ("a.py", b"1")}, headers=candidate)
    assert (other.status_code, other.json()["code"]) == (422, "request.invalid")
    assert api.client.get(f"/api/v1/invitations/{made['id']}", headers=candidate).json()["used"] == 0
    assert api.client.post(address, files={"file": ("a.py", b"1")}, headers=candidate).status_code == 201


def test_a_closed_assignment_is_said_to_be_closed_and_published_again_takes_works(api: Serving) -> None:
    author = api.as_("author")
    candidate = bearer(invite(api, author)["token"])
    api.client.post("/api/v1/assignments/churn/close", headers=author)
    for who in (author, candidate):
        files = {"file": ("work.zip", WORK)}
        refused = api.client.post("/api/v1/submissions", data={"assignment": "churn"}, files=files, headers=who)
        assert (refused.status_code, refused.json()["code"]) == (403, "submission.assignment_closed")
    token = candidate["Authorization"].removeprefix("Bearer ")
    assert "The assignment is closed" in api.client.get(f"/i/{token}").text


def test_who_has_read_a_result_hands_nothing_more_in(api: Serving) -> None:
    author, reviewer = api.as_("author"), api.as_("reviewer")
    made = invite(api, author)
    candidate = bearer(made["token"])
    submission = hand_in(api, candidate)
    grade(api, submission)
    released = api.client.post(
        f"/api/v1/submissions/{submission}/reviews", json={"kind": "release"}, headers=reviewer | {"If-Match": "*"}
    )
    assert released.status_code == 201, released.text
    assert api.client.get(f"/api/v1/submissions/{submission}/result", headers=candidate).status_code == 200
    more = api.client.patch(f"/api/v1/invitations/{made['id']}", json={"attempts": 2}, headers=author)
    assert (more.status_code, "released" in more.json()["detail"]) == (422, True)
    again = api.client.post("/api/v1/submissions", files={"file": ("a.py", b"1")}, headers=candidate)
    assert (again.status_code, again.json()["code"]) == (403, "invitation.released")
