"""Regrades in bulk over the API, by real workers: what was asked, how far it is, and what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from graded import bearer, grade, hand_in, invite
from grading import Service, service, wait_for
from serving import Serving
from small_assignment import make_small
from sqlalchemy import select

from api.app import create_app
from grader.assignment import load_assignment
from grader.jobs.assignments import publish_assignment
from grader.jobs.line import Line
from grader.jobs.turns import Made, begin
from grader.jobs.turns import publish as publish_report
from grader.store.blobs import open_blobs
from grader.store.database import reading, transaction
from grader.store.tables import StoredReport, StoredSubmission
from grader.store.tables_of_operation import Job

WEIGHTS = """
[weights]
hidden = 90
data_preparation = 2
model_choice = 2
evaluation = 2
code_quality = 2
production_readiness = 2
"""


@pytest.fixture
def grading(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> Iterator[Service]:
    with service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        yield running


def ask(api: Serving, headers: dict[str, str], **given: object) -> Any:
    sent = {"assignment": "churn", "kind": "score", "reason": "New weights."} | given
    return api.client.post("/api/v1/batches", json=sent, headers=headers)


def finished(api: Serving, batch: str, headers: dict[str, str]) -> dict[str, Any]:
    def view() -> dict[str, Any]:
        answer: dict[str, Any] = api.client.get(f"/api/v1/batches/{batch}", headers=headers).json()
        return answer

    wait_for(lambda: view()["finished_at"] is not None)
    return view()


def items(api: Serving, batch: str, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    answer = api.client.get(f"/api/v1/batches/{batch}/items", headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def weigh_otherwise(service: Service, folder: Path) -> None:
    settings = make_small(folder) / "assignment.toml"
    settings.write_text(settings.read_text() + WEIGHTS)
    with transaction(service.engine) as session:
        publish_assignment(session, open_blobs(service.settings.service_blobs), load_assignment(folder))


def test_workers_score_again_what_is_stored_and_run_again_what_was_handed_in(grading: Service, tmp_path: Path) -> None:
    good, broken = grading.hand_in(), grading.hand_in("raise SystemExit('no')")
    with TestClient(create_app(grading.settings)) as client, grading.workers(2):
        api = Serving(client, grading.engine, grading.settings)
        author = api.as_("author")
        wait_for(lambda: grading.reports() == {good: 1, broken: 1})
        told = grading.told(good)
        weigh_otherwise(grading, tmp_path / "again" / "small")

        asked = ask(api, author, assignment="small", reason="What counts is the hidden part.")
        assert asked.status_code == 201, asked.text
        scored = finished(api, asked.json()["id"], author)
        assert scored["progress"] == {"items": 2, "done": 2, "failed": 0, "dropped": 0, "left": 0, "changed": 2}
        (line,) = (row for row in items(api, scored["id"], author, changed=True) if row["submission"] == good)
        assert line["changes"]["after"] > line["changes"]["before"]
        with reading(grading.engine) as session:
            now = session.get_one(StoredSubmission, good)
            assert (now.score, now.report_id) == (line["changes"]["after"], line["after_report"])
            assert session.get_one(StoredReport, now.report_id).origin == "rescored"
            assert {job.kind for job in grading.jobs(good)} == {"run", "score"}

        again = ask(api, author, assignment="small", kind="run", submissions=[good], reason="Another machine.")
        assert again.status_code == 201, again.text
        run = finished(api, again.json()["id"], author)
        assert run["progress"] == {"items": 1, "done": 1, "failed": 0, "dropped": 0, "left": 0, "changed": 0}
        (line,) = items(api, run["id"], author)
        assert line["changes"]["verdicts"] == []
        assert line["changes"]["before"] == line["changes"]["after"] == now.score
        assert grading.reports() == {good: 3, broken: 2}
        assert grading.told(good) == told  # who handed it in is not told of it
    with reading(grading.engine) as session:
        after = session.get_one(StoredSubmission, good)
        assert (after.state, after.attempt, after.report_id) == ("published", 1, line["after_report"])


def test_cancelling_drops_what_is_not_begun_and_lets_the_rest_end(api: Serving, database_url: str) -> None:
    author = api.as_("author")
    works = [hand_in(api, author) for _ in range(3)]
    for work in works:
        grade(api, work)
    batch = ask(api, author, kind="run").json()["id"]
    with transaction(api.engine) as session:
        jobs = list(session.scalars(select(Job.id).where(Job.batch_id == batch).order_by(Job.id)))
        turn = begin(session, jobs[0], "a-worker")
        assert turn is not None
    cancelled = api.client.post(f"/api/v1/batches/{batch}/cancel", headers=author).json()
    assert cancelled["cancelled_at"] is not None
    assert cancelled["finished_at"] is None
    assert (cancelled["progress"]["dropped"], cancelled["progress"]["left"]) == (2, 1)
    line = Line(database_url)
    assert not set(line.waiting()) & set(jobs[1:])
    line.close()
    with transaction(api.engine) as session:
        assert begin(session, jobs[1], "a-worker") is None
        assert publish_report(session, turn, Made("b", "e", "d", "infrastructure_failed", None, None, None, None))
    view = api.client.get(f"/api/v1/batches/{batch}", headers=author).json()
    assert view["finished_at"] is not None
    assert (view["progress"]["failed"], view["progress"]["left"]) == (1, 0)
    (failed,) = items(api, batch, author, state="failed")
    with reading(api.engine) as session:
        row = session.get_one(StoredSubmission, failed["submission"])
        # what our side lost takes neither the report nor the attempt away
        assert (row.report_id, row.outcome) == (failed["before_report"], "completed")
        assert row.score is not None
    acts = api.client.get("/api/v1/audit", params={"action": "batch"}, headers=api.as_("admin")).json()["items"]
    assert [(act["action"], act["object"]) for act in acts] == [("batch.cancel", batch), ("batch.ask", batch)]


def test_a_batch_ends_without_a_submission_that_was_erased(api: Serving) -> None:
    admin, author = api.as_("admin"), api.as_("author")
    invitation = invite(api, author)
    grade(api, hand_in(api, bearer(invitation["token"])))
    batch = ask(api, author).json()["id"]
    person = invitation["candidate"]["id"]
    assert api.client.delete(f"/api/v1/candidates/{person}", headers=admin).status_code == 200
    view = api.client.get(f"/api/v1/batches/{batch}", headers=author).json()
    assert view["finished_at"] is not None
    assert view["progress"]["dropped"] == 1


def test_who_may_ask_for_what_and_of_what(api: Serving) -> None:
    author, reviewer = api.as_("author"), api.as_("reviewer")
    candidate = bearer(invite(api, author)["token"])
    nothing = ask(api, reviewer)
    assert (nothing.status_code, nothing.json()["code"]) == (422, "batch.empty")
    graded, waiting = hand_in(api, author), hand_in(api, author)
    grade(api, graded)
    assert ask(api, candidate).status_code == 403
    assert ask(api, reviewer, kind="run").status_code == 403
    assert ask(api, reviewer, assignment="none").status_code == 404
    assert ask(api, reviewer, submissions=[graded, waiting]).status_code == 422
    assert ask(api, reviewer, reason=" ").status_code == 422
    first = ask(api, reviewer)
    assert first.status_code == 201, first.text
    assert first.json()["progress"]["items"] == 1
    # what is in line already is not put there twice
    assert ask(api, reviewer).json()["code"] == "batch.empty"
    assert api.client.get("/api/v1/batches", headers=candidate).status_code == 403
    (view,) = api.client.get("/api/v1/batches", params={"open": True}, headers=reviewer).json()["items"]
    assert view["id"] == first.json()["id"]
    assert view["asked_by"].startswith("reviewer-")
    assert api.client.get("/api/v1/batches/none", headers=reviewer).status_code == 404


def test_batches_and_their_items_come_page_by_page(api: Serving) -> None:
    author = api.as_("author")
    works = [hand_in(api, author) for _ in range(3)]
    for work in works:
        grade(api, work)
    asked = [ask(api, author, submissions=[work]).json()["id"] for work in works[:2]]
    first = api.client.get("/api/v1/batches", params={"limit": 1}, headers=author).json()
    rest = api.client.get("/api/v1/batches", params={"limit": 1, "cursor": first["next"]}, headers=author).json()
    assert [row["id"] for row in first["items"] + rest["items"]] == [asked[1], asked[0]]
    assert rest["next"] is None
    for batch in asked:
        api.client.post(f"/api/v1/batches/{batch}/cancel", headers=author)
    address = f"/api/v1/batches/{ask(api, author).json()['id']}/items"
    first = api.client.get(address, params={"limit": 2}, headers=author).json()
    rest = api.client.get(address, params={"limit": 2, "cursor": first["next"]}, headers=author).json()
    assert [row["submission"] for row in first["items"] + rest["items"]] == list(reversed(works))
