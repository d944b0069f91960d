"""What is of use for a while alone does not heap up, and nothing that somebody still needs goes with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from grading import service, wait_for
from sqlalchemy import Engine, func, select
from test_database import assignment, submission

from grader.store.base import new_id, utc_now
from grader.store.clearing import clear_some
from grader.store.database import reading, transaction
from grader.store.people import add_user
from grader.store.tables import StoredSubmission, Token
from grader.store.tables_of_operation import Delivery, Event, RepeatedRequest, Webhook, WorkerSeen
from grader.store.webhooks import add_webhook

KEEP = timedelta(days=30)
OLD, YOUNG = KEEP + timedelta(hours=1), KEEP - timedelta(hours=1)


def fill(engine: Engine, webhook: str, number: int = 1) -> None:
    """Add rows that are too old and rows that are not; their ids say what is to become of them."""
    now = utc_now()
    events = (("kept", OLD, "queued"), ("gone", OLD, "through"), ("young", YOUNG, "through"))
    with transaction(engine) as session:
        for name, state in (("through", "published"), ("queued", "queued")):
            if session.get(StoredSubmission, name) is None:
                session.add(submission(id=name, state=state))
        session.flush()
        for name, age, about in (event for event in events for _ in range(number)):
            session.add(Event(submission_id=about, state="grading", detail=name, at=now - age))
            session.flush()
        for turn in range(number):
            for name, age, sent in (("gone", OLD, True), ("young", YOUNG, True), ("to be sent", OLD, False)):
                row = Delivery(id=f"{name} {turn}", webhook_id=webhook, event="webhook.test", body="{}")
                row.created_at, row.next_at = now - age, None if sent else now + timedelta(hours=1)
                session.add(row)
            for name, age in (("gone", OLD), ("young", YOUNG)):
                request = RepeatedRequest(owner="user:u", key=f"{name} {turn}", digest="", submission_id="through")
                request.created_at = now - age
                stopped = WorkerSeen(id=f"{name} {turn}", host="h", stopped_at=now - age)
                session.add_all([request, stopped])
            session.add(WorkerSeen(id=f"lives {turn}", host="h", started_at=now - OLD))
            for name, kind, over, revoked in (
                ("gone", "session", now - OLD, None),
                ("gone", "session", now + OLD, now - OLD),
                ("young", "session", now - YOUNG, None),
                ("signed in", "session", now + OLD, None),
                ("program", "api", now - OLD, None),
                ("candidate", "invitation", None, now - OLD),
            ):
                token = Token(hash=new_id(), kind=kind, name=name, expires_at=over, revoked_at=revoked)
                session.add(token)


def left(engine: Engine) -> dict[str, list[str]]:
    """Return what is there of each kind, without numbers."""
    columns = {"deliveries": Delivery.id, "events": Event.detail, "requests": RepeatedRequest.key}
    with reading(engine) as session:
        found = {
            name: sorted(key.rstrip(" 0123456789") for key in session.scalars(select(column)))
            for name, column in columns.items()
        }
        found["tokens"] = sorted(session.scalars(select(Token.name)))
        workers = session.scalars(select(WorkerSeen.id).where(WorkerSeen.host == "h"))
        return found | {"workers": sorted(key.rstrip(" 0123456789") for key in workers)}


def webhook_in(engine: Engine) -> str:
    with transaction(engine) as session:
        admin = add_user(session, "admin@example.org", "admin")
        session.flush()
        return add_webhook(session, "https://hooks.example.org/", ["batch.finished"], admin.id).id


def test_what_is_old_and_of_no_more_use_goes_and_nothing_else(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(assignment())
    fill(engine, webhook_in(engine))
    assert clear_some(engine, KEEP)
    assert left(engine) == {
        "deliveries": ["to be sent", "young"],
        "events": ["kept", "young"],
        "requests": ["young"],
        "workers": ["lives", "young"],
        "tokens": ["candidate", "program", "signed in", "young"],
    }
    assert not clear_some(engine, KEEP)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(StoredSubmission)) == 2
        assert session.scalar(select(func.count()).select_from(Webhook)) == 1


def test_it_goes_a_few_rows_at_a_time(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(assignment())
    fill(engine, webhook_in(engine), number=5)
    assert clear_some(engine, KEEP, most=2)
    assert left(engine)["deliveries"].count("gone") == 3
    assert left(engine)["requests"].count("gone") == 3
    rounds = 0
    while clear_some(engine, KEEP, most=4):
        rounds += 1
        assert rounds < 20
    assert [name for names in left(engine).values() for name in names if name == "gone"] == []
    assert left(engine)["deliveries"] == ["to be sent"] * 5 + ["young"] * 5


def test_workers_see_to_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None
) -> None:
    monkeypatch.setenv("GRADER_KEEP_DAYS", "30")
    with service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        with transaction(running.engine) as session:
            session.add(assignment())
        fill(running.engine, webhook_in(running.engine))
        with running.workers(1):
            wait_for(lambda: not any("gone" in names for names in left(running.engine).values()))
        assert left(running.engine)["deliveries"] == ["to be sent", "young"]
