"""The same bytes are one blob: one candidate is erased while another sends them, and no row points to what is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from graded import bearer, hand_in, invite
from serving import Serving
from sqlalchemy import select

from grader.errors import InfrastructureError
from grader.jobs.forgetting import forget_some
from grader.store.blobs import Blobs, open_blobs
from grader.store.database import reading, transaction
from grader.store.holding import delete_unneeded, hold_blob
from grader.store.tables import StoredSubmission
from grader.store.tables_of_operation import ComingFile

SAME = "copied = 1"


def kept(api: Serving) -> Blobs:
    return open_blobs(api.settings.service_blobs)


def files(api: Serving) -> set[str]:
    return {path.name for path in Path(api.settings.service_blobs).rglob("*") if path.is_file()}


def erase(api: Serving, admin: dict[str, str], candidate: dict[str, Any]) -> None:
    answer = api.client.delete(f"/api/v1/candidates/{candidate['candidate']['id']}", headers=admin)
    assert answer.status_code == 200, answer.text


def named(api: Serving) -> list[str]:
    """Return the blobs that rows of submissions name."""
    with reading(api.engine) as session:
        return [key for key in session.scalars(select(StoredSubmission.blob)) if key]


class Between:
    """The store of blobs, where something happens right after a file was stored: the moment that matters here."""

    def __init__(self, blobs: Blobs, act: Callable[[], None]) -> None:
        self._blobs, self._act = blobs, act

    def put_file(self, path: Path) -> str:
        """Store the file, and let it happen."""
        key = self._blobs.put_file(path)
        self._act()
        return key

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)


def test_what_is_erased_right_after_another_sent_it_is_stored_again(api: Serving) -> None:
    author, admin = api.as_("author"), api.as_("admin")
    ada, bea = invite(api, author, "Ada Lovelace"), invite(api, author, "Bea Other")
    hand_in(api, bearer(ada["token"]), SAME)
    erased: list[str] = []

    def erase_once() -> None:
        if not erased:
            erased.append("ada")
            erase(api, admin, ada)
            assert not kept(api).has(first)

    (first,) = named(api)
    app = api.client.app
    assert isinstance(app, FastAPI)
    services = app.state.services
    app.state.services = replace(services, blobs=Between(services.blobs, erase_once))
    hand_in(api, bearer(bea["token"]), SAME)
    assert erased
    assert named(api) == [first]
    assert kept(api).has(first)


def test_who_erases_waits_for_who_is_about_to_name_it(api: Serving) -> None:
    author = api.as_("author")
    key = kept(api).put(b"the same bytes")
    hand_in(api, bearer(invite(api, author)["token"]), SAME)
    answers: list[int] = []
    erasing = threading.Thread(target=lambda: answers.append(delete_unneeded(api.engine, kept(api), {key})))
    with transaction(api.engine) as session:
        hold_blob(session, kept(api), key, lambda: pytest.fail("it is there"))
        erasing.start()
        erasing.join(1.0)
        assert kept(api).has(key)
        session.scalars(select(StoredSubmission)).one().blob = key
    erasing.join()
    assert answers == [0]
    assert kept(api).has(key)


def test_many_who_send_and_erase_the_same_at_once_lose_nothing(api: Serving) -> None:
    author, admin = api.as_("author"), api.as_("admin")
    invited = [invite(api, author, f"P{number} Person") for number in range(8)]
    hand_in(api, bearer(invited[0]["token"]), SAME)
    failed: list[BaseException] = []

    def noted(act: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            try:
                act()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
                failed.append(error)

        return threading.Thread(target=run)

    for gone, comes in pairwise(invited):
        both = [
            noted(lambda gone=gone: erase(api, admin, gone)),  # type: ignore[misc]
            noted(lambda comes=comes: hand_in(api, bearer(comes["token"]), SAME)),  # type: ignore[misc]
        ]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert failed == []
        assert len(named(api)) == 1
        assert kept(api).has(named(api)[0])
    erase(api, admin, invited[-1])
    assert named(api) == []


def test_two_who_sent_the_same_and_are_erased_at_once_leave_nothing(api: Serving) -> None:
    author, admin = api.as_("author"), api.as_("admin")
    before = files(api)
    both = [invite(api, author, name) for name in ("Ada Lovelace", "Bea Other")]
    for made in both:
        hand_in(api, bearer(made["token"]), SAME)
    threads = [threading.Thread(target=erase, args=(api, admin, made)) for made in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files(api) == before


def test_of_what_is_refused_nothing_is_kept(api: Serving) -> None:
    author, admin = api.as_("author"), api.as_("admin")
    ada, bea = invite(api, author, "Ada Lovelace", attempts=1), invite(api, author, "Bea Other")
    hand_in(api, bearer(ada["token"]), "first = 1")
    hand_in(api, bearer(bea["token"]), SAME)
    before = files(api)
    for code, headers in (("second = 2", bearer(ada["token"])), (SAME, bearer(ada["token"])), ("third = 3", admin)):
        answer = api.client.post(
            "/api/v1/submissions",
            files={"file": ("work.py", code.encode(), "text/x-python")},
            data={"assignment": "no-such"} if headers is admin else {},
            headers=headers,
        )
        assert answer.status_code in (403, 404, 422), answer.text
        assert files(api) == before


def test_of_a_request_that_takes_anothers_key_nothing_is_kept(api: Serving) -> None:
    headers = bearer(invite(api, api.as_("author"))["token"]) | {"Idempotency-Key": "one"}
    hand_in(api, headers, "first = 1")
    before = files(api)
    files_sent = {"file": ("work.py", b"second = 2", "text/x-python")}
    answer = api.client.post("/api/v1/submissions", files=files_sent, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "submission.key_reused")
    assert files(api) == before


def test_a_file_that_was_stored_as_the_database_went_away_is_known_of_and_goes_after_a_time(
    api: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers, before, app = bearer(invite(api, api.as_("author"))["token"]), files(api), api.client.app
    assert isinstance(app, FastAPI)

    def away(*_: object, **__: object) -> None:
        raise InfrastructureError("infrastructure.database", "The database could not be reached.")

    with monkeypatch.context() as patched:
        patched.setattr(app.state.services.line, "join", away)
        sent = {"file": ("work.py", b"sent = 1", "text/x-python")}
        assert api.client.post("/api/v1/submissions", files=sent, headers=headers).status_code == 503
    assert len(files(api) - before) == 1
    with transaction(api.engine) as session:
        for row in session.scalars(select(ComingFile)):
            row.at -= timedelta(days=31)
    assert forget_some(api.engine, kept(api), app.state.services.line, timedelta(days=30))
    assert files(api) == before
