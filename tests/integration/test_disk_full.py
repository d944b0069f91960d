"""A full disk: nothing is acknowledged that is not stored, and what was being graded is graded later."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from grading import QUICK, Service, service, wait_for
from served import served
from sqlalchemy import func, select

from grader.store.database import reading, transaction
from grader.store.people import add_user
from grader.store.secrets_shown import new_token
from grader.store.tables import StoredSubmission

SMALL, LARGE = 100_000, 12_000_000


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> Iterator[Service]:
    (tmp_path / "data").mkdir()
    database = f"sqlite:///{tmp_path / 'data' / 'grader.db'}"
    with service(database, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        yield running


def with_a_small_disk(folder: Path, megabytes: int = 6) -> tuple[str, ...]:
    """Return the command that runs another one which has, at `folder`, a new disk of that size."""
    folder.mkdir(parents=True, exist_ok=True)
    apart = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))
    mount = f'mount -t tmpfs -o size={megabytes}m tmpfs "$0" && exec "$@"'
    return (*apart, "sh", "-c", mount, str(folder))


def token_of(ready: Service) -> str:
    with transaction(ready.engine) as session:
        author = add_user(session, "author@example.org", "author")
        return new_token(session, "api", user_id=author.id, scopes=("read", "submit"))[0]


def hand_in(address: str, token: str, size: int = SMALL, **more: str) -> httpx2.Response:
    return httpx2.post(
        f"{address}/api/v1/submissions",
        data={"assignment": "small"},
        files={"file": ("work.py", b"#" + os.urandom(size // 2).hex().encode())},
        headers={"Authorization": f"Bearer {token}"} | more,
        timeout=60,
    )


def stored(ready: Service) -> int:
    with reading(ready.engine) as session:
        return session.scalar(select(func.count()).select_from(StoredSubmission)) or 0


@pytest.mark.parametrize("place", ["spool", "home/service/uploads", "blobs/full"])
def test_an_upload_that_finds_no_space_is_507_and_a_smaller_one_goes_through(
    ready: Service, tmp_path: Path, place: str
) -> None:
    token = token_of(ready)
    more = {"TMPDIR": str(tmp_path / "spool"), "GRADER_BLOBS": str(tmp_path / "blobs" / "full")}
    with served(0, with_a_small_disk(tmp_path / place), more) as address:
        full, fits = hand_in(address, token, LARGE), hand_in(address, token, SMALL)
    assert (full.status_code, full.json()["code"]) == (507, "storage.full")
    assert int(full.headers["retry-after"]) > 0
    assert fits.status_code == 201, fits.text
    assert stored(ready) == 1


FILLED = """
cp -r "$KEPT/." "$DISK"
until_there() { while [ ! -e "$1" ]; do sleep 0.1; done; }
(
    until_there "$SIGNS/fill"
    head -c 100000000 /dev/zero >"$DISK/filler"
    touch "$SIGNS/filled"
    until_there "$SIGNS/empty"
    rm "$DISK/filler"
) &
exec "$@"
"""


def test_a_database_without_space_acknowledges_nothing_and_goes_on_when_there_is_some(
    ready: Service, tmp_path: Path
) -> None:
    token, disk, signs = token_of(ready), tmp_path / "disk", tmp_path / "signs"
    signs.mkdir()
    ready.engine.dispose()  # what it wrote is in the one file then
    more = {
        "KEPT": str(tmp_path / "data"),
        "DISK": str(disk),
        "SIGNS": str(signs),
        "GRADER_DATABASE_URL": f"sqlite:///{disk / 'grader.db'}",
    }
    with served(0, (*with_a_small_disk(disk), "sh", "-c", FILLED, "sh"), more) as address:
        (signs / "fill").touch()
        wait_for((signs / "filled").exists)
        full = hand_in(address, token, **{"Idempotency-Key": "once"})
        (signs / "empty").touch()
        wait_for(lambda: hand_in(address, token, **{"Idempotency-Key": "other"}).status_code in (200, 201))
        listed = httpx2.get(f"{address}/api/v1/submissions", headers={"Authorization": f"Bearer {token}"}).json()
    assert (full.status_code, full.json()["code"]) == (507, "storage.full")
    assert len(listed["items"]) == 1


def test_what_was_being_graded_is_graded_later_and_costs_no_attempt(
    ready: Service, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    submission = ready.hand_in(f"{QUICK}\n#{os.urandom(1 << 20).hex()}")
    with served(1, with_a_small_disk(tmp_path / "home" / "scratch", megabytes=1)):
        wait_for(lambda: len(ready.jobs(submission)) == 2)
    assert ready.jobs(submission)[1].failures == 1
    assert "defect" not in capfd.readouterr().err
    assert submission not in ready.reports()
    with ready.workers():
        wait_for(lambda: ready.reports() == {submission: 1})
    with reading(ready.engine) as session:
        row = session.get_one(StoredSubmission, submission)
        assert (row.outcome, row.attempt) == ("completed", 1)
