"""Webhooks: told by a real sender to a real server, signed, tried again, and never inside a network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graded import grade, hand_in
from grading import service, wait_for
from receiver import Heard, receiver
from serving import CHURN, Serving, publish, serving
from sqlalchemy import select, update

from grader.jobs.deliveries import Deliveries
from grader.store.base import utc_now
from grader.store.database import transaction
from grader.store.people import add_user
from grader.store.tables_of_operation import Delivery
from grader.store.webhooks import CLAIMED_FOR, WAITS_S, add_webhook, claim, settle

PRIVATE = frozenset({"localhost", "hooks.test"})


@pytest.fixture
def api(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setenv("GRADER_WEBHOOK_PRIVATE_HOSTS", "localhost, Hooks.test")
    with serving(database_url, tmp_path / "home") as running:
        publish(running, CHURN)
        yield running


@pytest.fixture
def heard() -> Iterator[Heard]:
    with receiver() as hearing:
        yield hearing


def add(api: Serving, admin: dict[str, str], url: str, *events: str) -> dict[str, Any]:
    given = {"url": url, "events": events or ["submission.published"]}
    answer = api.client.post("/api/v1/webhooks", json=given, headers=admin)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def deliveries(api: Serving, admin: dict[str, str], webhook: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.client.get(f"/api/v1/webhooks/{webhook}/deliveries", headers=admin).json()[
        "items"
    ]
    return found


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """Check a signature as a receiver does, by the page of the API alone."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and hmac.compare_digest(headers["webhook-signature"], f"v1,{expected}")


def come_due(api: Serving) -> None:
    """Let the time pass until what waits is tried again."""
    with transaction(api.engine) as session:
        session.execute(update(Delivery).where(Delivery.next_at.is_not(None)).values(next_at=utc_now()))


def test_what_happens_is_told_signed_to_those_who_asked_for_it(api: Serving, heard: Heard) -> None:
    admin, author = api.as_("admin"), api.as_("author")
    url = f"http://localhost:{heard.port}/hook?team=ml"
    made = add(api, admin, url, "submission.published", "batch.finished")
    assert made["secret"] not in api.client.get("/api/v1/webhooks", headers=admin).text
    submission = hand_in(api, author)  # nobody asked to be told of that
    grade(api, submission)
    (waiting,) = deliveries(api, admin, made["id"])
    assert (waiting["state"], waiting["event"], waiting["tries"]) == ("waiting", "submission.published", 0)
    assert Deliveries(api.engine, PRIVATE).send_due() == 1
    ((headers, body),) = heard.messages
    assert is_signed(headers, body, made["secret"])
    assert not is_signed(headers, body.replace(b"completed", b"submitted"), made["secret"])
    told = json.loads(body)
    assert told["data"] == {"submission": submission, "assignment": "churn", "outcome": "completed"}
    assert (told["event"], headers["webhook-id"]) == ("submission.published", waiting["id"])
    (sent,) = deliveries(api, admin, made["id"])
    assert (sent["state"], sent["status"], sent["tries"]) == ("delivered", 200, 1)
    assert Deliveries(api.engine, PRIVATE).send_due() == 0


def test_what_fails_is_tried_again_later_and_later_and_at_last_given_up(api: Serving, heard: Heard) -> None:
    admin = api.as_("admin")
    made = add(api, admin, f"http://localhost:{heard.port}/")
    assert api.client.post(f"/api/v1/webhooks/{made['id']}/test", headers=admin).status_code == 202
    heard.statuses = [500] * (len(WAITS_S) + 1)
    waits = []
    for _ in WAITS_S:
        before = utc_now()
        assert Deliveries(api.engine, PRIVATE).send_due() == 1
        with transaction(api.engine) as session:
            next_at = session.scalars(select(Delivery.next_at)).one()
        assert next_at is not None
        waits.append(next_at - before)
        assert Deliveries(api.engine, PRIVATE).send_due() == 0  # not yet
        come_due(api)
    assert all(wait >= timedelta(seconds=least) for wait, least in zip(waits, WAITS_S, strict=True))
    assert Deliveries(api.engine, PRIVATE).send_due() == 1
    (row,) = deliveries(api, admin, made["id"])
    assert (row["state"], row["status"], row["problem"]) == ("given_up", 500, "It answered 500.")
    assert len({headers["webhook-id"] for headers, _ in heard.messages}) == 1  # the same message, so known again
    assert len(heard.messages) == len(WAITS_S) + 1
    api.client.post(f"/api/v1/webhooks/{made['id']}/test", headers=admin)
    api.client.post(f"/api/v1/webhooks/{made['id']}/disable", headers=admin)
    assert Deliveries(api.engine, PRIVATE).send_due() == 0
    assert api.client.post(f"/api/v1/webhooks/{made['id']}/test", headers=admin).status_code == 409


def test_two_processes_send_nothing_twice_and_what_a_dead_one_claimed_is_sent_by_another(api: Serving) -> None:
    admin = api.as_("admin")
    made = add(api, admin, "http://localhost:1/")
    for _ in range(2):
        api.client.post(f"/api/v1/webhooks/{made['id']}/test", headers=admin)
    with transaction(api.engine) as session:
        (first,) = claim(session, 1)
        if api.engine.dialect.name == "postgresql":  # SQLite lets one writer in at a time
            with transaction(api.engine) as other:
                (second,) = claim(other, 5)
            assert second.id != first.id
    with transaction(api.engine) as session:
        claim(session, 5)
        assert claim(session, 5) == []
    with transaction(api.engine) as session:
        row = session.get_one(Delivery, first.id)
        assert row.next_at is not None
        assert row.next_at > utc_now() + CLAIMED_FOR / 2
        row.next_at = utc_now()  # its claim is over
    with transaction(api.engine) as session:
        again = next(message for message in claim(session, 5) if message.id == first.id)
        settle(session, first, 500, "It answered 500.")  # the first one lived after all: too late
        settle(session, again, 200, "")
    states = {row["id"]: row["state"] for row in deliveries(api, admin, made["id"])}
    assert states[first.id] == "delivered"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://2130706433/",
        "http://example.org/",
        "ftp://localhost/",
        "https://user:password@localhost/",
        "https://localhost/#part",
        "https://local host/",
        "https://",
        "https://localhost:70000/",
    ],
)
def test_an_address_inside_a_network_or_of_another_kind_is_refused(api_on_sqlite: Serving, url: str) -> None:
    admin = api_on_sqlite.as_("admin")
    given = {"url": url, "events": ["batch.finished"]}
    answer = api_on_sqlite.client.post("/api/v1/webhooks", json=given, headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (422, "address.inside"), answer.text


def test_a_name_that_leads_inside_later_is_not_followed_there(
    api: Serving, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = api.as_("admin")
    asked = lead(monkeypatch, "rebound.test", ["93.184.215.14", "127.0.0.1"])
    made = add(api, admin, f"https://rebound.test:{heard.port}/")
    api.client.post(f"/api/v1/webhooks/{made['id']}/test", headers=admin)
    assert Deliveries(api.engine, PRIVATE).send_due() == 1
    (row,) = deliveries(api, admin, made["id"])
    assert "inside a private network" in row["problem"]
    assert (row["state"], heard.messages, len(asked)) == ("waiting", [], 2)


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    api: Serving, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = api.as_("admin")
    # who asks a third time, to connect, is led elsewhere
    asked = lead(monkeypatch, "hooks.test", ["127.0.0.1", "127.0.0.1", "203.0.113.1"])
    made = add(api, admin, f"http://hooks.test:{heard.port}/")
    api.client.post(f"/api/v1/webhooks/{made['id']}/test", headers=admin)
    assert Deliveries(api.engine, PRIVATE).send_due() == 1
    ((headers, _),) = heard.messages
    assert headers["host"] == f"hooks.test:{heard.port}"
    assert len(asked) == 2


def test_a_redirect_is_not_followed(api: Serving, heard: Heard) -> None:
    admin = api.as_("admin")
    made = add(api, admin, f"http://localhost:{heard.port}/")
    heard.statuses, heard.location = [307], f"http://localhost:{heard.port}/elsewhere"
    api.client.post(f"/api/v1/webhooks/{made['id']}/test", headers=admin)
    Deliveries(api.engine, PRIVATE).send_due()
    (row,) = deliveries(api, admin, made["id"])
    assert (row["status"], row["state"], len(heard.messages)) == (307, "waiting", 1)
    assert "redirect" in row["problem"]


def test_only_admins_see_or_add_webhooks(api: Serving) -> None:
    author = api.as_("author")
    given = {"url": "http://localhost/", "events": ["batch.finished"]}
    assert api.client.post("/api/v1/webhooks", json=given, headers=author).status_code == 403
    assert api.client.get("/api/v1/webhooks", headers=author).status_code == 403
    admin = api.as_("admin")
    wrong = {"url": "http://localhost/", "events": ["no.such"]}
    assert api.client.post("/api/v1/webhooks", json=wrong, headers=admin).status_code == 422
    assert api.client.get("/api/v1/webhooks/none/deliveries", headers=admin).status_code == 404


def test_workers_tell_what_they_published(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None, heard: Heard
) -> None:
    monkeypatch.setenv("GRADER_WEBHOOK_PRIVATE_HOSTS", "localhost")
    with service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        with transaction(running.engine) as session:
            admin = add_user(session, "admin@example.org", "admin")
            url = f"http://localhost:{heard.port}/"
            secret = add_webhook(session, url, ["submission.published"], admin.id).secret
        submission = running.hand_in()
        with running.workers(2):
            wait_for(lambda: bool(heard.messages))
    ((headers, body),) = heard.messages
    assert json.loads(body)["data"]["submission"] == submission
    assert is_signed(headers, body, secret)


@pytest.fixture
def api_on_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setenv("GRADER_WEBHOOK_PRIVATE_HOSTS", "localhost")
    with serving(f"sqlite:///{tmp_path / 'grader.db'}", tmp_path / "home") as running:
        yield running


def lead(monkeypatch: pytest.MonkeyPatch, name: str, addresses: list[str]) -> list[str]:
    """Answer who looks `name` up with these addresses in turn; return who asked. Other names are looked up as ever."""
    asked: list[str] = []
    really = socket.getaddrinfo

    def look_up(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host != name:
            return really(host, port, *more, **named)
        asked.append(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (addresses[len(asked) - 1], port or 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked
