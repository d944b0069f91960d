"""The ranking of an assignment and its export: best first, ties marked, one place a candidate, no formulas."""

from __future__ import annotations

import csv
import io
import threading
from datetime import timedelta
from typing import Any

from graded import bearer, fail, grade, hand_in, invite
from serving import Serving

from grader.store.base import utc_now
from grader.store.database import transaction
from grader.store.standing import settle_standing
from grader.store.tables import StoredSubmission


def store(api: Serving, *rows: tuple[str, float | None, float | None, float | None, str]) -> None:
    """Store submissions (id, score, low, high, outcome) as the grading of each leaves its row."""
    with transaction(api.engine) as session:
        for number, (name, score, low, high, outcome) in enumerate(rows):
            row = StoredSubmission(
                id=name,
                assignment="churn",
                name=f"submission-{name}",
                kind="archive",
                state="published",
                outcome=outcome,
                score=score,
                low=low,
                high=high,
                created_at=utc_now() + timedelta(seconds=number),
            )
            session.add(row)
            settle_standing([row])


def pages(api: Serving, headers: dict[str, str], limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query: dict[str, str | int] = {"limit": limit}
    while True:
        page = api.client.get("/api/v1/assignments/churn/ranking", params=query, headers=headers).json()
        found += page["items"]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


def test_the_best_stands_first_ties_are_marked_and_pages_do_not_change_a_place(api: Serving) -> None:
    store(
        api,
        ("c", 70.0, 65.0, 75.0, "completed"),
        ("a", 90.0, 88.0, 92.0, "completed"),
        ("d", 70.0, 66.0, 74.0, "completed"),
        ("b", 85.0, 80.0, 89.0, "completed"),
        ("g", 95.0, None, None, "submission_failed"),
        ("e", 40.0, 30.0, 50.0, "completed"),
        ("f", 30.0, None, None, "limit_exceeded"),
        ("x", None, None, None, "completed"),
        ("y", None, None, None, "infrastructure_failed"),
    )
    reviewer = api.as_("reviewer")
    whole = pages(api, reviewer, 50)
    assert [(row["submission"], row["rank"], row["tied_with_above"]) for row in whole] == [
        ("a", 1, False),
        ("b", 2, True),
        ("c", 3, False),
        ("d", 3, True),
        ("e", 5, False),
        ("g", 6, False),
        ("f", 7, False),
    ]
    for limit in (1, 2, 3):
        assert pages(api, reviewer, limit) == whole
    apart = api.client.get("/api/v1/assignments/churn/unscored", headers=reviewer).json()["items"]
    assert [row["submission"] for row in apart] == ["y", "x"]
    wrong = api.client.get("/api/v1/assignments/churn/ranking", params={"cursor": "bm9uZQ"}, headers=reviewer)
    assert wrong.status_code == 422


def test_a_candidate_stands_where_their_last_attempt_does_and_without_a_name(api: Serving) -> None:
    author, reviewer = api.as_("author"), api.as_("reviewer")
    candidate = bearer(invite(api, author, attempts=2)["token"])
    for mark, code in ((0.9, "first = 1"), (0.4, "second = 2")):
        last = hand_in(api, candidate, code)
        grade(api, last, mark)
    for headers, name in ((reviewer, None), (author, "Ada Lovelace")):
        (row,) = pages(api, headers, 50)
        assert row["submission"] == last
        assert (row["candidate"] or {"name": None})["name"] == name
    assert api.client.get("/api/v1/assignments/churn/ranking", headers=candidate).status_code == 403


def test_an_export_holds_every_submission_and_nothing_that_a_spreadsheet_would_run(api: Serving) -> None:
    author = api.as_("author")
    made = invite(api, author, '=HYPERLINK("http://x.example")')
    submission = hand_in(api, bearer(made["token"]))
    grade(api, submission)
    store(api, *((f"{number:04}", number / 100, None, None, "completed") for number in range(1100)))
    answer = api.client.get("/api/v1/assignments/churn/export.csv", headers=author)
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len({row["submission"] for row in rows}) == len(rows) == 1101
    named = next(row for row in rows if row["submission"] == submission)
    assert named["candidate"].startswith("'=HYPERLINK")
    assert not [value for row in rows for value in row.values() if value.startswith(("=", "+", "-", "@"))]
    whole = api.client.get("/api/v1/assignments/churn/export.json", headers=author).json()
    assert {row["submission"] for row in whole["submissions"]} == {row["submission"] for row in rows}
    blind = api.client.get("/api/v1/assignments/churn/export.csv", headers=api.as_("reviewer"))
    assert "HYPERLINK" not in blind.text


def test_an_export_of_nothing_has_its_header_all_the_same(api: Serving) -> None:
    answer = api.client.get("/api/v1/assignments/churn/export.csv", headers=api.as_("author"))
    assert next(csv.reader(io.StringIO(answer.text)))[:3] == ["submission", "kind", "candidate"]


def test_what_our_side_lost_takes_no_place_and_a_regrade_changes_none(api: Serving) -> None:
    author, reviewer = api.as_("author"), api.as_("reviewer")
    candidate = bearer(invite(api, author, attempts=2)["token"])
    first = hand_in(api, candidate, "first = 1")
    grade(api, first, 0.9)
    lost = hand_in(api, candidate, "second = 2")
    fail(api, lost)
    assert [row["submission"] for row in pages(api, reviewer, 50)] == [first]
    apart = api.client.get("/api/v1/assignments/churn/unscored", headers=reviewer).json()["items"]
    assert [row["submission"] for row in apart] == [lost]
    last = hand_in(api, candidate, "third = 3")
    assert [row["submission"] for row in pages(api, reviewer, 50)] == [first], "until the next one is graded"
    grade(api, last, 0.4)
    assert [row["submission"] for row in pages(api, reviewer, 50)] == [last]
    assert api.client.get("/api/v1/assignments/churn/unscored", headers=reviewer).json()["items"] == []


def test_two_attempts_published_at_once_leave_one_that_stands(api: Serving) -> None:
    author, reviewer = api.as_("author"), api.as_("reviewer")
    for number in range(5):
        candidate = bearer(invite(api, author, f"{'abcde'[number]}da", attempts=2)["token"])
        both = [hand_in(api, candidate, f"x = {number}{turn}") for turn in range(2)]
        threads = [threading.Thread(target=grade, args=(api, one, 0.5)) for one in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert both[1] in (shown := {row["submission"] for row in pages(api, reviewer, 50)})
        assert both[0] not in shown
    assert len(pages(api, reviewer, 50)) == 5


def test_who_publishes_decides_and_regrades_at_once_wait_for_each_other_in_no_circle(api: Serving) -> None:
    author, admin = api.as_("author"), api.as_("admin")
    found: list[tuple[int, str]] = []

    def ask(method: str, path: str, given: dict[str, Any], **headers: str) -> None:
        answer = api.client.request(method, f"/api/v1{path}", json=given, headers={**admin, **headers})
        found.append((answer.status_code, answer.text))

    for number in range(6):
        candidate = bearer(invite(api, author, f"{'abcdef'[number]}da", attempts=2)["token"])
        first, second = (hand_in(api, candidate, f"x = {number}{turn}") for turn in range(2))
        grade(api, first, 0.6)
        tag = api.client.get(f"/api/v1/submissions/{first}/report", headers=admin).headers["ETag"]
        decision = {"kind": "decision", "verdict": "advance", "text": "A good one."}
        batch = {"assignment": "churn", "kind": "score", "reason": "all once more"}
        acts: tuple[tuple[Any, tuple[Any, ...], dict[str, str]], ...] = (
            (grade, (api, second, 0.4), {}),
            (ask, ("POST", f"/submissions/{first}/reviews", decision), {"If-Match": tag}),
            (ask, ("POST", "/batches", batch), {}),
        )
        threads = [threading.Thread(target=act, args=given, kwargs=more) for act, given, more in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {status for status, _ in found} <= {201, 412, 422}, found
    assert api.client.get("/api/v1/submissions?state=queued", headers=admin).json()["items"] == []
