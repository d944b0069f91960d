"""The service's tables, on SQLite and on PostgreSQL: brought up from nothing, and as their records say they are."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.exc import IntegrityError, StatementError

from grader.errors import InfrastructureError, UsageError
from grader.store.base import Base
from grader.store.database import is_current, open_engine, transaction, upgrade
from grader.store.tables import StoredAssignment, StoredReport, StoredSubmission, User
from grader.store.tables_of_operation import Event


def assignment(slug: str = "churn") -> StoredAssignment:
    digest = "0" * 64
    return StoredAssignment(
        slug=slug,
        version="1",
        title="Who leaves?",
        track="hybrid",
        digest=digest,
        data_digest=digest,
        blob="",
        brief="",
    )


def submission(**more: object) -> StoredSubmission:
    return StoredSubmission(**{"assignment": "churn", "name": "work", "kind": "archive", "state": "queued", **more})


def test_the_tables_are_what_their_records_say(empty_engine: Engine) -> None:
    assert not is_current(empty_engine)
    upgrade(empty_engine)
    assert is_current(empty_engine)
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_bringing_tables_up_that_are_up_changes_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(assignment())
    upgrade(engine)
    with transaction(engine) as session:
        assert session.scalar(select(func.count()).select_from(StoredAssignment)) == 1


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    def fails() -> None:
        with transaction(engine) as session:
            session.add(assignment())
            session.flush()
            raise KeyError("on the way")

    with pytest.raises(KeyError):
        fails()
    with transaction(engine) as session:
        assert session.get(StoredAssignment, "churn") is None


def test_times_come_back_in_utc_and_one_without_a_zone_is_refused(engine: Engine) -> None:
    berlin = datetime(2026, 7, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    with transaction(engine) as session:
        session.add(User(id="u", email="a@example.org", role="admin", created_at=berlin))
    with transaction(engine) as session:
        found = session.get(User, "u")
        assert found is not None
        assert found.created_at == berlin
        assert found.created_at.utcoffset() == timedelta(0)
    with pytest.raises(StatementError), transaction(engine) as session:
        session.add(User(email="b@example.org", role="admin", created_at=datetime(2026, 7, 1)))


def test_a_row_that_points_nowhere_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(submission(assignment="none"))


def test_one_grading_has_one_report(engine: Engine) -> None:
    def report() -> StoredReport:
        return StoredReport(submission_id="s", job_id="run", origin="run", blob="", digest="", outcome="completed")

    with transaction(engine) as session:
        session.add(assignment())
        session.flush()
        session.add(submission(id="s"))
        session.flush()
        session.add(report())
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(report())


def test_events_are_numbered_in_the_order_in_which_they_are_told(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(assignment())
        session.flush()
        session.add(submission(id="s"))
    for step in ("intake", "plan", "sandbox"):
        with transaction(engine) as session:
            session.add(Event(submission_id="s", state="running", step=step))
    with transaction(engine) as session:
        told = session.scalars(select(Event.step).order_by(Event.id)).all()
    assert list(told) == ["intake", "plan", "sandbox"]


def test_many_who_write_at_once_wait_for_each_other_and_none_is_lost(engine: Engine) -> None:
    failed: list[Exception] = []

    def write(number: int) -> None:
        try:
            for turn in range(10):
                with transaction(engine) as session:
                    session.scalar(select(func.count()).select_from(User))  # who reads first may still write
                    session.add(User(email=f"{number}-{turn}@example.org", role="reviewer"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with transaction(engine) as session:
        assert session.scalar(select(func.count()).select_from(User)) == 80


def test_that_all_connections_are_in_use_is_our_failure_and_nobodys_defect(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}", pool_size=1, max_overflow=0, pool_timeout=0.01)
    with transaction(engine) as session:
        session.execute(select(1))
        with pytest.raises(InfrastructureError), transaction(engine) as another:
            another.execute(select(1))
    engine.dispose()


def test_a_database_that_is_away_is_our_failure_and_tells_no_password() -> None:
    engine = open_engine("postgresql+psycopg://grader:hunter2@127.0.0.1:1/grader?connect_timeout=2")
    with pytest.raises(InfrastructureError, match="could not be reached") as caught, transaction(engine) as session:
        session.scalar(select(func.count()).select_from(User))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "mysql://grader:hunter2@localhost/x", "postgresql://u:hunter2@h:port/x"])
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageError, match="GRADER_DATABASE_URL") as caught:
        open_engine(url)
    assert "hunter2" not in str(caught.value)
