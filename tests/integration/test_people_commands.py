"""`grader user add`, `grader token new` and `grader db upgrade`, as who runs a service calls them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from serving import PASSWORD
from sqlalchemy import Engine, select

from grader.jobs.line import has_tables
from grader.store.database import is_current, open_engine, reading, transaction
from grader.store.people import check_password, find_user
from grader.store.secrets_shown import find_token, new_token
from grader.store.tables import Invitation

GRADER = str(Path(sys.executable).parent / "grader")


def run(url: str, home: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GRADER_DATABASE_URL": url, "GRADER_HOME": str(home)}
    return subprocess.run(
        [GRADER, *words], env=environment, input=typed, capture_output=True, text=True, timeout=300, check=False
    )


def test_a_new_database_gets_its_tables_people_and_tokens(
    database_url: str, empty_engine: Engine, tmp_path: Path
) -> None:
    upgraded = run(database_url, tmp_path, "db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    assert is_current(empty_engine)
    assert has_tables(empty_engine)
    add = ("user", "add", "ada@example.org", "--role", "author")
    added = run(database_url, tmp_path, *add, typed=PASSWORD + "\n")
    assert added.returncode == 0, added.stderr
    assert PASSWORD not in added.stdout + added.stderr
    with reading(empty_engine) as session:
        assert check_password(find_user(session, "ada@example.org"), PASSWORD).fits
    again = run(database_url, tmp_path, *add, typed=PASSWORD + "\n")
    assert (again.returncode, again.stderr) == (
        2,
        "grader: ada@example.org is there already\n  For another password: grader user password ada@example.org\n",
    )
    made = run(database_url, tmp_path, "token", "new", "ada@example.org", "--scope", "read", "--days", "7")
    assert made.returncode == 0, made.stderr
    with reading(empty_engine) as session:
        row = find_token(session, made.stdout.strip())
        assert row is not None
        assert (row.scopes, row.expires_at is not None) == ("read", True)
    more = run(database_url, tmp_path, "token", "new", "ada@example.org", "--scope", "admin")
    assert more.returncode == 2
    assert more.stderr.startswith("grader: the role 'author' has no scope 'admin'")


def test_what_does_not_fit_is_one_sentence_and_its_status(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'grader.db'}"
    add = ("user", "add", "ada@example.org", "--role", "reviewer")
    short = run(url, tmp_path, *add, typed="short\n")
    made = f"A new database is made: {tmp_path / 'new' / 'grader.db'}\n"
    assert (short.returncode, short.stderr) == (2, f"{made}grader: a password has at least 12 characters\n")
    nothing = run(url, tmp_path, *add)
    assert nothing.returncode == 2
    assert nothing.stderr.startswith("grader: no password came in on standard input\n")
    assert run(url, tmp_path, *add, "--password", PASSWORD).returncode == 2
    away = run("postgresql+psycopg://grader:hunter2@127.0.0.1:1/grader", tmp_path, "db", "upgrade")
    assert away.returncode == 3
    assert away.stderr.startswith("grader: The database could not be reached")
    assert "hunter2" not in away.stderr
    assert len(away.stderr.splitlines()) == 2


def test_an_assignment_is_published_and_a_candidate_invited_by_a_link(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'grader.db'}"
    unknown = run(url, tmp_path, "invite", "churn", "ada@example.org", "--name", "Ada Lovelace")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "there is no open assignment 'churn'" in unknown.stderr
    assert run(url, tmp_path, "assignment", "publish", "churn").returncode == 0
    for deadline in ("2099-01-01", "9999-12-31T23:59-01:00"):
        vague = run(url, tmp_path, "invite", "churn", "ada@example.org", "--name", "Ada", "--deadline", deadline)
        assert (vague.returncode, "is no time with its zone" in vague.stderr) == (2, True)
    made = run(url, tmp_path, "invite", "churn", "ada@example.org", "--name", "Ada", "--deadline", "2099-01-01T12:00Z")
    assert made.returncode == 0, made.stderr
    address, token = made.stdout.strip().rsplit("/", 1)
    assert address == "http://127.0.0.1:8000/i"
    assert "GRADER_PUBLIC_URL says what others see" in made.stderr
    engine = open_engine(url)
    with reading(engine) as session:
        row = find_token(session, token)
        assert row is not None
        assert row.invitation_id is not None
    engine.dispose()
    again = run(url, tmp_path, "invite", "churn", "ADA@example.org", "--name", "Ada")
    assert (again.returncode, "invited to churn already" in again.stderr) == (2, True)


def test_a_lost_link_is_replaced_and_an_invitation_extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'grader.db'}"
    assert run(url, tmp_path, "assignment", "publish", "churn").returncode == 0
    invited = ("invite", "churn", "ada@example.org")
    early = run(url, tmp_path, *invited, "--again")
    assert (early.returncode, "has no open invitation to 'churn'" in early.stderr) == (2, True)
    nameless = run(url, tmp_path, *invited)
    assert (nameless.returncode, nameless.stderr.startswith("grader: --name is missing")) == (2, True)
    first = run(url, tmp_path, *invited, "--name", "Ada", "--deadline", "2099-01-01T12:00Z").stdout.strip()
    monkeypatch.setenv("GRADER_PUBLIC_URL", "https://grading.example.org/")
    told = run(url, tmp_path, "invite", "churn", "ADA@example.org", "--again", "--attempts", "3")
    second = told.stdout.strip()
    assert second.startswith("https://grading.example.org/i/")
    assert "GRADER_PUBLIC_URL" not in told.stderr
    engine = open_engine(url)
    with reading(engine) as session:
        assert find_token(session, first.rsplit("/", 1)[1]) is None
        row = find_token(session, second.rsplit("/", 1)[1])
        assert row is not None
        invitation = session.scalars(select(Invitation)).one()
        assert row.invitation_id == invitation.id
        assert (invitation.attempts, invitation.deadline is not None and invitation.deadline.year) == (3, 2099)
    engine.dispose()


def test_a_forgotten_password_is_replaced_and_its_sessions_end(tmp_path: Path) -> None:
    url, other = f"sqlite:///{tmp_path / 'grader.db'}", "another long password"
    add = ("user", "add", "ada@example.org", "--role", "admin")
    assert run(url, tmp_path, *add, "--no-password").returncode == 0
    engine = open_engine(url)
    with transaction(engine) as session:
        user = find_user(session, "ada@example.org")
        assert user is not None
        secret, _ = new_token(session, "session", user_id=user.id)
    changed = run(url, tmp_path, "user", "password", "Ada@example.org", typed=other + "\n")
    assert changed.returncode == 0, changed.stderr
    with reading(engine) as session:
        assert check_password(find_user(session, "ada@example.org"), other).fits
        assert find_token(session, secret) is None
    engine.dispose()
    assert run(url, tmp_path, "user", "password", "ada@example.org", typed="short\n").returncode == 2
    unknown = run(url, tmp_path, "user", "password", "bea@example.org")
    assert unknown.stderr.startswith("grader: nobody who may sign in has the e-mail address 'bea@example.org'")


def test_a_new_file_of_a_database_is_its_owners_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    upgraded = run(f"sqlite:///{tmp_path / 'grader.db'}", tmp_path / "home", "db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    assert {oct(file.stat().st_mode & 0o777) for file in tmp_path.glob("grader.db*")} == {"0o600"}
