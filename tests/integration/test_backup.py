"""Backing up while the service is used, and restoring into an empty place, by the commands of the how-to page."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from grading import QUICK, Service, service, wait_for
from postgres import PROGRAMS, Server
from served import GRADER, served
from sqlalchemy import func, select, text

from grader.jobs.line import Line
from grader.settings import Settings
from grader.store.blobs import open_blobs
from grader.store.database import open_engine, reading, transaction, upgrade
from grader.store.people import add_user
from grader.store.secrets_shown import new_token
from grader.store.tables import StoredSubmission
from grader.store.tables_of_operation import WorkerSeen

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "run-the-service.md").read_text()
Command = Callable[..., None]


def shown(beginning: str) -> str:
    """Return the page's command that begins so, whether it stands on a line of its own or in a sentence."""
    (found,) = re.findall(rf"(?m)(?:^    |`)([^`\n]*{re.escape(beginning)}[^`\n]*)", PAGE.partition("## Back up")[2])
    return str(found)


def follow(command: str, folder: Path, *places: tuple[str, str]) -> None:
    """Run a command of the page in `folder`, with our places in place of those that it names."""
    for theirs, ours in (*places, (".venv/bin/grader", GRADER)):
        assert theirs in command or ours == GRADER, (theirs, command)
        command = command.replace(theirs, ours)
    path = os.pathsep.join([*(str(program.parent) for program in PROGRAMS[-1:]), os.environ["PATH"]])
    done = subprocess.run(
        command, shell=True, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def restored(running: Service, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Copy the database and then the files, and yield the service that the copies make in an empty place."""
    copies, place = folder / "grading" / "copy", folder / "elsewhere"
    place.mkdir()
    if running.engine.dialect.name == "sqlite":
        follow(shown("grader db backup"), folder, ("grading/team.db", str(folder / "grader.db")))
        copy_files(folder, copies, place)
        shutil.copy(copies / "team.db", place / "team.db")
        with moved(running, f"sqlite:///{place / 'team.db'}", place, monkeypatch) as found:
            yield found
        return
    name = running.engine.url.database or ""
    address = str(running.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    follow(shown("pg_dump"), folder, ("postgresql://grader:PASSWORD@db.internal/grader", address))
    copies.mkdir(parents=True)
    copy_files(folder, copies, place)
    with Server.started() as empty:
        there = empty.address.replace("+psycopg", "")
        follow(shown("pg_restore"), folder, ("postgresql://grader:PASSWORD@db.internal", there))
        with moved(running, f"{empty.address}/{name}", place, monkeypatch) as found:
            yield found


def copy_files(folder: Path, copies: Path, place: Path) -> None:
    follow(shown("cp -R"), folder, ("grading/team", str(folder / "blobs")))
    shutil.copytree(copies / "blobs", place / "blobs")


@contextmanager
def moved(running: Service, url: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Yield the same service by its restored database and files, with a home of its own."""
    home = place / "home"
    home.mkdir()
    (home / "environments").symlink_to(running.settings.home / "environments")
    environment = {"GRADER_HOME": str(home), "GRADER_DATABASE_URL": url, "GRADER_BLOBS": str(place / "blobs")}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = Service(open_engine(url), Line(url), Settings(), environment)
    yield found
    found.line.close()
    found.engine.dispose()


def test_what_is_restored_is_whole_and_goes_on_with_what_was_under_way(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None
) -> None:
    with service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        with transaction(running.engine) as session:
            author = add_user(session, "author@example.org", "author")
            token = new_token(session, "api", user_id=author.id, scopes=("read", "submit"))[0]
        done = running.hand_in()
        with running.workers(1):
            wait_for(lambda: running.state(done)[0] == "published")
            until = time.time() + 60  # by when it is copied; whoever runs it again waits no longer than that
            under_way = running.hand_in(f"import time\nwhile time.time() < {until}:\n    time.sleep(0.2)\n{QUICK}")
            wait_for(lambda: running.state(under_way) == ("grading", "sandbox"))
            with handing_in(running) as handed_in, restored(running, tmp_path, monkeypatch) as elsewhere:
                assert len(handed_in) > 2
                judge(elsewhere, token, done, under_way, tmp_path)


def test_a_copy_takes_no_other_files_place_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    def copied(url: str, to: str) -> tuple[int, str]:
        command = [GRADER, "db", "backup", str(tmp_path / to)]
        environment = os.environ | {"GRADER_DATABASE_URL": url}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    url = f"sqlite:///{tmp_path / 'grader.db'}"
    assert copied(url, "copy.db")[0] == 2
    assert list(tmp_path.iterdir()) == []  # looking makes no empty database
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    assert copied(url, "below/copy.db")[0] == 0
    assert (tmp_path / "below" / "copy.db").stat().st_mode & 0o077 == 0
    for there in ("below/copy.db", "grader.db"):
        before = (tmp_path / there).read_bytes()
        status, said = copied(url, there)
        assert (status, "is there already" in said) == (2, True)
        assert (tmp_path / there).read_bytes() == before
    status, said = copied("postgresql+psycopg://grader:hunter2@db.internal/grader", "other.db")
    assert (status, "pg_dump" in said, "hunter2" in said) == (2, True, False)
    (tmp_path / "grader.db").write_bytes(b"no database" * 100)
    assert copied(url, "other.db")[0] == 3
    assert {path.name for path in tmp_path.rglob("*")} == {"grader.db", "below", "copy.db"}


def judge(elsewhere: Service, token: str, done: str, under_way: str, folder: Path) -> None:
    """See that the restored service has all it should have, and works."""
    assert elsewhere.state(under_way)[0] == "grading"
    with reading(elsewhere.engine) as session:
        there = set(session.scalars(select(StoredSubmission.id)))
        for key in session.scalars(select(StoredSubmission.blob)):
            assert open_blobs(elsewhere.settings.service_blobs).get(key or "")
        assert session.scalar(select(func.count()).select_from(WorkerSeen).where(WorkerSeen.stopped_at.is_(None)))
        if elsewhere.engine.dialect.name == "sqlite":
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert list(session.execute(text("PRAGMA foreign_key_check"))) == []
    (folder / "work.py").write_text(QUICK)
    with served(slots=2) as address:
        report = ask(f"{address}/api/v1/submissions/{done}/report.json", token)
        assert report["outcome"] == "completed"
        command = [
            GRADER,
            "submit",
            str(folder / "work.py"),
            "--to",
            address,
            "--assignment",
            "small",
            "--wait",
            "--json",
        ]
        told = subprocess.run(command, env=os.environ | {"GRADER_TOKEN": token}, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        wait_for(lambda: set(elsewhere.reports()) > there)
        for submission in there:
            assert ask(f"{address}/api/v1/submissions/{submission}/report", token)["report"]["schema_version"]
    assert set(elsewhere.reports().values()) == {1}
    (job,) = elsewhere.jobs(under_way)
    assert (job.state, job.turn) == ("done", 2)


@contextmanager
def handing_in(running: Service) -> Iterator[list[str]]:
    """Hand works in one after the other, all the while; yield the ids."""
    handed_in: list[str] = []
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(0.2):
            handed_in.append(running.hand_in(f"# number {len(handed_in)}\n{QUICK}"))
            if len(handed_in) > 4:  # each is graded there, too
                return

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        wait_for(lambda: len(handed_in) > 2)
        yield handed_in
    finally:
        ended.set()
        thread.join()


def ask(address: str, token: str) -> dict[str, object]:
    """Return what a reader of reports is answered."""
    asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        found: dict[str, object] = json.loads(answer.read())
        return found
