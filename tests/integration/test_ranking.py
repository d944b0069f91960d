"""The ranking of an assignment and its export: best first, ties marked, one place a candidate, no formulas."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from graded import bearer, grade, hand_in, invite
from serving import Serving

from grader.store.base import utc_now
from grader.store.database import transaction
from grader.store.tables import StoredSubmission


def store(api: Serving, *rows: tuple[str, float | None, float | None, float | None, str]) -> None:
    """Store submissions (id, score, low, high, outcome) as the grading of each leaves its row."""
    with transaction(api.engine) as session:
        for number, (name, score, low, high, outcome) in enumerate(rows):
            session.add(
                StoredSubmission(
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
            )


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
