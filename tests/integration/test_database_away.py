"""A database that is away: nothing is acknowledged that is not stored, and the same request goes through later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from postgres import Server
from serving import CHURN, Serving, publish, serving
from sqlalchemy import func, select

from grader.store.database import reading
from grader.store.tables import StoredSubmission
from grader.store.tables_of_operation import Job


@pytest.fixture
def own_server() -> Iterator[Server]:
    """Yield a PostgreSQL server that this test alone may stop."""
    with Server.started() as server:
        yield server


def hand_in(api: Serving, headers: dict[str, str]) -> httpx2.Response:
    files = {"file": ("work.py", b"print()")}
    return api.client.post("/api/v1/submissions", data={"assignment": "churn"}, files=files, headers=headers)


def test_an_upload_while_it_is_away_is_503_and_goes_through_once_it_is_back(own_server: Server, tmp_path: Path) -> None:
    with serving(own_server.new_database(), tmp_path / "home") as api:
        publish(api, CHURN)
        headers = api.as_("author") | {"Idempotency-Key": "the-same"}
        own_server.stop()
        refused = hand_in(api, headers)
        own_server.start()
        taken, again = hand_in(api, headers), hand_in(api, headers)
        with reading(api.engine) as session:
            counted = [session.scalar(select(func.count()).select_from(table)) for table in (StoredSubmission, Job)]
    assert (refused.status_code, refused.json()["code"]) == (503, "service.unavailable")
    assert int(refused.headers["retry-after"]) > 0
    assert (taken.status_code, again.status_code) == (201, 200)
    assert counted == [1, 1]
