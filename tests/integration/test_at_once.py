"""The same asked for by many at once is done once: on PostgreSQL they do not wait for each other of themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
from graded import bearer, grade, hand_in, invite
from serving import Serving
from test_posting import made, post

AT_ONCE = 8


def answers(ask: Callable[[int], httpx2.Response]) -> list[httpx2.Response]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(ask, range(AT_ONCE)))


def test_the_same_request_at_once_is_one_submission_and_each_is_told_which(api: Serving) -> None:
    headers = api.as_("author") | {"Idempotency-Key": "one"}
    files, data = {"file": ("work.py", b"print(1)")}, {"assignment": "churn"}
    told = answers(lambda _: api.client.post("/api/v1/submissions", data=data, files=files, headers=headers))
    assert Counter(answer.status_code for answer in told) == {201: 1, 200: AT_ONCE - 1}
    assert len({answer.json()["id"] for answer in told}) == 1
    assert {answer.headers["location"] for answer in told} == {f"/api/v1/submissions/{told[0].json()['id']}"}


def test_the_same_report_posted_at_once_is_one_submission(api: Serving) -> None:
    token, (_, body) = api.token_of("author", "post"), made()
    told = answers(lambda _: post(api, token, body))
    assert Counter(answer.status_code for answer in told) == {201: 1, 200: AT_ONCE - 1}
    assert len({answer.json()["id"] for answer in told}) == 1


def test_nobody_is_invited_twice(api: Serving) -> None:
    author, given = api.as_("author"), {"assignment": "churn", "name": "Bea", "email": "bea@example.org"}
    told = answers(lambda _: api.client.post("/api/v1/invitations", json=given, headers=author))
    assert Counter(answer.status_code for answer in told) == {201: 1, 422: AT_ONCE - 1}


def test_no_more_is_taken_than_there_are_attempts(api: Serving) -> None:
    candidate = bearer(invite(api, api.as_("author"), attempts=2)["token"])
    files = {"file": ("work.py", b"print(1)")}
    told = answers(lambda _: api.client.post("/api/v1/submissions", files=files, headers=candidate))
    assert Counter(answer.status_code for answer in told) == {201: 2, 403: AT_ONCE - 2}


def test_one_reviewer_decides_and_the_others_are_told_that_it_has_changed(api: Serving) -> None:
    submission, reviewer = hand_in(api, api.as_("author")), api.as_("reviewer")
    grade(api, submission)
    address = f"/api/v1/submissions/{submission}"
    etag = api.client.get(f"{address}/report", headers=reviewer).headers["etag"]
    given = {"kind": "decision", "verdict": "advance", "text": "Good."}
    headers = reviewer | {"If-Match": etag}
    told = answers(lambda _: api.client.post(f"{address}/reviews", json=given, headers=headers))
    assert Counter(answer.status_code for answer in told) == {201: 1, 412: AT_ONCE - 1}


def test_what_one_batch_takes_is_left_out_of_the_others(api: Serving) -> None:
    author = api.as_("author")
    grade(api, hand_in(api, author))
    given = {"assignment": "churn", "kind": "score", "reason": "Again."}
    told = answers(lambda _: api.client.post("/api/v1/batches", json=given, headers=author))
    assert Counter(answer.status_code for answer in told) == {201: 1, 422: AT_ONCE - 1}
