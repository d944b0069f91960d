"""Handing in over the API: who may, what is stored, and that what is answered is queued."""

from __future__ import annotations

import io
import zipfile

import httpx2
from serving import Serving
from sqlalchemy import func, select

from grader.store.database import reading
from grader.store.tables import StoredSubmission
from grader.store.tables_of_operation import Job


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("predict.py", "print('hello')\n")
    return made.getvalue()


WORK = archive()


def hand_in(api: Serving, headers: dict[str, str], **more: str) -> httpx2.Response:
    files = {"file": ("work.zip", WORK, "application/zip")}
    return api.client.post("/api/v1/submissions", data={"assignment": "churn"}, files=files, headers=headers | more)


def test_a_file_that_is_handed_in_is_stored_and_queued(api: Serving) -> None:
    answer = hand_in(api, api.as_("author"))
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["state"] == "queued"
    with reading(api.engine) as session:
        job = session.scalars(select(Job)).one()
        assert job.submission_id == body["id"]
        assert job.state == "queued"


def test_the_same_request_again_is_the_same_submission(api: Serving) -> None:
    headers = api.as_("author") | {"Idempotency-Key": "one"}
    first, second = hand_in(api, headers), hand_in(api, headers)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    with reading(api.engine) as session:
        assert session.scalar(select(func.count()).select_from(StoredSubmission)) == 1


def test_nobody_and_who_may_not_are_refused_with_a_problem(api: Serving) -> None:
    nobody = hand_in(api, {})
    assert (nobody.status_code, nobody.json()["code"]) == (401, "identity.missing")
    assert nobody.headers["content-type"] == "application/problem+json"
    reviewer = hand_in(api, api.as_("reviewer"))
    assert (reviewer.status_code, reviewer.json()["code"]) == (403, "identity.forbidden")


def test_lists_go_on_where_the_page_before_ended(api: Serving) -> None:
    headers = api.as_("author")
    handed = [hand_in(api, headers).json()["id"] for _ in range(5)]
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = api.client.get("/api/v1/submissions", params=query, headers=headers).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == handed[::-1]


def test_an_archive_larger_than_any_is_taken_in_is_refused_at_the_door_and_costs_no_attempt(api: Serving) -> None:
    large = {"file": ("work.zip", WORK + bytes(20_000_001 - len(WORK)), "application/zip")}
    headers = api.as_("author")
    answer = api.client.post("/api/v1/submissions", data={"assignment": "churn"}, files=large, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
    assert "20 MB" in answer.json()["detail"]
    assert answer.json()["hint"] == "Leave out data, models and environments, and send it again."
    with reading(api.engine) as session:
        assert session.scalar(select(func.count()).select_from(StoredSubmission)) == 0
